"""What the tools over whole documents ask of whoever keeps these: a list, and a part of one to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from langchain_core.documents import Document

from tools.scoped_search import RequestError


class NoSuchPartError(RequestError):
    """What was to be read is not there, or may not be read: which of the two is nobody's to know."""


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document as somebody who may read it is told of it; ``facts`` are its metadata."""

    doc_id: str
    title: str
    uri: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """What to read: around these characters of a version, a section, a page, or a document's beginning."""

    doc_id: str
    version: str = ""
    start: int = 0
    end: int = 0
    section: str = ""
    page: int | None = None


class DocumentShelf(Protocol):
    """Documents, as somebody in ``groups`` may read them, narrowed by ``filters``."""

    def listed(
        self, *, groups: Sequence[str], filters: Mapping[str, Any], words: str = ""
    ) -> Sequence[ListedDocument]:
        """All of them whose title or URI has the words, by title."""

    def read(
        self, part: DocumentPart, *, groups: Sequence[str], filters: Mapping[str, Any], characters: int
    ) -> list[Document]:
        """Its passages in order, as a retriever gives them, with so many characters at most.

        Raises:
            NoSuchPartError: there is none that may be read.
        """


class TextShelf(Protocol):
    """Whole texts, as somebody in ``groups`` may read them, narrowed by ``filters``."""

    def whole(self, part: DocumentPart, *, groups: Sequence[str], filters: Mapping[str, Any]) -> Document:
        """The canonical text of the document of that part, its metadata those of a passage.

        Raises:
            NoSuchPartError: there is none that may be read.
        """
