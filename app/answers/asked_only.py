"""Which documents alone an answer was asked of, in one line."""

from __future__ import annotations

from graphs.contracts import Answer
from tools.filters import UnreadableFilterError, said


def asked_only(answer: Answer) -> str:
    """The asker's filters as they are written; empty where all documents were asked, or nobody knows.

    >>> given = {"status": "failed", "question": "?", "text": ""}
    >>> asked_only(Answer(**given, receipt={"filters": {"version": {">=": ["2.4"]}}}))
    'version>=2.4'
    >>> asked_only(Answer(**given)), asked_only(Answer(**given, receipt={"filters": "x"}))
    ('', '')
    """
    filters = answer.receipt.get("filters") or (answer.abstention.filters if answer.abstention else {})
    if not isinstance(filters, dict) or not filters:
        return ""
    try:
        return said(filters)
    except UnreadableFilterError:
        return ""  # of a receipt that another program wrote
