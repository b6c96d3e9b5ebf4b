"""Plain text."""

from __future__ import annotations

from app.ingestion.load import load_bytes


def shape(text: str, name: str = "a.txt") -> list[tuple[str, int, str]]:
    document = load_bytes(name, text.encode())
    return [(b.kind, b.level, b.title or document.text[b.start : b.end]) for b in document.blocks]


def test_underlined_numbered_and_capital_headings() -> None:
    text = "Handbook\n========\n\nIntro\nline.\n\nSick days\n---------\nCall in.\n\n"
    text += "1.2 Long leave\n\nAsk.\n\nPENSION PLAN\n\nYes.\n"
    assert shape(text) == [
        ("heading", 1, "Handbook"),
        ("paragraph", 0, "Intro\nline."),
        ("heading", 2, "Sick days"),
        ("paragraph", 0, "Call in."),
        ("heading", 2, "1.2 Long leave"),
        ("paragraph", 0, "Ask."),
        ("heading", 1, "PENSION PLAN"),
        ("paragraph", 0, "Yes."),
    ]


def test_restructured_text_with_overline() -> None:
    assert shape("=====\nTitle\n=====\n\nSub\n===\n\nText.", "a.rst")[:2] == [
        ("heading", 1, "Title"),
        ("heading", 2, "Sub"),
    ]


def test_lists_and_loose_numbered_items_are_not_headings() -> None:
    kinds = [kind for kind, _, _ in shape("- a\n- b\n\n1. Open the door\n\n2. Close the door\n\n3. Go")]
    assert kinds == ["list", "list", "list", "list"]


def test_logs_are_split_by_line_and_have_no_headings() -> None:
    assert shape("ERROR\n\n2024 WARN disk\n2024 OK\n", "a.log") == [
        ("code", 0, "ERROR"),
        ("code", 0, "2024 WARN disk\n2024 OK"),
    ]


def test_a_last_line_in_capitals_is_text() -> None:
    assert shape("Hello.\n\nTHE END")[-1][0] == "paragraph"
