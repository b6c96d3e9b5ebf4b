"""What a page is to be read as: by its content type, and where that says little, by its address."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from app.ingestion.errors import LoadError
from app.ingestion.load import READABLE_SUFFIXES
from app.ingestion.load.installed import InstalledLoaders

_OPEN = "application/vnd.openxmlformats-officedocument"
_SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        "text/html": ".html",
        "application/xhtml+xml": ".html",
        "application/pdf": ".pdf",
        "text/markdown": ".md",
        "text/csv": ".csv",
        "text/tab-separated-values": ".tsv",
        "application/json": ".json",
        "application/x-ndjson": ".jsonl",
        "application/x-ipynb+json": ".ipynb",
        "application/epub+zip": ".epub",
        "application/rtf": ".rtf",
        "text/rtf": ".rtf",
        "message/rfc822": ".eml",
        f"{_OPEN}.wordprocessingml.document": ".docx",
        f"{_OPEN}.presentationml.presentation": ".pptx",
        f"{_OPEN}.spreadsheetml.sheet": ".xlsx",
        "application/vnd.oasis.opendocument.text": ".odt",
        "application/vnd.oasis.opendocument.spreadsheet": ".ods",
        "application/vnd.oasis.opendocument.presentation": ".odp",
    }
)
# Servers send these for whatever they do not know: the address knows better.
_VAGUE = frozenset(("", "text/plain", "application/octet-stream", "binary/octet-stream", "application/zip"))


def file_name(url: str, content_type: str, loaders: InstalledLoaders | None = None) -> str:
    """A name for the page's content, whose suffix decides the loader.

    Raises ``LoadError`` (``unsupported-type``) when the content is of a kind that is not read.

    >>> file_name("https://x.org/docs/leave?v=2", "text/html; charset=utf-8")
    'leave.html'
    """
    kind = content_type.partition(";")[0].strip().lower()
    path = PurePosixPath(unquote(urlsplit(url).path))
    stem = path.stem or urlsplit(url).hostname or "page"
    if kind in _SUFFIXES:
        return stem + _SUFFIXES[kind]
    if kind in _VAGUE and path.suffix.lower() in READABLE_SUFFIXES:
        return path.name
    loaders = loaders or InstalledLoaders()
    if kind in _VAGUE and loaders.of(path.suffix.lower()):
        return path.name
    if kind == "text/plain":
        return stem + ".txt"
    if kind not in _VAGUE and (suffix := loaders.suffix_of(kind)):
        return stem + suffix
    if kind.startswith("text/") and path.suffix.lower() in READABLE_SUFFIXES:
        return path.name
    raise LoadError(
        "unsupported-type", f"content of type {kind or 'unknown'} is not read", "download and convert it"
    )


def in_utf8(data: bytes, content_type: str) -> bytes:
    """A text in UTF-8 with a mark, where the content type names its encoding; else the same bytes.

    What the host says comes before what the page says of itself, as in browsers.

    >>> in_utf8(b"na\\xefve", "text/plain; charset=latin-1").decode("utf-8-sig")
    'naïve'
    """
    kind, _, parameters = content_type.lower().partition(";")
    named = [part.partition("=")[2].strip(" \"'") for part in parameters.split(";") if "charset" in part]
    if not named or not (kind.startswith("text/") or kind.strip() == "application/xhtml+xml"):
        return data
    try:
        encoding = codecs.lookup(named[0]).name
        # Browsers read Latin-1 as Windows-1252.
        text = data.decode("cp1252" if encoding == "iso8859-1" else encoding)
        return data if encoding == "utf-8" else codecs.BOM_UTF8 + text.encode("utf-8")
    except (LookupError, UnicodeError):
        return data  # the name is wrong: the loader finds out by itself
