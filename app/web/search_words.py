"""What a search asked for, and its words in what was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import regex

from graphs.text.words import content_words

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


@dataclass(frozen=True, slots=True)
class SearchAsked:
    """``filters`` are lines of the filters' grammar; ``page`` counts from 1."""

    words: str = ""
    filters: tuple[str, ...] = ()
    page: int = 1

    @property
    def address(self) -> str:
        """The search as it is asked for here.

        >>> SearchAsked("a b", ("x=1",), 2).address, SearchAsked().address
        ('/search?q=a+b&filters=x%3D1&page=2', '/search')
        """
        asked = [("q", self.words)] if self.words else []
        asked += [("filters", one) for one in self.filters]
        asked += [("page", str(self.page))] if self.page > 1 else []
        return f"/search?{urlencode(asked)}" if asked else "/search"

    @property
    def everywhere(self) -> SearchAsked:
        return SearchAsked(self.words)

    def at(self, page: int) -> SearchAsked:
        return replace(self, page=page)

    def also(self, line: str) -> SearchAsked:
        return replace(self, filters=(*self.filters, line), page=1)

    def without(self, line: str) -> SearchAsked:
        return replace(self, filters=tuple(one for one in self.filters if one != line), page=1)


@dataclass(frozen=True, slots=True)
class SearchedPiece:
    """Some words of a passage; ``found``: the search asked for them."""

    text: str
    found: bool


def found_pieces(text: str, query: str) -> Iterator[SearchedPiece]:
    """The text, cut around words that the query has, also in another number.

    >>> [(one.text, one.found) for one in found_pieces("Two gateways, one box.", "the gateway?")]
    [('Two ', False), ('gateways', True), (', one box.', False)]
    """
    wanted = set(content_words(query))
    at = 0
    for place in _WORD.finditer(text) if wanted else ():
        if wanted.isdisjoint(content_words(place[0])):
            continue
        if place.start() > at:
            yield SearchedPiece(text[at : place.start()], False)
        yield SearchedPiece(place[0], True)
        at = place.end()
    if at < len(text):
        yield SearchedPiece(text[at:], False)
