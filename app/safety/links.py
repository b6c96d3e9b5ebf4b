"""Find every link in a Markdown text, and take out those to hosts that are not allowed.

What is left is read once more by a parser of Markdown: the rules mend what they know, and where it still
finds a link, a picture or live HTML, the text leaves without brackets. Every step is linear in the length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_REST = r"[^\s<>\"'`\])]++"
_BARE = re.compile(
    # With a scheme; without one only where a host follows, for there are "and//or" and "// comments" too.
    rf"[a-z][a-z0-9+.-]{{1,20}}://(?:\[[0-9a-f:.]*+\])?{_REST}"
    rf"|(?<![\w/:.+-])//(?=[^\s/]*\w[.。．｡]\w){_REST}"
    rf"|\bwww\.[^\s<>]*+|\b(?:mailto|xmpp):{_REST}|\b(?:data|javascript|vbscript):[^\s<>]++"
    # A host by itself is a name; with what could carry data behind it, it is an address.
    rf"|(?<![\w@/.-])(?:[\w-]{{1,63}}\.){{1,8}}[a-z]{{2,24}}(?::\d{{1,5}})?(?:/[^\s?<>\"'`\])]*+)?\?{_REST}",
    re.I,
)
_MAY_BE_BARE = re.compile(r"//|[:?]|www\.", re.I)
"""What each of them has in it: quick to look for, where most sentences have none."""
_INLINE = re.compile(r"!?\[([^\]]*+)\]\(\s*+<?+([^)\s>]*+)>?+[^)]*+\)")
_REFERENCE = re.compile(r"!?\[([^\]]*+)\]\[[^\]]*+\]")
_DEFINITION = re.compile(r"^\s{0,3}\[[^\]]++\]:\s*+\S++.*+$", re.M)
_AUTO = re.compile(r"<((?:[a-z][a-z0-9+.-]{1,20}:)[^\s>]*+|[^\s@<>]++@[^\s@<>]++)>", re.I)
_TAG = re.compile(r"</?[a-z][^>]*+>", re.I)
# Elements that load, run, send or point somewhere, or change how what follows is read, and any with a value,
# which may be a handler. Others do nothing, and List<String> is no element.
_ACTIVE = re.compile(
    r"</?(?:a|applet|area|audio|base|body|button|dialog|embed|form|frame|frameset|head|html|iframe|image|img|input"
    r"|link|listing|math|meta|noembed|noframes|noscript|object|option|picture|plaintext|portal|script|select|slot"
    r"|source|style|svg|template|textarea|title|track|video|xmp)(?=[\s/>])[^>]*+>?+"
    r"|<[a-z][^>=]*+=[^>]*+>|<[!?][^>]*+>?+"
    # Without an end a tag goes on in what follows it on a page; "if a <b and c = 5" is no such tag.
    r"|<[a-z](?=[^>]*+\Z)(?=[^>]*?\b(?:on\w+|style|href|src\w*|\w*action|data|poster)\s*=)[^>]*+",
    re.I,
)
_OPENINGS = 64
"""Brackets that open in a text that is mended link by link. A sentence has few; from one with more all go, so
that the time does not grow with their number."""
_MOST_STEPS = 20_000
"""Steps of a reader of Markdown, who may go from each opening bracket through all marks behind it. A step
takes about a microsecond; an answer of 3,000 characters with twenty links takes some 2,000."""
_MARKS = re.compile(r"[^\w\s.,;'\"()/?|#]")
_BRACKETS = re.compile(r"[\[\]<>]")
_HIDDEN = re.compile("[\0\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_HOST = re.compile(r"[a-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """The text as it may leave, and the hosts of the links that were taken out, in order."""

    text: str
    removed: tuple[str, ...]


def keep_allowed_links(text: str, allowed_hosts: frozenset[str]) -> LinkCheck:
    """Unwrap links to other hosts to their words; images, active HTML and reference links always go.

    A host is allowed with its subdomains. Only ``http`` and ``https`` can be allowed at all.

    >>> keep_allowed_links("See [the form](https://evil.example/?q=1).", frozenset())
    LinkCheck(text='See the form.', removed=('evil.example',))
    """
    removed: list[str] = []
    text = _without_hidden(text)
    if _many_brackets(text):
        return _plain(text, allowed_hosts, ["markup"])
    mended = _mended(text, allowed_hosts, removed)
    # What was taken out may have stood within a tag.
    if _ACTIVE.search(mended) or carries(mended, allowed_hosts):
        return _plain(mended, allowed_hosts, removed or ["markup"])
    return LinkCheck(mended, tuple(removed))


def carries(text: str, allowed_hosts: frozenset[str]) -> bool:
    """Whether a Markdown reader would make of the text a link to another host, a picture, or live HTML.

    True of a text with more brackets and marks than a sentence has: reading them takes too long.

    >>> carries("[a](https://evil.example)", frozenset()), carries("a [b] <c>", frozenset())
    (True, False)
    """
    if "[" not in text and "<" not in text:
        return False
    if _many_brackets(text):
        return True
    found: dict[str, Any] = {}
    for block in _reader().parse(text, found):
        for token in [block, *(block.children or [])]:
            target = str(token.attrGet("href") or "")
            if token.type == "image" or (token.type == "link_open" and not _allowed(target, allowed_hosts)):
                return True
            if token.type in ("html_inline", "html_block") and _ACTIVE.search(token.content):
                return True
    return bool(found.get("references"))


def _many_brackets(text: str) -> bool:
    openings = text.count("[") + text.count("<")
    return openings > _OPENINGS or (
        openings * len(text) > _MOST_STEPS and openings * len(_MARKS.findall(text)) > _MOST_STEPS
    )


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")


def _plain(text: str, allowed_hosts: frozenset[str], removed: list[str]) -> LinkCheck:
    """The text without any bracket, and without addresses: nothing is left to make a link of."""
    bare = _BARE.sub("(link removed)", _BRACKETS.sub("", text))
    return LinkCheck(bare, tuple(removed))


def _without_hidden(text: str) -> str:
    """The text without what no reader sees and machines read: tag characters and bidirectional controls, by
    which it also reads otherwise than it is written."""
    return _HIDDEN.sub("", text)


def _mended(text: str, allowed_hosts: frozenset[str], removed: list[str]) -> str:
    """The text with each link to another host unwrapped; the hosts are added to ``removed``."""

    def inline(match: re.Match[str]) -> str:
        words, target = match.group(1), match.group(2)
        # The words and the title of an allowed link must not show another one.
        shown = all(_allowed(url, allowed_hosts) for url in _BARE.findall(match.group()))
        if not match.group().startswith("!") and shown and _allowed(target, allowed_hosts):
            return shelf(match.group())
        removed.append(_host(target))
        return words

    def bare(match: re.Match[str]) -> str:
        if _allowed(match.group(), allowed_hosts):
            return match.group()
        removed.append(_host(match.group()))
        return "(link removed)"

    def auto(match: re.Match[str]) -> str:
        if _allowed(match.group(1), allowed_hosts):
            return shelf(match.group())
        removed.append(_host(match.group(1)))
        return "(link removed)"

    def markup(match: re.Match[str]) -> str:
        found = _BARE.search(match.group())
        removed.append(_host(found.group()) if found else "html")
        return ""

    kept: list[str] = []

    def shelf(link: str) -> str:
        kept.append(link)
        return f"\0{len(kept) - 1}\0"

    text, defined = _DEFINITION.subn(markup, text)
    before = None
    while text != before:  # an image inside a link becomes a link of its own once that is unwrapped
        before, text = text, _INLINE.sub(inline, text)
    if defined:
        text = _REFERENCE.sub(lambda match: match.group(1), text)
    text = _AUTO.sub(auto, text)
    text = (_TAG if _MAY_BE_BARE.search(text) and _BARE.search(text) else _ACTIVE).sub(markup, text)
    if _MAY_BE_BARE.search(text):
        text = _BARE.sub(bare, text)
    for number in reversed(range(len(kept))):  # a kept link may stand inside one that was kept later
        text = text.replace(f"\0{number}\0", kept[number])
    return text


def _allowed(target: str, hosts: frozenset[str]) -> bool:
    try:
        parts = urlsplit(target if "//" in target else f"//{target}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    # Browsers read a backslash as a slash, and dots of other scripts as dots: only plain names will do.
    if parts.scheme not in ("http", "https") or parts.username is not None or not _HOST.fullmatch(host):
        return False
    return any(host == one or host.endswith(f".{one}") for one in hosts)


def _host(target: str) -> str:
    try:
        host = urlsplit(target if "//" in target else f"//{target}").hostname or "unknown"
        # A notice names it, and must not be a link in turn.
        return host.removeprefix("www.")
    except ValueError:
        return "unknown"
