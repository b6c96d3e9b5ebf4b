"""Which files a command means, and the URI each is known by."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from app.errors import PinciteError
from app.ingestion.load import READABLE_SUFFIXES
from app.ingestion.load.installed import InstalledLoaders

_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "bower_components", "site-packages"})
# Written by tools, for tools: readable, and of no use to a reader.
_GENERATED = re.compile(
    r"package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|.*[.-]min\.(?:js|css|mjs)|.*\.bundle\.js",
    re.IGNORECASE,
)
GENERATED = "(generated)"
_SOURCE = re.compile(r"[\w][\w. -]{0,63}")

LOCAL_FILES = "files"

UPLOAD = "upload://"
"""Begins the URI of a document that somebody sent: no folder or site has it, so no sync takes it away."""
"""The source of documents that were added without naming one."""

WEB_PAGES = "web"
"""The source of web pages that were added without naming one."""


class SourceNameError(PinciteError, ValueError):
    """A name that no source can have."""

    code = "source-name"
    status = 422


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file and the URI its document has."""

    path: Path
    uri: str


@dataclass(slots=True)
class Found:
    """Files to read in a fixed order, and how many were passed over, by suffix."""

    files: list[FoundFile] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    """What the paths in the files' URIs are below."""
    passed_over: Counter[str] = field(default_factory=Counter)
    unread: set[str] = field(default_factory=set)
    """URIs of those whose suffix nothing reads: a document that is there of one is not gone."""
    missing: list[Path] = field(default_factory=list)
    closed: list[FoundFile] = field(default_factory=list)
    """Folders that cannot be listed; what is below them is not known to be gone."""
    clashes: list[tuple[FoundFile, FoundFile]] = field(default_factory=list)
    leaving: list[Path] = field(default_factory=list)
    """Symbolic links to what is not below the given folder: nobody meant that to be read."""


def is_url(text: str) -> bool:
    """Whether an argument means a web page rather than a file.

    >>> is_url("HTTPS://x.org/a"), is_url("docs/a.md")
    (True, False)
    """
    return text.lower().startswith(("http://", "https://"))


def check_source(source: str | None) -> None:
    """Raise ``SourceNameError`` for what cannot name a source; None, for no name, can."""
    if source is not None and (source == LOCAL_FILES or not _SOURCE.fullmatch(source)):
        raise SourceNameError(
            f"{source!r} cannot be the name of a source; use letters, digits, '-', '_' and '.', "
            f"and not {LOCAL_FILES!r}"
        )


def discover(paths: Sequence[Path], source: str | None, loaders: InstalledLoaders | None = None) -> Found:
    """Walk ``paths``. Hidden files and folders are left out, and those of installed packages; so are lock
    files, minified scripts and formats Pincite does not read, unless they were named themselves.

    Symbolic links that leave a given folder are not followed (``Found.leaving``); one named itself is.

    With a source, a file's URI is ``source://NAME/path below the given folder``, so the same tree elsewhere
    is the same source. Without one it is the file's absolute ``file://`` URI.

    Raises:
        SourceNameError: ``source`` is empty, holds a slash, or is the name of what has no source.
    """
    check_source(source)
    found = Found()
    loaders = loaders or InstalledLoaders()
    by_uri: dict[str, FoundFile] = {}
    for root in paths:
        if not root.exists():
            found.missing.append(root)
            continue
        found.folders.append((root if root.is_dir() else root.parent).absolute())

        def closed(error: OSError, root: Path = root) -> None:
            folder = Path(os.fsdecode(error.filename))
            found.closed.append(FoundFile(folder, _uri(folder, folder.relative_to(root), source)))

        for path in _walk(root, closed, found.leaving.append):
            below = path.relative_to(root) if path != root else Path(path.name)
            file = FoundFile(path, _uri(path, below, source))
            if path != root and (kind := _unread(path, loaders)):
                found.passed_over[kind] += 1
                if kind != GENERATED:
                    found.unread.add(file.uri)
                continue
            earlier = by_uri.setdefault(file.uri, file)
            if earlier is file:
                found.files.append(file)
            elif earlier.path.absolute() != path.absolute():
                found.clashes.append((earlier, file))
    return found


def _unread(path: Path, loaders: InstalledLoaders) -> str:
    """What a file is counted as that is passed over; an empty string for one that is read."""
    suffix = path.suffix.lower()
    if suffix not in READABLE_SUFFIXES and loaders.of(suffix) is None:
        return suffix or "(no suffix)"
    return GENERATED if _GENERATED.fullmatch(path.name) else ""


def _uri(path: Path, below: Path, source: str | None) -> str:
    if source is None:
        return path.absolute().as_uri()
    return f"source://{quote(source)}/{quote(os.fsencode(below.as_posix()))}".removesuffix("/.")


def _walk(root: Path, closed: Callable[[OSError], None], leaving: Callable[[Path], None]) -> Iterable[Path]:
    if not root.is_dir():
        yield root
        return
    whole = root.resolve()
    for folder, folders, names in os.walk(root, onerror=closed):
        if "pyvenv.cfg" in names:  # an environment of installed Python packages
            folders[:] = []
            continue
        folders[:] = sorted(n for n in folders if not n.startswith(".") and n not in _SKIPPED_FOLDERS)
        # Linked folders are not gone into: what is below the root is found where it is.
        for name in folders:
            if _leaves(path := Path(folder, name), whole):
                leaving(path)
        for name in sorted(names):
            path = Path(folder, name)
            if name.startswith("."):
                continue
            if _leaves(path, whole):
                leaving(path)
            elif not path.is_dir():
                yield path


def _leaves(path: Path, root: Path) -> bool:
    """Whether it is a symbolic link to what is not below ``root``; one in a circle leads nowhere."""
    if not path.is_symlink():
        return False
    try:
        return not path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):
        return True
