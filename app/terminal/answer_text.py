"""An answer as a reader wants it: sentences as they come, citations, what was searched. Nothing heavy."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from app.terminal.answerability import answerability
from app.terminal.excerpts import path, print_excerpts
from app.terminal.printable import one_line, printable
from app.terminal.support import partly_supported
from graphs.contracts import Answer, Citation, Claim, NearestPassage

QUOTE_CHARS = 400


def follow(events: Iterator[dict[str, Any]], form: str, console: Console) -> Answer:
    """Print sentences as they come, or every event as a line of JSON."""
    last: dict[str, Any] = {}
    told = 0
    drafted = False
    for event in events:
        last = event
        if form == "events":
            print(json.dumps(event, ensure_ascii=False), flush=True)
        elif event["type"] == "step":
            drafted = drafted or event["node"] == "generate"
        elif event["type"] == "sentence" and not drafted:
            # What comes after the draft comes with the answer, at once: perhaps as excerpts.
            told += 1
            console.print(_sentence(Claim.model_validate(event["claim"])))
    answer = Answer.model_validate(last["answer"])
    if form == "text":
        print_answer(answer, console, told=told)
    return answer


def _sentence(claim: Claim) -> Text:
    marks = "".join(f"[{number}]" for number in claim.citations)
    unsure = partly_supported(claim) if claim.verdict == "partial" else ""
    return Text(f"{printable(claim.text)} ").append(marks, style="bold cyan").append(unsure, style="cyan")


def print_answer(answer: Answer, console: Console, told: int = 0) -> None:
    """Sentences with their numbers, then each number's words and where they stand; ``told`` are printed."""
    if answer.status == "answered":
        if answer.excerpts:
            print_excerpts(answer, console, first=told == 0)
        else:
            for claim in answer.claims[told:]:
                console.print(_sentence(claim))
            for citation in answer.citations:
                _print_citation(citation, console)
    elif answer.problem is not None:
        console.print(Text(printable(f"{answer.status}: {answer.problem.message}")))
    else:
        console.print(Text(printable(answer.text)))
    if answer.abstention is not None and answer.abstention.searched:
        seen = answer.abstention
        console.print(Text(f"  Searched for: {one_line(' / '.join(seen.searched))}", style="dim"))
        scores = f"; {answerability(seen.score, seen.needed or 0.0)}" if seen.score is not None else ""
        console.print(Text(f"  {seen.passages_considered} passages looked at{scores}", style="dim"))
        if seen.nearest:
            console.print(Text("  Nearest:", style="dim"))
        for passage in seen.nearest:
            _print_nearest(passage, console)
    for notice in answer.notices:
        console.print(Text(f"  Note: {one_line(notice)}", style="yellow"))
    total = sum(step["ms"] for step in answer.receipt.get("steps", []))
    by = f"{answer.mode}, " if answer.mode else ""
    console.print(Text(f"  ({by}{total / 1000:.2f} s)", style="dim"))


def _print_citation(citation: Citation, console: Console) -> None:
    head = path(citation.title, citation.headings, citation.page)
    console.print(Text(f"\n  [{citation.number}] {head}", style="bold"))
    quote = textwrap.shorten(one_line(citation.quote), QUOTE_CHARS, placeholder=" …")
    for line in textwrap.wrap(f"“{quote}”", width=max(console.width - 6, 20)):
        console.print(Text(f"      {line}"))
    place = f"{citation.doc_id}@{citation.version[:8]}:{citation.start}-{citation.end}"
    console.print(Text(f"      {place}", style="dim"), soft_wrap=True)
    if citation.link:
        console.print(Text(f"      {one_line(citation.link)}", style="dim"), soft_wrap=True)


def _print_nearest(passage: NearestPassage, console: Console) -> None:
    head = path(passage.title, passage.headings, passage.page)
    excerpt = textwrap.shorten(one_line(passage.excerpt), 90, placeholder=" …")
    console.print(Text(f"    - {head}: “{excerpt}”", style="dim"), soft_wrap=True)
