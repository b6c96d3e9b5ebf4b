"""Find every link in a Markdown text, and take out those to hosts that are not allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_SCHEME = r"(?:[a-z][a-z0-9+.-]{1,20}:)?//"
_BARE = re.compile(
    rf"(?:{_SCHEME}|\bwww\.)[^\s<>\"'`\])]+|\b(?:mailto|data|javascript):[^\s<>\"'`\])]+", re.I
)
_INLINE = re.compile(r"!?\[([^\]]*)\]\(\s*<?([^)\s>]*)>?[^)]*\)")
_REFERENCE = re.compile(r"!?\[([^\]]*)\]\[[^\]]*\]")
_DEFINITION = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*\S+.*$", re.M)
_AUTO = re.compile(r"<((?:[a-z][a-z0-9+.-]{1,20}:)[^\s>]*|[^\s@<>]+@[^\s@<>]+)>", re.I)
_TAG = re.compile(r"</?[a-z][^>]*>", re.I)


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """The text as it may leave, and the hosts of the links that were taken out, in order."""

    text: str
    removed: tuple[str, ...]


def keep_allowed_links(text: str, allowed_hosts: frozenset[str]) -> LinkCheck:
    """Unwrap links to other hosts to their words; images, raw HTML and reference links always go.

    A host is allowed with its subdomains. Only ``http`` and ``https`` can be allowed at all.

    >>> keep_allowed_links("See [the form](https://evil.example/?q=1).", frozenset())
    LinkCheck(text='See the form.', removed=('evil.example',))
    """
    removed: list[str] = []

    def inline(match: re.Match[str]) -> str:
        words, target = match.group(1), match.group(2)
        if not match.group().startswith("!") and _allowed(target, allowed_hosts):
            return match.group()
        removed.append(_host(target))
        return words

    def bare(match: re.Match[str]) -> str:
        target = match.group(1) if match.re is _AUTO else match.group()
        if _allowed(target, allowed_hosts):
            return match.group()
        removed.append(_host(target))
        return "(link removed)"

    def markup(match: re.Match[str]) -> str:
        found = _BARE.search(match.group())
        removed.append(_host(found.group()) if found else "html")
        return ""

    kept: list[str] = []

    def shelve(match: re.Match[str]) -> str:
        replaced = inline(match)
        if replaced != match.group():
            return replaced
        kept.append(replaced)
        return f"\0{len(kept) - 1}\0"

    text = text.replace("\0", "")
    text = _DEFINITION.sub(markup, text)
    text = _INLINE.sub(shelve, text)
    text = _REFERENCE.sub(lambda match: match.group(1), text)
    text = _AUTO.sub(bare, text)
    text = _TAG.sub(markup, text) if _BARE.search(text) else text
    text = _BARE.sub(bare, text)
    text = re.sub("\0(\\d+)\0", lambda match: kept[int(match.group(1))], text)
    return LinkCheck(text, tuple(removed))


def _allowed(target: str, hosts: frozenset[str]) -> bool:
    try:
        parts = urlsplit(target if "//" in target else f"//{target}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.username is not None:
        return False
    return any(host == one or host.endswith(f".{one}") for one in hosts)


def _host(target: str) -> str:
    try:
        return urlsplit(target if "//" in target else f"//{target}").hostname or "unknown"
    except ValueError:
        return "unknown"
