"""Uvicorn's line for each request, without what a caller put into its address."""

from __future__ import annotations

import logging
from urllib.parse import unquote

from app.observability.redaction import redacted_text
from app.terminal.printable import one_line

NOT_SHOWN = ("/v1/threads/", "/conversations/", "/v1/shares/", "/shared/")
"""What follows is what somebody called a conversation, or opens one that is shared."""


class AccessLineFilter(logging.Filter):
    """For the handler of ``uvicorn.access``: paths without query, without names of conversations, redacted.

    Escaped characters are written out first: an address that is written with ``%40`` is one too.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, path, *rest = record.args
            record.args = (client, method, shown_path(str(path)), *rest)
        return True


def shown_path(path: str) -> str:
    """What of a request's path and query is logged.

    >>> shown_path("/v1/answers?q=sk-1"), shown_path("/v1/threads/my%20divorce"), shown_path("/docs")
    ('/v1/answers', '/v1/threads/…', '/docs')
    >>> shown_path("/shared/Qx7"), shown_path("/conversations/my%20divorce/share")
    ('/shared/…', '/conversations/…')
    >>> shown_path("/v1/keys/jane.doe%40corp.example")
    '/v1/keys/[e-mail]'
    """
    plain = unquote(path.partition("?")[0])
    for begun in NOT_SHOWN:
        if plain.startswith(begun):
            return f"{begun}…"
    return one_line(redacted_text(plain))
