"""Sitemaps: which pages a site has, as XML (also packed, also an index of sitemaps) or as plain lines."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import dataclass, field

from app.ingestion.errors import LoadError

_MAX_BYTES = 52_428_800  # sitemaps.org: 50 MiB unpacked
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(slots=True)
class Sitemap:
    """The pages of one sitemap, and the sitemaps it names, in their order and without repeats."""

    pages: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)


def parse_sitemap(data: bytes) -> Sitemap:
    """Read a sitemap.

    Raises ``LoadError``: ``broken-sitemap`` for what is none, holds declarations, or unpacks to over 50 MiB.

    >>> parse_sitemap(b"<urlset><url><loc>https://x.org/a</loc></url></urlset>").pages
    ['https://x.org/a']
    """
    data = _unpacked(data).lstrip(b"\xef\xbb\xbf \r\n\t")
    found = Sitemap()
    if not data.startswith(b"<"):
        lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines()]
        found.pages = [line for line in dict.fromkeys(lines) if line.startswith(("http://", "https://"))]
        if not found.pages:
            raise _broken("it is neither XML nor a list of addresses")
        return found
    # Sitemaps need no declarations; entities are how a small file grows without end.
    if _DECLARATION.search(data):
        raise _broken("it declares a document type or entities")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - no declarations, hence no entities
    except ElementTree.ParseError as error:
        raise _broken(f"its XML is malformed: {error}") from error
    kind = _name(root)
    if kind not in ("urlset", "sitemapindex"):
        raise _broken(f"it is a <{kind}>")
    listed = found.pages if kind == "urlset" else found.sitemaps
    for entry in root:
        for tag in entry:
            address = (tag.text or "").strip()
            if _name(tag) == "loc" and address:
                listed.append(address)
    found.pages, found.sitemaps = list(dict.fromkeys(found.pages)), list(dict.fromkeys(found.sitemaps))
    return found


def _name(tag: ElementTree.Element) -> str:
    return tag.tag.rpartition("}")[2].lower()


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(data, _MAX_BYTES)
    except zlib.error as error:
        raise _broken("its packing is damaged") from error
    if not unpacker.eof:
        raise _broken("it is cut off, or unpacks to over 50 MiB")
    return unpacked


def _broken(why: str) -> LoadError:
    return LoadError(
        "broken-sitemap", f"the address is not a sitemap that can be read ({why})", "check the address"
    )
