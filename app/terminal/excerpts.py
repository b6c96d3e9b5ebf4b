"""Excerpts of documents as a reader wants them: under title and headings, the words that answer marked."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from app.terminal.printable import one_line, printable
from app.terminal.support import partly_supported
from graphs.contracts import Answer, Citation, Excerpt

MARKED = "bold underline"
_AS_IT_IS = ("code", "table", "list")
"""Kinds whose lines are kept; others are filled to the width."""
_PIECES = {
    "code": "lines",
    "table": "rows",
    "list": "items",
    "paragraph": "sentences",
    "definition": "sentences",
}
_LINE_END = re.compile(r"(?<=[^\s])\n[ \t]*(?=[^\s:|`*+-])(?!\d{1,3}[.)] )")
"""Where the author's editor ended a line of prose: not at a blank line, a term, an item or a row."""


def print_excerpts(answer: Answer, console: Console, first: bool = True) -> None:
    """The excerpts, each with where it stands and where its marked words do; a line is free between two.

    ``first``: nothing of the answer has been printed yet.
    """
    unsure = {
        number: partly_supported(claim)
        for claim in answer.claims
        if claim.verdict == "partial"
        for number in claim.citations
    }
    by_number = {one.number: one for one in answer.citations}
    for place, excerpt in enumerate(answer.excerpts):
        if place or not first:
            console.print()
        _print(Text(path(excerpt.title, excerpt.headings, excerpt.page), style="bold"), 2, console)
        if excerpt.lead:
            _print(Text(f"{one_line(excerpt.lead)} …", style="italic"), 4, console)
        _print(marked(excerpt, unsure), 4, console)
        if excerpt.left_out:
            console.print(Text(f"    … and {excerpt.left_out} more {_PIECES[excerpt.kind]}", style="dim"))
        for number in dict.fromkeys(mark.citation for mark in excerpt.marks):
            print_place(by_number[number], console)
    shown = {mark.citation for excerpt in answer.excerpts for mark in excerpt.marks}
    for citation in answer.citations:
        if citation.number not in shown:
            print_place(citation, console)


def _print(text: Text, indent: int, console: Console) -> None:
    for line in text.wrap(console, max(console.width - indent, 20)):
        line.rstrip()
        console.print(Text(" " * indent).append_text(line) if line else "")


def marked(excerpt: Excerpt, unsure: Mapping[int, str]) -> Text:
    """The excerpt's words; after each mark its number, so that it is seen where there is no bold.

    ``unsure`` are citations of what is only partly supported, each with what is said of it.
    """
    text, at = Text(), excerpt.start
    for mark in excerpt.marks:
        start = max(mark.start, at)
        text.append(_words(excerpt, at, start))
        text.append(_words(excerpt, start, mark.end), style=MARKED)
        text.append(f" [{mark.citation}]", style="bold cyan")
        text.append(unsure.get(mark.citation, ""), style="cyan")
        at = max(mark.end, at)
    return text.append(_words(excerpt, at, excerpt.end))


def _words(excerpt: Excerpt, start: int, end: int) -> str:
    words = excerpt.text
    low, high = start - excerpt.start, max(end, start) - excerpt.start
    if excerpt.kind in _AS_IT_IS:
        return printable(words[low:high])
    told = ""
    for joint in _LINE_END.finditer(words):
        if low <= joint.start() and joint.end() <= high:
            told += f"{words[low : joint.start()]} "
            low = joint.end()
    return printable(told + words[low:high])


def print_place(citation: Citation, console: Console) -> None:
    """Where the quoted words stand, in one line that other commands take."""
    place = f"{citation.doc_id}@{citation.version[:8]}:{citation.start}-{citation.end}"
    console.print(Text(f"    [{citation.number}] {place}", style="dim"), soft_wrap=True)
    if citation.link:
        console.print(Text(f"        {one_line(citation.link)}", style="dim"), soft_wrap=True)


def path(title: str, headings: list[str], page: int | None) -> str:
    """Where words stand: title, headings, page.

    >>> path("Manual", ["Manual", "Setup"], 3)
    'Manual › Setup, page 3'
    """
    told = one_line(" › ".join(dict.fromkeys([title, *headings])))
    return f"{told}, page {page}" if page else told
