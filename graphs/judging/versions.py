"""What is stored about the versions that a draft cites: each is read once, however many sentences cite it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from graphs.parts import Parts, Rectangle, StoredVersion


class CitedVersions:
    """Reads by ``Parts.read_version``, or by the three callables that each tell a part of it.

    For one draft: what is removed from the store meanwhile is not found by the next.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._read: dict[tuple[str, str], StoredVersion | None] = {}
        self._texts: dict[tuple[str, str], str | None] = {}

    @property
    def readable(self) -> bool:
        """Whether there is a store to look texts up in."""
        return self._parts.read_version is not None or self._parts.stored_text is not None

    def read_ahead(self, keys: Iterable[tuple[str, str]]) -> None:
        """Read these versions together, where that can be done; else each is read when it is asked for."""
        wanted = {key for key in keys if key not in self._read}
        if self._parts.read_versions is not None and len(wanted) > 1:
            found = self._parts.read_versions(wanted)
            self._read.update({key: found.get(key) for key in wanted})

    def text(self, doc_id: str, version: str) -> str | None:
        """The canonical text; None where nobody has it."""
        if self._parts.read_version is not None:
            stored = self._stored(self._parts.read_version, doc_id, version)
            return stored.text if stored is not None else None
        key = (doc_id, version)
        if key not in self._texts and self._parts.stored_text is not None:
            self._texts[key] = self._parts.stored_text(doc_id, version)
        return self._texts.get(key)

    def page_at(self, doc_id: str, version: str, offset: int) -> int | None:
        """The page of a character; None where that is not known."""
        if self._parts.read_version is not None:
            stored = self._stored(self._parts.read_version, doc_id, version)
            return stored.page_at(offset) if stored is not None else None
        return self._parts.page_at(doc_id, version, offset) if self._parts.page_at is not None else None

    def rects_at(self, doc_id: str, version: str, start: int, end: int) -> list[Rectangle]:
        """Where the words stand on their pages; none where that is not known."""
        if self._parts.read_version is not None:
            stored = self._stored(self._parts.read_version, doc_id, version)
            return stored.rects_at(start, end) if stored is not None else []
        return self._parts.rects_at(doc_id, version, start, end) if self._parts.rects_at is not None else []

    def _stored(
        self, read: Callable[[str, str], StoredVersion | None], doc_id: str, version: str
    ) -> StoredVersion | None:
        key = (doc_id, version)
        if key not in self._read:
            self._read[key] = read(doc_id, version)
        return self._read[key]
