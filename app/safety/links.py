"""Find every link in a Markdown text, and take out those to hosts that are not allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_REST = r"[^\s<>\"'`\])]+"
_BARE = re.compile(
    # With a scheme; without one only where a host follows, for there are "and//or" and "// comments" too.
    rf"[a-z][a-z0-9+.-]{{1,20}}://(?:\[[0-9a-f:.]*\])?{_REST}|(?<![\w/:.+-])//(?=[^\s/]*\w[.。．｡]\w){_REST}"
    rf"|\bwww\.{_REST}|\bmailto:{_REST}|\b(?:data|javascript|vbscript):[^\s<>]+",
    re.I,
)
_INLINE = re.compile(r"!?\[([^\]]*)\]\(\s*<?([^)\s>]*)>?[^)]*\)")
_REFERENCE = re.compile(r"!?\[([^\]]*)\]\[[^\]]*\]")
_DEFINITION = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*\S+.*$", re.M)
_AUTO = re.compile(r"<((?:[a-z][a-z0-9+.-]{1,20}:)[^\s>]*|[^\s@<>]+@[^\s@<>]+)>", re.I)
_TAG = re.compile(r"</?[a-z][^>]*>", re.I)
# Elements that load, run, send or point somewhere. Others do nothing, and List<String> is no element.
_ACTIVE = re.compile(
    r"</?(?:a|applet|area|audio|base|body|button|embed|form|frame|frameset|html|iframe|image|img|input|link|math"
    r"|meta|object|picture|script|source|style|svg|track|video)(?=[\s/>])[^>]*>?",
    re.I,
)
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

    text = text.replace("\0", "")
    text, defined = _DEFINITION.subn(markup, text)
    before = None
    while text != before:  # an image inside a link becomes a link of its own once that is unwrapped
        before, text = text, _INLINE.sub(inline, text)
    if defined:
        text = _REFERENCE.sub(lambda match: match.group(1), text)
    text = _AUTO.sub(auto, text)
    text = (_TAG if _BARE.search(text) else _ACTIVE).sub(markup, text)
    text = _BARE.sub(bare, text)
    for number in reversed(range(len(kept))):  # a kept link may stand inside one that was kept later
        text = text.replace(f"\0{number}\0", kept[number])
    return LinkCheck(text, tuple(removed))


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
        return urlsplit(target if "//" in target else f"//{target}").hostname or "unknown"
    except ValueError:
        return "unknown"
