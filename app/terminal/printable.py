"""Words of documents and file names, safe to print: a terminal obeys control characters."""

from __future__ import annotations

import re

# Controls but tab and line feed, marks that turn the direction of writing, and what is no character at all.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""``text`` with its control characters written out, but for tabs and line feeds.

    >>> printable("a\x07b")
    'a\\x07b'
    """
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """``printable``, with white space folded, so that it takes one line or one column."""
    return printable(" ".join(text.split()))
