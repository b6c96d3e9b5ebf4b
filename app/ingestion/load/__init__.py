"""Files to canonical text with structure. The suffix decides the loader, and the bytes must agree with it."""

from __future__ import annotations

import stat
from pathlib import Path, PurePath

from app.ingestion.errors import LoadError
from app.ingestion.load.hidden import marked
from app.ingestion.load.installed import InstalledLoaders
from app.ingestion.load.kinds import INSTEAD, KINDS, READABLE_SUFFIXES
from app.ingestion.load.limits import LoadLimits, check_size, check_text
from app.ingestion.load.loader import Loader, fault_of
from app.ingestion.load.readers import BuiltInLoader
from app.registry.document import LoadedDocument

__all__ = ["READABLE_SUFFIXES", "LoadLimits", "load_bytes", "load_file", "read_file"]


def load_file(path: Path, limits: LoadLimits | None = None) -> LoadedDocument:
    """Read one file as a document. Raises ``LoadError``: every code of ``read_file`` and ``load_bytes``."""
    limits = limits or LoadLimits()
    return load_bytes(path.name, read_file(path, limits), limits)


def read_file(path: Path, limits: LoadLimits | None = None) -> bytes:
    """A file's content; its size is checked before that is read.

    Raises ``LoadError``: ``too-large``, ``vanished`` (retryable) or ``unreadable``.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise LoadError("unreadable", "it is not a regular file", "name a file or a folder")
        check_size(found.st_size, limits or LoadLimits())
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


def load_bytes(
    name: str,
    data: bytes,
    limits: LoadLimits | None = None,
    loaders: InstalledLoaders | None = None,
) -> LoadedDocument:
    """Read a file's content; ``name`` gives the suffix and the title of last resort.

    ``loaders`` are those that others brought, once they were looked for.

    Raises ``LoadError``: ``unsupported-type``, ``too-large``, ``empty``, ``not-<type>``, ``binary``,
    ``bad-encoding``, ``bad-front-matter``, ``zip-bomb``, ``locked``, ``no-text``, ``broken-<type>``,
    ``reader-failed``, ``bad-loader`` (of an installed one).

    >>> load_bytes("notes.txt", b"Ask first.").title
    'notes'
    """
    limits = limits or LoadLimits()
    suffix = PurePath(name).suffix.lower()
    kind = KINDS.get(suffix)
    built_in = kind is not None
    loader: Loader
    if kind is not None:
        loader = BuiltInLoader(kind)
    else:
        kind, loader = _installed(suffix, loaders or InstalledLoaders())
    check_size(len(data), limits)
    if not data.strip():
        raise LoadError("empty", "the file is empty", "add content, or remove the file")
    try:
        document = loader.load(name, data, limits)
    except LoadError:
        raise
    except MemoryError as error:
        raise LoadError(
            "too-large", "reading the file takes more memory than there is", "split the file"
        ) from error
    except Exception as error:  # whatever a parser trips over must not stop the other files
        raise LoadError(
            "reader-failed",
            f"the file cannot be read ({type(error).__name__} in the {kind} reader)",
            "open it in its program and save it again; report it if it opens well there",
        ) from error
    # Offsets of others' loaders are not taken on trust: a citation would point at the wrong words.
    if not built_in and (fault := fault_of(document)):
        reason = f"the {kind} loader made no proper document: {fault}"
        raise LoadError("bad-loader", reason, "report it to those who made the loader")
    if not document.text.strip():
        raise LoadError("empty", "the file holds no text", "add content, or remove the file")
    check_text(len(document.text), limits)
    return marked(document)


def _installed(suffix: str, loaders: InstalledLoaders) -> tuple[str, Loader]:
    """The format of a suffix that is not ours, and its loader. Raises ``LoadError``."""
    found = loaders.of(suffix)
    if found is not None:
        return found.extension.name, found.loader
    what, hint = INSTEAD.get(suffix, ("", "save it as text, Markdown, HTML, PDF or an Office format"))
    reason = f"{suffix} ({what}) is not read" if what else f"{suffix or 'a file without suffix'} is not read"
    if problems := loaders.problems():
        hint = str(problems[0][1])
    raise LoadError("unsupported-type", reason, hint)
