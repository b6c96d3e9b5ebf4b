"""Which part of a long text is shown at once."""

from __future__ import annotations

import re

SIZE = 20_000
"""Characters shown at once."""

_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
_DELIMITER = frozenset(" \t:|-")
_DEFINITION = re.compile(r"^ {0,3}\[[^\[\]\n]{1,200}\]:[ \t]*\S[^\n]{0,2000}$", re.MULTILINE)
_MOST_DEFINITIONS = 500
_MOST_HEAD = 4000


def window(text: str, start: int, end: int, since: int | None = None, size: int = SIZE) -> tuple[int, int]:
    """The part around ``text[start:end]``, or from ``since`` on: ``size`` characters at most, cut at blank
    lines, else between lines, else anywhere.

    >>> window("one\\n\\ntwo\\n\\nthree", 5, 8, size=9)
    (5, 8)
    """
    if len(text) <= size and since is None:
        return 0, len(text)
    begin = max(0, min(since, len(text)) if since is not None else start - size // 3)
    if since is None and begin > 0:
        begin = _cut_after(text, begin, start)
    stop = min(len(text), begin + size)
    if stop < len(text):
        least = end if begin <= start and end < stop else begin
        stop = _cut_before(text, max(least, begin + 1), stop)
    return begin, stop


def before(text: str, begin: int, size: int = SIZE) -> int:
    """Where the part starts that ends about where this one begins."""
    since = max(0, begin - size)
    cut = _cut_after(text, since, begin) if since else 0
    return cut if cut < begin else since


def _cut_after(text: str, least: int, most: int) -> int:
    for gap in ("\n\n", "\n"):
        found = text.find(gap, least, most)
        if found >= 0:
            return found + len(gap)
    return least


def _cut_before(text: str, least: int, most: int) -> int:
    for gap in ("\n\n", "\n"):
        found = text.rfind(gap, least, most)
        if found >= 0:
            return found
    return most


def opening(text: str, begin: int) -> str:
    """What a part of Markdown from ``begin`` on needs before it: the fence it is in, or its table's head.

    >>> opening("```sh\\nls\\n\\npwd\\n```", 10), opening("| a |\\n| - |\\n| 1 |\\n| 2 |", 18)
    ('```\\n', '| a |\\n| - |\\n')
    """
    if begin == 0 or text[begin - 1] != "\n":
        return ""
    fence = ""
    for found in _FENCE.finditer(text, 0, begin):
        if not fence:
            fence = found[1] if "`" not in found[2] or found[1][0] == "~" else ""
        elif found[1].startswith(fence) and not found[2].strip():
            fence = ""
    if fence:
        return f"{fence}\n"
    return _table_head(text, begin)


def _table_head(text: str, begin: int) -> str:
    if not text.startswith("|", begin):
        return ""
    first = begin
    while first > 0:
        above = text.rfind("\n", 0, first - 1) + 1
        if not text.startswith("|", above):
            break
        first = above
    head = text[first : min(begin, first + _MOST_HEAD)].split("\n")[:2]
    if len(head) < 2 or first == begin or "-" not in head[1] or not _DELIMITER.issuperset(head[1]):
        return ""
    return f"{head[0]}\n{head[1]}\n"


def definitions(text: str) -> str:
    """The lines of a Markdown text that give names to addresses, each a paragraph."""
    found = (one[0] for _, one in zip(range(_MOST_DEFINITIONS), _DEFINITION.finditer(text), strict=False))
    return "\n\n".join(found)
