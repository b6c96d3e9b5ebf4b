"""What the list of documents is asked for, and the links that ask for more or less of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from app.documents.facets import Facet, facets
from app.documents.listing import DocumentPage, list_documents
from app.registry.registry import Registry
from app.registry.requester import Requester
from app.web.document_words import kind_words
from tools.filters import FilterCondition, print_filter

SHOWN = 50
"""Documents of one page."""

SHOWN_FACETS = 8
SHOWN_VALUES = 12

MEDIA_TYPE = "media_type"

SORTS = {
    "title": "Title",
    "-updated": "Updated, newest first",
    "updated": "Updated, oldest first",
    "source": "Source",
    "uri": "Address",
}
"""What ``sort`` may be; a minus turns it round."""


@dataclass(frozen=True, slots=True)
class ListAsked:
    """``filters`` are lines of the filters' grammar, ``sort`` a key of ``SORTS``."""

    words: str = ""
    sort: str = "title"
    filters: tuple[str, ...] = ()

    def address(self, cursor: str = "") -> str:
        """The list as it is asked for here.

        >>> ListAsked("a b", filters=("x=1", "y=2")).address()
        '/documents?words=a+b&filters=x%3D1&filters=y%3D2'
        """
        asked = [("words", self.words)] if self.words else []
        asked += [("sort", self.sort)] if self.sort != "title" else []
        asked += [("filters", one) for one in self.filters]
        asked += [("cursor", cursor)] if cursor else []
        return f"/documents?{urlencode(asked)}" if asked else "/documents"

    def without(self, line: str) -> ListAsked:
        return replace(self, filters=tuple(one for one in self.filters if one != line))

    def also(self, line: str) -> ListAsked:
        return replace(self, filters=(*self.filters, line))


@dataclass(frozen=True, slots=True)
class FacetChip:
    """A value to choose, as ``label`` has it for people; ``address`` is the list with it."""

    label: str
    documents: int
    address: str


@dataclass(frozen=True, slots=True)
class ChipRow:
    """The values of one key; ``more`` are not offered."""

    key: str
    chips: Sequence[FacetChip]
    more: int


@dataclass(frozen=True, slots=True)
class ShownList:
    """A page of documents, what narrows it (line, address without it) and what could."""

    asked: ListAsked
    page: DocumentPage
    narrowed: Sequence[tuple[str, str]]
    rows: Sequence[ChipRow]


def page_of_list(registry: Registry, who: Requester, asked: ListAsked, cursor: str = "") -> DocumentPage:
    """Raises ``FilterError``, ``DocumentRequestError`` for what cannot be asked."""
    return list_documents(
        registry,
        who,
        filters=asked.filters,
        words=asked.words,
        sort=asked.sort.removeprefix("-"),  # type: ignore[arg-type]
        descending=asked.sort.startswith("-"),
        cursor=cursor,
        limit=SHOWN,
    )


def shown_list(registry: Registry, who: Requester, asked: ListAsked) -> ShownList:
    """The first page. Raises as ``page_of_list``."""
    page = page_of_list(registry, who, asked)
    offered = facets(registry, who, filters=asked.filters, limit=SHOWN_VALUES)
    rows = [_row(asked, one) for one in offered if one.key != "title"]
    narrowed = [(_line_words(line), asked.without(line).address()) for line in asked.filters]
    return ShownList(asked, page, narrowed, [one for one in rows if one.chips][:SHOWN_FACETS])


def _line_words(line: str) -> str:
    """A filter as its chip says it."""
    key, _, value = line.partition("=")
    return kind_words(value) if key == MEDIA_TYPE else line


def _row(asked: ListAsked, facet: Facet) -> ChipRow:
    chips = []
    for one in facet.values:
        line = print_filter(FilterCondition(facet.key, "in", (one.value,)))
        if line not in asked.filters:
            label = kind_words(one.value) if facet.key == MEDIA_TYPE else one.value
            chips.append(FacetChip(label, one.documents, asked.also(line).address()))
    return ChipRow("kind" if facet.key == MEDIA_TYPE else facet.key, chips, facet.more)
