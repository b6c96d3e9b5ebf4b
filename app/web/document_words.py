"""What is known of documents and jobs, in the words of people who know neither."""

from __future__ import annotations

from collections.abc import Sequence

from app.ingestion.load.hidden import RISK
from app.jobs.job import Job
from app.registry.overrides import NOBODY
from app.registry.registry import DocumentRecord
from app.registry.schema import EVERYONE

_KINDS = {
    "application/pdf": "PDF",
    "text/markdown": "Markdown",
    "text/plain": "Text",
    "text/html": "Web page",
    "application/xhtml+xml": "Web page",
    "text/csv": "Table (CSV)",
    "text/tab-separated-values": "Table (TSV)",
    "application/json": "JSON",
    "application/x-ndjson": "JSON lines",
    "text/x-rst": "reStructuredText",
    "text/asciidoc": "AsciiDoc",
    "text/org": "Org",
    "message/rfc822": "E-mail",
    "application/mbox": "Mailbox",
    "application/epub+zip": "E-book",
    "application/rtf": "Rich text",
    "text/rtf": "Rich text",
    "application/x-ipynb+json": "Notebook",
    "text/calendar": "Calendar",
    "application/msword": "Word document",
    "application/vnd.ms-excel": "Spreadsheet",
    "application/vnd.ms-outlook": "E-mail",
    "application/vnd.ms-powerpoint": "Presentation",
}
_ENDINGS = (
    ("wordprocessingml.document", "Word document"),
    ("spreadsheetml.sheet", "Spreadsheet"),
    ("presentationml.presentation", "Presentation"),
    ("opendocument.text", "Text document"),
    ("opendocument.spreadsheet", "Spreadsheet"),
    ("opendocument.presentation", "Presentation"),
)


def kind_words(media_type: str) -> str:
    """What kind of file it is.

    >>> kind_words("application/pdf"), kind_words("text/x-python"), kind_words("image/png")
    ('PDF', 'Code (python)', 'image/png')
    """
    if media_type in _KINDS:
        return _KINDS[media_type]
    for ending, kind in _ENDINGS:
        if media_type.endswith(ending):
            return kind
    if media_type.startswith("text/x-"):
        return f"Code ({media_type.removeprefix('text/x-')})"
    return media_type or "unknown"


def readers_words(groups: Sequence[str]) -> str:
    """Who may read.

    >>> readers_words(()), readers_words(("board", "hr"))
    ('everyone', 'board, hr')
    """
    if not groups or list(groups) == [EVERYONE]:
        return "everyone"
    if list(groups) == [NOBODY]:
        return "nobody but operators"
    return ", ".join(groups)


def risks_of(record: DocumentRecord) -> tuple[str, ...]:
    """What lowers the trust in a document."""
    found = record.metadata.get(RISK) or ()
    return (found,) if isinstance(found, str) else tuple(map(str, found))


_HIDDEN = {
    "hidden": "hidden from readers, left out",
    "doubtful": "that readers may not see",
    "set-aside": "of comments, collapsed parts and the like, left out",
}


def hidden_words(kind: str) -> str:
    """What became of words that are not plainly to be seen (``HiddenText.kind``)."""
    return _HIDDEN.get(kind, kind)


_STATES = {
    "queued": "Waiting for its turn",
    "running": "Reading",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
}


def job_words(job: Job) -> str:
    """How far a job is, in a word or two."""
    if job.state == "running" and job.cancel:
        return "Stopping after this file"
    if job.state == "done" and job.failed:
        return "Done, but not every file could be read"
    return _STATES[job.state]


def job_name(job: Job) -> str:
    """What a job does."""
    if job.kind == "upload":
        files = (
            f"{job.files_total:,} file{'' if job.files_total == 1 else 's'}" if job.files_total else "Files"
        )
        return f"{files} into “{job.source}”"
    return f"“{job.source}” from {job.place}"


_CITED = {
    "in place": "stands",
    "moved": "stands, moved",
    "changed": "the words changed",
    "gone": "the words are gone",
    "broken": "the quote is not what was stored",
}


def cited_words(state: str) -> str:
    """What became of the words of a citation."""
    return _CITED.get(state, state)


_DONE = {
    "changed": "Saved. It holds from the next question on.",
    "unchanged": "Nothing was different, so nothing was changed.",
    "reset": "What was said here is taken back: the source's own words hold again.",
    "removed": "The document is removed. No answer uses it any more.",
    "cancelled": "The job is being stopped. What was added stays.",
    "retried": "Trying again. This is the new job.",
    "queued": "All of it arrived. You can leave this page: it is read in the background.",
    "scheduled": "The source is added. It is read now, and again by its schedule.",
    "unscheduled": "The source is read no more. Its documents stay.",
}


def done_words(code: str) -> str:
    """What to say after a change; an address can only choose among these words."""
    return _DONE.get(code, "")
