"""``pincite --server … ask``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

from app.api.client.call import ProblemError
from app.api.client.synchronous import PinciteClient
from app.api.contract.problem import ProblemDocument
from app.terminal.answer_text import follow
from app.terminal.output import output_console
from app.terminal.printable import one_line
from graphs.contracts import Answer


def remote_ask(
    client: PinciteClient,
    *,
    question: str,
    as_json: bool,
    events: bool,
    group: Any,
    filter: Any,
    thread: str,
    extractive: bool,
    chain: str,
) -> int:
    """As ``pincite ask``; the groups are those of the key. Raises ``ProblemError``."""
    given = sys.stdin.buffer.read() if question == "-" else os.fsencode(question)
    text = given.decode("utf-8", "replace").strip()
    if group:
        print("note: --group is not sent: the server knows your groups by your key", file=sys.stderr)
    how = {"filters": list(filter or []), "thread": thread, "extractive": extractive, "chain": chain}
    told = _events(client, text, how)
    if as_json:
        last: dict[str, Any] = {}
        for event in told:
            last = event
        answer = Answer.model_validate(last["answer"])
        print(answer.model_dump_json(indent=2))
    else:
        console = output_console()
        answer = follow(told, "events" if events else "text", console)
    return 0 if answer.status in ("answered", "abstained") else 1


def _events(client: PinciteClient, text: str, how: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Events as the application has them. Raises ``ProblemError`` where no answer ends them."""
    for event in client.stream(text, **how):
        if event.kind == "error":
            raise ProblemError(ProblemDocument.model_validate(event.data))
        if event.kind == "stopped":
            raise ProblemError(
                ProblemDocument(title="Stopped", status=409, detail="the answer was stopped", code="stopped")
            )
        if event.kind == "approval":
            calls = ", ".join(str(call["tool"]) for call in event.data["calls"])
            raise ProblemError(
                ProblemDocument(
                    title="Waiting",
                    status=409,
                    detail=f"the answer waits for a person to approve {one_line(calls)}; decide about it by "
                    "POST /v1/answers/{id}/approvals, with what the API tells whoever asks",
                    code="waits-for-approval",
                )
            )
        yield {"type": event.kind, **event.data}
