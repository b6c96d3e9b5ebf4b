"""What a file really is, by its first bytes, whatever its name says."""

from __future__ import annotations

import zipfile
from io import BytesIO

from app.ingestion.errors import LoadError
from app.ingestion.load.textnorm import mark_of

_OLE = "an old or encrypted Office file"
_SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\xfd7zXZ\x00", "an XZ archive"),
    (b"\x7fELF", "a Linux program"),
    (b"SQLite format 3\x00", "an SQLite database"),
)
# The first part whose name begins so tells the kind.
_ZIP_KINDS = (
    ("word/", "a Word document"),
    ("xl/workbook.bin", "a binary Excel workbook"),
    ("xl/", "an Excel workbook"),
    ("ppt/", "a PowerPoint presentation"),
    ("META-INF/container.xml", "an EPUB book"),
    ("content.xml", "an OpenDocument file"),
)
# Streams of the OLE container, whose names are written in UTF-16.
_OLE_KINDS = (
    ("EncryptedPackage", "an encrypted Office file"),
    ("__properties_version1.0", "an Outlook message"),
    ("WordDocument", "an old Word document"),
    ("PowerPoint Document", "an old PowerPoint presentation"),
    ("Workbook", "an old Excel workbook"),
)
_WANTED = {
    "markdown": "Markdown text",
    "html": "an HTML page",
    "text": "plain text",
    "csv": "a CSV table",
    "mhtml": "a saved web page",
    "pdf": "a PDF document",
    "docx": "a Word document",
    "pptx": "a PowerPoint presentation",
    "xlsx": "an Excel workbook",
    "epub": "an EPUB book",
    "odf": "an OpenDocument file",
    "outlook": "an Outlook message",
    "rtf": "an RTF document",
    "mail": "an e-mail message",
    "json": "JSON",
    "notebook": "a notebook",
    "outline": "plain text",
    "code": "source code",
}
_BINARY = frozenset(("docx", "pptx", "xlsx", "epub", "odf", "outlook", "rtf"))
"""Kinds whose files begin as their format says; the others are text."""
_FAMILY = dict.fromkeys(("docx", "pptx", "xlsx"), "an Office file")


def real_kind(data: bytes) -> str | None:
    """What the first bytes show, in words; None when they show nothing, as with text.

    >>> real_kind(b"%PDF-1.7 ..."), real_kind(b"# Title")
    ('a PDF document', None)
    """
    kind = next((words for magic, words in _SIGNATURES if data.startswith(magic)), None)
    if kind == _OLE:
        return next((words for name, words in _OLE_KINDS if name.encode("utf-16-le") in data), kind)
    return _zip_kind(data) if kind == "a ZIP archive" else kind


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return "a broken ZIP archive"
    for part, words in _ZIP_KINDS:
        if any(name.startswith(part) for name in names):
            return words
    return "a plain ZIP archive"


def not_a(kind: str, suffix: str, found: str) -> LoadError:
    """The error for a file whose suffix promises ``kind`` and whose bytes are something else."""
    return LoadError(
        f"not-{kind}",
        f"{suffix} file is not {_WANTED[kind]} (it is {found})",
        "give the file the suffix of its real type, or export it again",
    )


def check_kind(kind: str, suffix: str, data: bytes) -> None:
    """Raise ``LoadError`` when the bytes contradict the suffix.

    Codes: ``empty``, ``not-<kind>``, ``locked`` (an encrypted Office document).
    """
    if not data.strip():
        raise LoadError("empty", "the file is empty", "add content, or remove the file")
    found = real_kind(data)
    if kind == "pdf":
        # Readers accept the header anywhere in the first 1024 bytes.
        if b"%PDF-" not in data[:1024]:
            raise not_a(kind, suffix, found or "something else: it has no PDF header")
    elif kind in _BINARY:
        if found == "an encrypted Office file":
            raise LoadError(
                "locked", "the document is protected by a password", "save a copy without password"
            )
        if found != _WANTED[kind]:
            raise not_a(kind, suffix, found or f"not {_FAMILY.get(kind, _WANTED[kind])} at all")
    elif found is not None and mark_of(data) is None:
        raise not_a(kind, suffix, found)
