"""What stands before a list's item, by its shape, in any script."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

_DASHES = "–—―‒"
_BULLETS = "*+•‣⁃◦·∙・⁌⁍⦁⦾⦿❖➢➣➤✦✧❥❧"
"""Besides these: hyphens, dashes, geometric shapes (``● ▪ ○ ■ ▶``) and private characters, as fonts of
symbols leave them."""


@cache
def _patterns() -> tuple[Any, Any, Any, Any]:
    import regex

    def compiled(pattern: str) -> Any:
        return regex.compile(pattern, regex.V1 | regex.X)

    dropped = compiled(
        rf"""
        \s*+(?: [{_BULLETS}{_DASHES}\-\u25a0-\u25ff\p{{Co}}] \ufe0e?
            | \p{{Nd}}{{1,3}}[.)．）] | [a-z][.)] | (?=[ivx])x{{0,3}}(?:ix|iv|v?i{{0,3}})[.)]
            )\s++ | \s*+\p{{Nd}}{{1,3}}、\s*+
        """
    )
    kept = compiled(
        r"""
        \s*+(?P<marker>
            (?: [\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff] [\ufe0e\ufe0f]?
            | \[[ xX✓✗]\]
            | \(\p{Nd}{1,3}\) | \(\p{L}\p{M}*\) | \((?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})\)
            | \p{L}\p{M}*[.)．）]
            )\s++\S
            | [\u2460-\u24ff\u2776-\u2793]\s*+\S
            )
        """
    )
    clear_end = compiled(r"(?r)[\p{SB=STerm}\p{SB=ATerm}:;,：；，、…][\p{SB=Close}*_`]*+\s*+")
    # The first two characters of either: most lines begin with a word, which is neither a single letter nor a
    # Roman number.
    begins = compiled(
        rf"""
        [{_BULLETS}{_DASHES}\-\[(\p{{Nd}}\p{{Co}}\u2190-\u21ff\u2460-\u24ff\u25a0-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]
        | \p{{L}}[\p{{M}}.)．）] | [ivx]{{2}}
        """
    )
    return dropped, kept, clear_end, begins


@lru_cache(maxsize=4096)
def _may_begin(two: str) -> bool:
    """Whether an item can begin with these two characters."""
    return _patterns()[3].match(two) is not None


def item_start(line: str, before: str, in_list: bool) -> int | None:
    """Where the item's text begins in ``line``; None where it is no item.

    Bullets, dashes, numbers and single lower-case letters are not part of the text. A sign that says
    something, as ``✓``, ``✗``, ``[x]``, ``⚠``, or that may be its first word, as ``(a)`` or ``А.``, is.
    Whatever prose that wraps may begin a line with counts only at its beginning, after another item, or after
    a line, ``before``, that ends in punctuation.

    >>> [line[item_start(line, "", False):] for line in ("● Keep it", "١. احفظه", "[x] done", "(a) the box")]
    ['Keep it', 'احفظه', '[x] done', '(a) the box']
    >>> item_start("— built in 1900 —", "The house", False), item_start("— Yes.", "She said:", False)
    (None, 2)
    """
    bare = line.lstrip()
    if not _may_begin(bare[:2]):
        return None
    dropped, kept, clear_end, _ = _patterns()
    found = dropped.match(line)
    if found is not None:
        start: int = found.end()
        mark = kept.match(line, start)
        may_wrap = bare.startswith(tuple(_DASHES))
        begin = mark.start("marker") if mark is not None else start
    else:
        mark = kept.match(line)
        if mark is None:
            return None
        may_wrap, begin = True, mark.start("marker")
    if may_wrap and before.strip() and not in_list and not clear_end.match(before):
        return None
    return begin
