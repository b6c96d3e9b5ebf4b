"""A file that seems to say who may read it is read as it says, or refused; never public by mistake."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes
from app.ingestion.load.restrictions import names_readers, restricting_line

SECRET = "Secret, meant for few.\n"

UNDERSTOOD = {
    "a.md": "---\ngroups: [hr]\n---\n",
    "bom.md": "\ufeff---\ngroups: [hr]\n---\n",
    "crlf.md": "---\r\ngroups: [hr]\r\n---\r\n",
    "tabs.md": "---\t\ngroups: [hr]\n---\t\n",
    "one.md": "---\ngroups: hr\n---\n",
    "case.md": "---\nGroups: hr\n---\n",
    "quoted.md": '---\n"groups": [hr]\n---\n',
    "single.md": "---\n'groups': [hr]\n---\n",
    "indented.md": "---\n  groups: [hr]\n---\n",
    "flow.md": '---\n{"title": "x", "groups": ["hr"]}\n---\n',
    "block.md": "---\ntitle: x\ngroups:\n  - hr\n---\n",
    "a.mdx": "---\ngroups: [hr]\n---\n",
    "a.html": '<meta name="groups" content="hr"><p>',
    "case.html": '<META NAME="Groups" CONTENT="hr"><p>',
}

UNCLEAR = {
    "space.md": " ---\ngroups: [hr]\n---\n",
    "blank.md": "\n---\ngroups: [hr]\n---\n",
    "comment.md": "<!-- x -->\n---\ngroups: [hr]\n---\n",
    "in-comment.md": "<!-- groups: hr -->\n# Pay\n",
    "heading-first.md": "# Pay\n\n---\ngroups: [hr]\n---\n",
    "four.md": "----\ngroups: [hr]\n----\n",
    "toml.md": '+++\ngroups = ["hr"]\n+++\n',
    "json.md": '{"groups": ["hr"]}\n\n',
    "json-pretty.md": '{\n  "title": "x",\n  "groups": ["hr"]\n}\n\n',
    "semicolons.md": ';;;\n{"groups": ["hr"]}\n;;;\n',
    "no-end.md": "---\ngroups: [hr]\n",
    "no-fence.md": "groups: hr\n\n",
    "long.md": "---\n" + "# c\n" * 20_000 + "groups: [hr]\n---\n",
    "singular.md": "---\ngroup: hr\n---\n",
    "readers.md": "---\nreaders: [hr]\n---\n",
    "joined.md": "---\nallowed_groups: [hr]\n---\n",
    "typo.md": "---\ngruops: [hr]\n---\n",
    "typo-2.md": "---\ngoups: [hr]\n---\n",
    "homoglyph.md": "---\ngr\u043eups: [hr]\n---\n",
    "zero-width.md": "---\n\u200bgroups: [hr]\n---\n",
    "no-break.md": "---\ngroups:\u00a0[hr]\n---\n",
    "no-gap.md": "---\ngroups:[hr]\n---\n",
    "fullwidth.md": "---\n\uff47\uff52\uff4f\uff55\uff50\uff53: [hr]\n---\n",
    "comma.md": "---\ngroups: hr, board\n---\n",
    "comma-in-list.md": '---\ngroups: ["hr, board"]\n---\n',
    "semicolon.md": "---\ngroups: hr; board\n---\n",
    "null.md": "---\ngroups:\n---\n",
    "empty.md": "---\ngroups: []\n---\n",
    "empty-name.md": '---\ngroups: [""]\n---\n',
    "mapping.md": "---\ngroups: {hr: true}\n---\n",
    "true.md": "---\ngroups: true\n---\n",
    "nested.md": "---\naccess:\n  groups: [hr]\n---\n",
    "twice.md": "---\ngroups: [hr]\ngroups: [all]\n---\n",
    "twice-cased.md": "---\ngroups: [hr]\nGroups: [all]\n---\n",
    "anchor.md": "---\n&a groups: [hr]\n---\n",
    "tag.md": "---\n!!str groups: [hr]\n---\n",
    "asked-key.md": "---\n? groups\n: [hr]\n---\n",
    "flow-anchor.md": "{&a groups: [hr]}\n\n",
    "flow-asked.md": "{? groups : [hr]}\n\n",
    "broken.md": "---\ngroups: [hr\n---\n",
    "broken-before.md": "---\ntitle: a: b\ngroups: [hr]\n---\n",
    "list-of-lists.md": "---\ngroups: [[hr]]\n---\n",
    "second.md": "---\ntitle: x\n---\ngroups: hr\n\n",
    "a.txt": "---\ngroups: [hr]\n---\n",
    "titled.txt": "Salaries 2026\ngroups: hr\n\n",
    "equals.txt": "groups = hr\n",
    "a.rst": "---\ngroups: [hr]\n---\n",
    "field.rst": "Pay\n===\n\n:groups: hr\n\n",
    "comment.rst": ".. groups: hr\n\n",
    "meta.rst": ".. meta::\n   :groups: hr\n\n",
    "a.adoc": "= Pay\nAnn Lee <ann@example.com>\nv1.0, 2026-01-01\n:groups: hr\n\n",
    "comment.adoc": "// groups: hr\n= Pay\n\n",
    "a.org": "#+TITLE: Pay\n#+GROUPS: hr\n\n",
    "drawer.org": ":PROPERTIES:\n:groups: hr\n:END:\n",
    "front.html": "---\ngroups: [hr]\n---\n<p>",
    "comment.html": "<!-- groups: hr -->\n<p>",
    "empty.html": '<meta name="groups" content=""><p>',
    "commas.html": '<meta name="groups" content=" , "><p>',
    "property.html": '<meta property="groups" content="hr"><p>',
    "itemprop.html": '<meta itemprop="groups" content="hr"><p>',
    "singular.html": '<meta name="group" content="hr"><p>',
    "typo.html": '<meta name="gruops" content="hr"><p>',
    "twice.html": '<meta name="groups" content="hr"><meta name="groups" content="all"><p>',
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_what_is_understood_restricts(name: str) -> None:
    assert load_bytes(name, (UNDERSTOOD[name] + SECRET).encode()).metadata["groups"] == ["hr"]


@pytest.mark.parametrize("name", UNCLEAR)
def test_what_seems_to_restrict_and_is_not_understood_is_refused(name: str) -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes(name, (UNCLEAR[name] + SECRET).encode())
    assert caught.value.code == "unclear-readers"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("metadata", "source", "groups"),
    [
        ({"groups": ["hr"]}, "Text.", ["hr"]),
        ({"group": "hr"}, "Text.", None),
        ({"groups": []}, "Text.", None),
        ({}, "---\ngroups: [hr]\n---\nText.", None),
    ],
)
def test_notebooks(metadata: dict[str, object], source: str, groups: list[str] | None) -> None:
    cell = {"cell_type": "markdown", "source": source}
    data = json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4}).encode()
    if groups is None:
        with pytest.raises(LoadError, match="groups"):
            load_bytes("a.ipynb", data)
    else:
        assert load_bytes("a.ipynb", data).metadata == {"groups": groups}


@pytest.mark.parametrize(
    "text",
    [
        "# Groups\n\nGroups are what readers belong to.\n",
        "---\ntitle: Groups\ndate: 2026-01-01\n---\n\nGroups: red and green.\n".replace("\n\nG", "\n\nOur g"),
        "---\n\nA rule above, and none below.\n\n    groups: [hr]\n",
        "Agenda\n\n1. Groups: who leads them\n",
        "From: Ann\nTo: Ben\nSubject: The group's outing\n\nHello.\n",
        "Header: x\nLeader: y\nGrowth: 5 %\n\nText.\n",
        "We have two. Groups: red, green.\n",
        "Everything is said.\ngroups: hr\n",
    ],
)
def test_ordinary_text_is_no_restriction(text: str) -> None:
    assert restricting_line(text) is None
    assert load_bytes("a.md", text.encode()).metadata.get("groups") is None


@given(st.text(max_size=30), st.integers(0, 5))
def test_a_key_is_found_whatever_invisible_letters_stand_in_it(key: str, place: int) -> None:
    assert names_readers("groups"[:place] + "\u200b" + "groups"[place:])
    assert names_readers(key) in (True, False)
