"""Files to canonical text with structure. The suffix decides the loader, and the bytes must agree with it."""

from __future__ import annotations

import stat
from pathlib import Path, PurePath

from app.ingestion.document import LoadedDocument
from app.ingestion.errors import LoadError
from app.ingestion.load.limits import LoadLimits, check_size, check_text
from app.ingestion.load.sniff import check_kind

__all__ = ["READABLE_SUFFIXES", "LoadLimits", "load_bytes", "load_file", "read_file"]

_KINDS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdx": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "text",
    ".text": "text",
    ".log": "text",
    ".rst": "text",
    ".mht": "mhtml",
    ".mhtml": "mhtml",
}

READABLE_SUFFIXES: frozenset[str] = frozenset(_KINDS)
"""The suffixes, in lower case and with the dot, that ``load_file`` reads."""


def load_file(path: Path, limits: LoadLimits = LoadLimits()) -> LoadedDocument:  # noqa: B008 - frozen
    """Read one file as a document. Raises ``LoadError``: every code of ``read_file`` and ``load_bytes``."""
    return load_bytes(path.name, read_file(path, limits), limits)


def read_file(path: Path, limits: LoadLimits = LoadLimits()) -> bytes:  # noqa: B008 - frozen
    """A file's content; its size is checked before that is read.

    Raises ``LoadError``: ``too-large``, ``vanished`` (retryable) or ``unreadable``.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise LoadError("unreadable", "it is not a regular file", "name a file or a folder")
        check_size(found.st_size, limits)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise LoadError(
            "vanished", "the file is gone", "run again; it may have been moved or renamed", retryable=True
        ) from error
    except OSError as error:
        raise LoadError(
            "unreadable",
            f"the file cannot be read ({error.strerror or error})",
            "give the ingesting user permission to read the file",
        ) from error


def load_bytes(name: str, data: bytes, limits: LoadLimits = LoadLimits()) -> LoadedDocument:  # noqa: B008 - frozen
    """Read a file's content; ``name`` gives the suffix and the title of last resort.

    Raises ``LoadError``: ``unsupported-type``, ``too-large``, ``empty``, ``not-<type>``, ``binary``,
    ``bad-encoding``, ``bad-front-matter``, ``zip-bomb``, ``locked``, ``no-text``, ``broken-<type>``.

    >>> load_bytes("notes.txt", b"Ask first.").title
    'notes'
    """
    suffix = PurePath(name).suffix.lower()
    kind = _KINDS.get(suffix)
    if kind is None:
        readable = ", ".join(sorted(READABLE_SUFFIXES))
        raise LoadError(
            "unsupported-type", f"{suffix or 'a file without suffix'} is not read", f"use one of {readable}"
        )
    check_size(len(data), limits)
    check_kind(kind, suffix, data)
    document = _load(kind, name, data, limits)
    if not document.text.strip():
        raise LoadError("empty", "the file holds no text", "add content, or remove the file")
    check_text(len(document.text), limits)
    return document


def _load(kind: str, name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """Each loader is imported when its first file comes: most runs need one or two."""
    match kind:
        case "markdown":
            from app.ingestion.load.markdown import load_markdown

            return load_markdown(name, data)
        case "html":
            from app.ingestion.load.html import load_html

            return load_html(name, data)
        case "pdf":
            from app.ingestion.load.pdf import load_pdf

            return load_pdf(name, data, limits)
        case "docx":
            from app.ingestion.load.docx import load_docx

            return load_docx(name, data, limits)
        case "csv":
            from app.ingestion.load.csv import load_csv

            return load_csv(name, data, limits)
        case "mhtml":
            from app.ingestion.load.community import load_saved_page

            return load_saved_page(name, data)
        case _:
            from app.ingestion.load.text import load_text

            return load_text(name, data)
