"""``pincite ask``: an answer as a reader wants it, or as JSON."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import closing
from typing import Any, Literal, cast

from app.compose import Pincite
from app.conversations.store import COMMAND_LINE
from app.retrieval.scope import checked_filters
from app.terminal.answer_text import follow
from app.terminal.approvals import approve_at_terminal
from app.terminal.output import ending_with_its_reader, output_console
from graphs.state import AskContext


def run_ask(
    pincite: Pincite,
    question: str,
    form: Literal["text", "json", "events"],
    groups: list[str],
    filters: list[str],
    thread: str | None,
    extractive: bool,
    chain: str = "",
) -> int:
    """Ask and print; 1 when the question was refused or the answer failed."""
    context = AskContext(groups=groups, user=COMMAND_LINE, extractive=extractive, chain=chain)
    asked: dict[str, Any] = {
        "thread_id": thread,
        "filters": parse_filters(filters),
        "context": context,
    }
    if form == "json":
        with ending_with_its_reader():
            answer = pincite.ask(question.strip(), **asked)
        print(answer.model_dump_json(indent=2))
    else:
        console = output_console()
        if form == "text" and sys.stdin.isatty() and sys.stdout.isatty():
            asked["approve"] = approve_at_terminal(console)
        streamed = pincite.stream(question.strip(), **asked)
        # Closed here, while the loop that runs it is open: whatever ends the printing ends the model's call.
        with (
            ending_with_its_reader(),
            closing(cast(Generator[dict[str, Any], None, None], streamed)) as events,
        ):
            answer = follow(events, form, console)
    return 0 if answer.status in ("answered", "abstained") else 1


def parse_filters(lines: list[str]) -> dict[str, Any]:
    """Filters as ``tools.filters`` reads them; a key that comes again with ``=`` matches any of its values.

    >>> parse_filters(["version=2.4", "version=2.5", "date>=2025"])
    {'version': ['2.4', '2.5'], 'date': {'>=': ['2025']}}

    Raises:
        FilterError: a line is no filter.
    """
    return checked_filters(lines)
