"""What of a document's words may be shown is decided by the text around them, whatever is cited of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from graphs.judging.shown_words import ShownWords
from graphs.parts import GuardFailedError, GuardRun, Parts, Unshown, WordsCheck
from graphs.state import EvidencePassage
from tests.support.graph_parts import corpus

TEXT = "Begin [secret words that go on] and the end. Another sentence."


def brackets(text: str) -> WordsCheck:
    """What stands in brackets may not be shown."""
    found = tuple(Unshown(*match.span(), "bracket", "redact") for match in re.finditer(r"\[[^\]]*\]", text))
    return WordsCheck(found, (GuardRun("g", "bracket" if found else "none", "redact", 0.1, "closed"),))


def shown(check: Any = brackets, stored: bool = True) -> ShownWords:
    evidence = EvidencePassage(
        doc_id="d",
        version="v",
        start=100,
        end=100 + len(TEXT),
        text=TEXT,
        title="T [x]",
        uri="",
        headings=[],
        page=None,
        scores={},
    )
    text = " " * 100 + TEXT
    parts = Parts(retriever=corpus(), check_words=check, stored_text=(lambda *_: text) if stored else None)
    return ShownWords(parts, [evidence])


@pytest.mark.parametrize("stored", [True, False])
def test_the_middle_of_it_is_masked_too(stored: bool) -> None:
    start = TEXT.index("words")
    found = shown(stored=stored).place("d", "v", 100 + start, "words that")
    assert found == ("█████ ████", True, "")


def test_what_stands_beside_it_is_shown_as_it_is_and_not_noted() -> None:
    words = shown()
    at = TEXT.index("Another")
    assert words.place("d", "v", 100 + at, "Another sentence.") == ("Another sentence.", False, "")
    assert words.runs == []


def test_a_citation_is_flagged_and_its_link_gone() -> None:
    words = shown()
    cite = {
        "doc_id": "d",
        "version": "v",
        "start": 100,
        "end": 113,
        "quote": TEXT[:13],
        "title": "Title [y]",
        "uri": "u",
        "headings": ["H"],
        "link": "u#:~:text=Begin",
    }
    left = words.citation(cite)
    assert (left["quote"], left["title"], left["link"], left["redacted"]) == (
        "Begin ███████",
        "Title ███",
        "",
        True,
    )
    assert cite["quote"] == TEXT[:13], "the citation itself keeps its words"
    assert [run.saw for run in words.runs] == ["bracket", "bracket"]


def test_the_same_words_are_masked_in_a_sentence() -> None:
    cite = {"doc_id": "d", "version": "v", "start": 100, "quote": TEXT[:13]}
    assert shown().without_hidden("It says [secret, you know.", [cite]) == "It says ███████, you know."


def test_without_a_guard_nothing_is_changed() -> None:
    words = shown(check=None)
    assert not words.asks
    assert words.text("[a]") == ("[a]", False, "")
    assert words.place("d", "v", 0, "[a]") == ("[a]", False, "")


def test_a_guard_that_breaks_lets_nothing_through() -> None:
    def crash(_text: str) -> WordsCheck:
        raise ConnectionError("words of the text")

    with pytest.raises(GuardFailedError, match=r"output guard failed .ConnectionError.") as raised:
        shown(crash).text("a")
    assert "words of" not in str(raised.value)
