"""JSON and JSON Lines."""

from __future__ import annotations

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes


def test_records_are_rows_with_key_paths() -> None:
    data = b"""[{"plan": "Team", "price": {"eur": 20}, "tags": ["a", "b"], "gone": null},
                {"plan": "Solo", "on": true}]"""
    document = load_bytes("price_list.json", data)
    assert document.text == "plan: Team; price.eur: 20; tags: a, b\nplan: Solo; on: true"
    assert [block.kind for block in document.blocks] == ["row", "row"]
    assert document.title == "price list"


def test_objects_in_objects_are_sections() -> None:
    data = b'{"name": "Ferry", "stops": [{"at": "Ost"}, {"at": "West"}], "crew": {"cook": {"name": "Bo"}}}'
    document = load_bytes("a.json", data)
    assert document.text == "name: Ferry\n\nstops\n\nat: Ost\nat: West\n\ncrew\n\ncook.name: Bo"
    assert [(b.title, b.level) for b in document.blocks if b.kind == "heading"] == [("stops", 1), ("crew", 1)]


def test_long_texts_are_paragraphs() -> None:
    data = b'{"id": 1, "body": "First part.\\n\\nSecond part."}\n{"id": 2}'
    assert load_bytes("a.jsonl", data).text == "id: 1\n\nbody: First part.\n\nSecond part.\n\nid: 2"


@pytest.mark.parametrize(
    ("name", "data", "code", "words"),
    [
        ("a.json", b'{"a": 1,\n "b": }', "broken-json", "line 2"),
        ("a.jsonl", b'{"a": 1}\n\n{"a": ', "broken-json", "line 3"),
        ("a.json", b"[" * 200_000, "broken-json", "deep"),
        ("a.json", b"1" * 5000, "broken-json", "too long"),
        ("a.json", b'{"a": null, "b": []}', "empty", "no values"),
        ("a.json", b"null", "empty", "no values"),
    ],
)
def test_bad_json(name: str, data: bytes, code: str, words: str) -> None:
    with pytest.raises(LoadError, match=words) as caught:
        load_bytes(name, data)
    assert caught.value.code == code
