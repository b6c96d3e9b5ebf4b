"""What the server's own log says of a request: its path, and not what was asked for in it."""

from __future__ import annotations

import logging

_FIELDS = 5
"""Of uvicorn's access records: address, method, path with query, HTTP version, status."""


class WithoutQuery(logging.Filter):
    """Takes the query off: it holds names of files, words that are looked for, and metadata."""

    def filter(self, record: logging.LogRecord) -> bool:
        given = record.args
        if isinstance(given, tuple) and len(given) == _FIELDS:
            record.args = (*given[:2], str(given[2]).partition("?")[0], *given[3:])
        return True
