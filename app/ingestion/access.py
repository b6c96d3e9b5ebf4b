"""Who may read the files of a place: an access file in a folder, or what was said of the source.

A document may narrow what its place allows, and never widen it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from app.ingestion.errors import LoadError
from app.ingestion.load.frontmatter import take_front_matter
from app.ingestion.load.restrictions import GROUPS, unclear
from app.registry.document import LoadedDocument
from app.registry.schema import EVERYONE

ACCESS_FILE = ".pincite-access"
"""Says who may read the files of its folder and of those below it; the nearest one holds."""

_HINT = "make it readable, and one line such as groups: [hr, board]"
_MOST_BYTES = 64 * 1024

Groups = tuple[str, ...]
"""Who may read; empty where nothing is said."""


class PlaceAccess:
    """What the places of one run's files allow. ``default``: what is said of their source."""

    def __init__(self, default: Sequence[str] = ()) -> None:
        self.default: Groups = tuple(default)
        self._of = lru_cache(maxsize=4096)(self._read)

    def of(self, path: Path) -> Groups:
        """Who may read a file. Raises ``LoadError``: ``unclear-readers``."""
        return self._of(path.absolute().parent) or self.default

    def _read(self, folder: Path) -> Groups:
        file = folder / ACCESS_FILE
        try:
            data = file.read_bytes()[: _MOST_BYTES + 1] if file.exists() or file.is_symlink() else None
        except OSError as error:
            raise unclear(f"{file} cannot be read ({error.strerror})", _HINT) from error
        if data is None:
            return self._of(folder.parent) if folder.parent != folder else ()
        return _groups(file, data)


def _groups(file: Path, data: bytes) -> Groups:
    try:
        said, rest = take_front_matter(f"---\n{data.decode('utf-8-sig').strip()}\n---\n")
    except UnicodeDecodeError as error:
        raise unclear(f"{file} is not UTF-8", _HINT) from error
    except LoadError as error:
        raise unclear(f"{file}: {error.reason}", _HINT) from error
    groups = said.get(GROUPS)
    if len(data) > _MOST_BYTES or rest or set(said) != {GROUPS} or not isinstance(groups, list):
        raise unclear(f"{file} says something else than groups", _HINT)
    return tuple(groups)


def allowed(loaded: LoadedDocument, place: Groups) -> LoadedDocument:
    """The document with the readers that it and its place give it.

    Raises ``LoadError`` (``unclear-readers``) where it names readers that its place does not allow.
    """
    own = _own(loaded.metadata)
    if not place or place == (EVERYONE,) or (own and set(own) <= set(place)):
        return loaded
    if own:
        raise unclear(
            f"it says that {', '.join(own)} may read it, and its place allows only {', '.join(place)}",
            f"change one of them: the document, or what {ACCESS_FILE} or --groups says",
        )
    return replace(loaded, metadata={**loaded.metadata, GROUPS: list(place)})


def _own(metadata: Mapping[str, object]) -> Groups:
    named = metadata.get(GROUPS, [])
    names = named if isinstance(named, list) else [named]
    return tuple(str(name).strip() for name in names)
