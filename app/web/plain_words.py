"""A document's words without the marks of Markdown, to be read beside an answer."""

from __future__ import annotations

import re

_ENDINGS = (".md", ".markdown", ".mdx")
_LINE_START = re.compile(r"^ {0,3}(?:#{1,6}[ \t]{1,4}|> ?)", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]\n]{1,500})\]\([^()\s]{0,2000}\)")
_MARK = re.compile(r"\*\*|(?<!\w)__|__(?!\w)|`+|(?<![\w*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\w*])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!>|~-])")


def plain_words(text: str, uri: str) -> str:
    """``text`` as its reader would see it, where its document is Markdown; any other as it is.

    For looking at: offsets of the canonical text do not count into it.

    >>> plain_words("# Café\\n\\nIt **opens** at `07:30`, see [hours](a/b.md). 2 * 3 is 6, a_b__c.", "x.MD")
    'Café\\n\\nIt opens at 07:30, see hours. 2 * 3 is 6, a_b__c.'
    >>> plain_words("# not a **heading**", "x/a.py")
    '# not a **heading**'
    """
    if not uri.partition("#")[0].partition("?")[0].lower().endswith(_ENDINGS):
        return text
    linked = _LINK.sub(r"\1", _LINE_START.sub("", text))
    return _ESCAPED.sub(r"\1", _MARK.sub("", linked))
