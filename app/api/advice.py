"""What errors say to who calls the API: no command of a machine that is not theirs, but what to call."""

from __future__ import annotations

import logging
import re

from app.errors import PinciteError

logger = logging.getLogger(__name__)

COMMANDS = (
    "add", "answers", "ask", "doctor", "eval", "facets", "forget", "jobs", "keys", "langgraph-json",
    "list", "mcp", "online", "prune", "questions", "rebuild", "receipts", "remove", "replay", "serve",
    "show", "sources", "sync", "text", "threads", "tools", "usage", "verify",
)  # fmt: skip
"""Of the command line, by their first words; a test holds them to it."""

_COMMAND = re.compile(rf"\bpincite (?:{'|'.join(COMMANDS)})\b")
_COMMA = re.compile(r",\s")

INSTEAD = {
    "conversation": "see GET /v1/threads",
    "document-request": "tell the server's operator",
    "forget": "see GET /v1/documents",
    "job": "see GET /v1/jobs",
    "no-such-answer": "see GET /v1/answers",
    "no-such-job": "see GET /v1/jobs and GET /v1/sources",
    "no-such-key": "see GET /v1/keys",
    "not-an-answer": "give an answer as GET /v1/answers/{id} has it",
    "operator-only": "have an operator name the folder in PINCITE_JOBS__FOLDERS",
    "unauthenticated": "an operator makes keys with POST /v1/keys",
}
"""By the code of the error."""


def advised(error: PinciteError) -> str:
    """The error's message, in place of a command with what a caller of the API can do. One that names files
    or servers is for the log, and goes there."""
    if error.to_callers:
        logger.warning("%s", error)
        return error.to_callers
    message = str(error)
    said = _without_commands(message)
    if said == message:
        return message
    otherwise = "tell the server's operator" if error.status >= 500 else ""
    advice = INSTEAD.get(error.code, otherwise)
    return f"{said}; {advice}" if advice else said


def _without_commands(message: str) -> str:
    """The message without each part between semicolons that names a command; of the first, from its comma.

    >>> _without_commands("there is no job 'x'; see: pincite jobs list"), _without_commands("no, really")
    ("there is no job 'x'", 'no, really')
    >>> _without_commands("it is gone, run pincite sync; ask again")
    'it is gone; ask again'
    """
    first, *rest = message.split(";")
    command = _COMMAND.search(first)
    comma = _COMMA.search(first, 0, command.start()) if command else None
    kept = [first[: comma.start()] if comma else first]
    return ";".join([*kept, *(part for part in rest if not _COMMAND.search(part))])
