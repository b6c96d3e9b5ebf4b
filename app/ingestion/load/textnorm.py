"""Bytes to characters, and characters to the canonical form that offsets count into."""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import PurePath

from app.ingestion.errors import LoadError

# Tabs and line feeds stay; a form feed or vertical tab separates, so it becomes a line end.
_DROPPED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85]")
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_CONTROL_BYTE = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def canonical(text: str) -> str:
    """Canonical text: NFC, ``\\n`` line ends, no byte order mark, no control characters but ``\\n`` and tab.

    >>> canonical("cafe\\u0301\\r\\nnoir\\x00")
    'café\\nnoir'
    """
    text = _DROPPED.sub("", _BREAKS.sub("\n", text)).lstrip("\ufeff")
    return unicodedata.normalize("NFC", text)


def tidy_layout(text: str) -> str:
    """Without characters that are only about layout: no-break spaces become spaces, soft hyphens and
    zero-width spaces go. For text taken out of HTML, DOCX and PDF, where software puts them.

    >>> tidy_layout("10\\xa0per\\xadcent")
    '10 percent'
    """
    return text.translate({0xA0: " ", 0x202F: " ", 0xAD: None, 0x200B: None, 0xFEFF: None, 0x2060: None})


def mark_of(data: bytes) -> str | None:
    """The encoding that a byte order mark at the start names, or None."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def decode(data: bytes, *, declared: str | None = None) -> str:
    """The characters of a text file, not yet canonical.

    A byte order mark decides; then ``declared`` (an HTML charset); then UTF-8; then Windows-1252,
    only where the bytes look like Western text. Nothing is ever replaced.

    Raises ``LoadError``: ``binary`` for bytes that are no text, ``bad-encoding`` for text that is damaged.

    >>> decode(b"na\\xefve")
    'naïve'
    """
    marked = mark_of(data)
    if marked is None and b"\x00" in data:
        raise LoadError(
            "binary",
            "the file holds binary data, not text",
            "export it as text, or give it the suffix of its real type",
        )
    encoding = marked or declared or "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if marked is None and encoding == "utf-8" and _looks_western(data):
            try:
                return data.decode("cp1252")
            except UnicodeDecodeError:
                pass  # bytes that Windows-1252 does not have: report the UTF-8 place below
        if marked is None and len(_CONTROL_BYTE.findall(data[:8192])) * 50 > min(len(data), 8192):
            raise LoadError(
                "binary",
                "the file holds binary data, not text",
                "export it as text, or give it the suffix of its real type",
            ) from error
        line = data.count(b"\n", 0, error.start) + 1
        raise LoadError(
            "bad-encoding",
            f"the text is not valid {encoding.upper()} (byte {error.start}, line {line})",
            "save the file again as UTF-8",
        ) from error


def _looks_western(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 read as Windows-1252 text rather than damaged UTF-8 or binary data."""
    high = len(_HIGH_BYTE.findall(data))
    in_utf8 = sum(len(found) for found in _UTF8_SEQUENCE.findall(data))
    # Valid UTF-8 sequences hardly occur by chance: where they hold half the high bytes, it is damaged UTF-8.
    return not _CONTROL_BYTE.search(data) and high * 10 < len(data) * 3 + 10 and in_utf8 * 2 < high


def words_of_stem(name: str) -> str:
    """A file name as a title: without folders and suffix, with spaces for ``-`` and ``_``.

    >>> words_of_stem("hr/leave-policy_2024.md")
    'leave policy 2024'
    """
    stem = PurePath(name).stem
    words = re.sub(r"[\s_-]+", " ", canonical(stem)).strip()
    return words or _DROPPED.sub("", stem)
