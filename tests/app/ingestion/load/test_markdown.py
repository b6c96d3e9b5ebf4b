"""Markdown: front matter, blocks and titles."""

from __future__ import annotations

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes
from app.registry.document import LoadedDocument


def load(text: str, name: str = "a-b.md") -> LoadedDocument:
    return load_bytes(name, text.encode())


def pieces(document: LoadedDocument) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def test_front_matter_becomes_metadata_and_leaves_the_text() -> None:
    document = load(
        '---\ntitle: "Leave: yes"\ndate: 2024-05-01\ngroups: [hr, all]\nyears: [2023, 2024]\nn: 3\n'
        "done: true\n"
        "nested: {a: 1}\nempty:\nmixed: [a, {b: 1}]\nbig: .inf\n7: odd key\n---\n\n# Heading\n\nText."
    )
    assert document.metadata == {
        "date": "2024-05-01",
        "groups": ["hr", "all"],
        "years": ["2023", "2024"],
        "n": 3,
        "done": True,
        "title": "Leave: yes",
    }
    assert document.title == "Leave: yes"
    assert document.text == "# Heading\n\nText."


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("---\ntitle: ok\nbad: [a, b\n---\ntext", "line"),
        ("---\ntitle: a: b\n---\ntext", "line 2"),
        ("---\ndate: 2024-99-99\n---\ntext", "line"),
        ("---\na: &x [1]\nb: *x\n---\ntext", "aliases"),
        ("---\nx: !!python/object:os.system ls\n---\ntext", "line 2"),
    ],
)
def test_malformed_front_matter(source: str, line: str) -> None:
    with pytest.raises(LoadError, match=line) as caught:
        load(source)
    assert caught.value.code == "bad-front-matter"


def test_a_thematic_break_is_not_front_matter() -> None:
    text = "---\n\nJust a rule above, and one below.\n\n---\n\nMore."
    assert load(text).text == text


def test_blocks_have_exact_offsets() -> None:
    document = load(
        "# One `two` [three](/x) { #anchor }\n\nPara\ncontinues.\n\n- a\n- b\n\n"
        "| x | y |\n|---|---|\n| 1 | 2 |\n\n```py\n# not a heading\n```\n\n<div>html</div>\n\n"
        "> quote\n\nSet\n---\n"
    )
    assert pieces(document) == [
        ("heading", "# One `two` [three](/x) { #anchor }"),
        ("paragraph", "Para\ncontinues."),
        ("list", "- a\n- b"),
        ("table", "| x | y |\n|---|---|\n| 1 | 2 |"),
        ("code", "```py\n# not a heading\n```"),
        ("paragraph", "<div>html</div>"),
        ("paragraph", "> quote"),
        ("heading", "Set\n---"),
    ]
    assert [(block.level, block.title) for block in document.blocks if block.kind == "heading"] == [
        (1, "One two three"),
        (2, "Set"),
    ]
    assert document.title == "One two three"


def test_the_body_of_an_admonition_is_text() -> None:
    assert [kind for kind, _ in pieces(load("!!! note\n\n    Mind the gap.\n\nElse:\n\n    code\n"))] == [
        "paragraph",
        "paragraph",
        "paragraph",
        "code",
    ]


def test_title_falls_back_to_the_stem() -> None:
    assert load("Just text.", "sick_leave-rules.md").title == "sick leave rules"


def test_crlf_and_decomposed_letters_become_canonical() -> None:
    document = load("# Cafe\u0301\r\n\r\nText\r\n")
    assert document.text == "# Café\n\nText\n"
    assert document.title == "Café"
