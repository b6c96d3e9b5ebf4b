"""An answer as one message: marks after each sentence, notes and sources at the end, places of citations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graphs.contracts import Answer, Citation

Sources = Literal["list", "none"]
"""Whether notes and sources are written below the answer."""

_NOTE = "\n\nNote: "
_SOURCES = "\n\nSources:\n\n"
_ITEM = "- ["


@dataclass(frozen=True, slots=True)
class UrlCitation:
    """``text[start:end]`` of the message is a sentence that rests on what this address has."""

    start: int
    end: int
    title: str
    url: str


def sentence_text(claim: Mapping[str, Any], first: bool) -> str:
    """A released sentence with its marks, as the answer's text has it.

    >>> sentence_text({"text": "It needs 12 volts.", "citations": [1]}, False)
    ' It needs 12 volts. [1]'
    """
    marks = "".join(f"[{number}]" for number in claim["citations"])
    return f"{'' if first else ' '}{claim['text']} {marks}"


def tail(answer: Answer, sources: Sources) -> str:
    """What is written below the answer: its notices, and where its citations stand; or nothing."""
    if sources == "none":
        return ""
    notes = "".join(f"{_NOTE}{_line(one)}" for one in answer.notices)
    if not answer.citations:
        return notes
    return notes + _SOURCES + "\n".join(_source(one) for one in answer.citations)


def message_text(answer: Answer, sources: Sources) -> str:
    """All of it."""
    return answer.text + tail(answer, sources)


def without_tail(text: str) -> str:
    """An earlier answer as it was given, without what ``tail`` wrote below it.

    >>> without_tail("It needs 12 volts. [1]\\n\\nNote: Old.\\n\\nSources:\\n\\n- [1] Manual")
    'It needs 12 volts. [1]'
    """
    head, found, rest = text.rpartition(_SOURCES)
    if not found or not all(line.startswith(_ITEM) for line in rest.strip().split("\n")):
        head = text
    paragraphs = head.split("\n\n")
    while len(paragraphs) > 1 and paragraphs[-1].startswith(_NOTE.strip()):
        paragraphs.pop()
    return "\n\n".join(paragraphs)


def url_citations(claims: Iterable[Mapping[str, Any]], citations: Sequence[Citation]) -> list[UrlCitation]:
    """Where in the message each sentence stands that rests on a source with an address."""
    by_number = {one.number: one for one in citations}
    found: list[UrlCitation] = []
    at = 0
    for claim in claims:
        written = sentence_text(claim, first=at == 0)
        start = at + written.index(claim["text"])
        for number in claim["citations"]:
            cited = by_number.get(number)
            if cited is not None and (url := address(cited)):
                found.append(UrlCitation(start, start + len(claim["text"]), cited.title, url))
        at += len(written)
    return found


def address(citation: Citation) -> str:
    """Where a reader can open it: at the words where that is known; empty where it is on no web."""
    if citation.link:
        return citation.link
    return citation.uri if citation.uri.startswith(("https://", "http://")) else ""


def _source(citation: Citation) -> str:
    page = [f"page {citation.page}"] if citation.page else []
    named = list(dict.fromkeys([citation.title or citation.doc_id, *citation.headings, *page]))
    label = _line(", ".join(named))
    url = address(citation)
    if not url:
        return f"{_ITEM}{citation.number}] {label}"
    for character, written in ((" ", "%20"), ("(", "%28"), (")", "%29"), ("<", "%3C"), (">", "%3E")):
        url = url.replace(character, written)
    for character in "\\[]":
        label = label.replace(character, f"\\{character}")
    return f"{_ITEM}{citation.number}] [{label}]({_line(url)})"


def _line(text: str) -> str:
    return " ".join(text.split())
