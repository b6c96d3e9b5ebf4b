"""A sentence as the checks compare it: its words in order, names, quantities and dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, wraps
from typing import Any, TypeVar

import regex

from graphs.text.dates import Date, dates
from graphs.text.held_quantities import HeldQuantities
from graphs.text.latin import LATIN_WORD, is_latin
from graphs.text.quantities import Quantity, may_have_numbers, quantities
from graphs.text.remembered import remembered
from graphs.text.roots import distinct_roots, root
from graphs.text.row_claims import Table
from graphs.text.words import STOP_WORDS, written_words

Found = TypeVar("Found")

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*")
_NAME = re.compile(r"[A-Z](?=[\w-]*[a-z])[\w-]*|[A-Z]{2}[\w-]*")
_TITLE = re.compile(r"\*\*[^*]+\*\*:?\s*\w*|__[^_]+__:?\s*\w*|^[^:.;\d]{1,60}:\s+\w*")
"""Words set in bold, or before a colon at the start, with the word that follows."""
MOST_BORROWED = 3
"""Words of a claim that may come from around the sentence it is compared with."""

GLUE = frozenset(
    root(word)
    for word in """
    according additionally also although besides however instead likewise meanwhile moreover otherwise
    overall per regarding respectively similarly since therefore though thus unless whenever whether within
    without yes yet
    """.split()
)
"""Words that join what is said. Capitalised at the start of a sentence they name nobody."""

_OPENING = re.compile(
    r"(?:according to (?:the|these|this|its|your|our)(?: \w+)? (?:documents?|documentation|sources?|text"
    r"|passages?|page|polic(?:y|ies)|handbook|manual|guide)|yes|no|in short|overall|in summary|also|first"
    r"|second|third|finally|currently|generally|in addition),\s+|(?:please )?note that\s+",
    re.I,
)


def without_opening(claim: str) -> str:
    """The claim without a phrase that says nothing of its own.

    >>> without_opening("According to the documents, returns are free.")
    'returns are free.'
    """
    match = _OPENING.match(claim)
    return claim[match.end() :] if match else claim


@dataclass(frozen=True, slots=True)
class Word:
    """A content word: its ``root`` to compare, its ``text`` to show."""

    root: str
    text: str
    name: bool


@dataclass(frozen=True)
class Above:
    """What stands over a sentence: titles, headings, a table's header, a list's introduction. Sentences under
    the same ones share it. ``last`` was added to what is over all of them, ``outer``."""

    text: str = ""
    outer: Above | None = field(default=None, compare=False, repr=False)
    last: str = field(default="", compare=False, repr=False)

    @cached_property
    def roots(self) -> frozenset[str]:
        """Roots of all words, small ones too."""
        if self.outer is None:
            return distinct_roots(self.text)
        # One after the other: a long text may have more headings than calls may be nested.
        chain: list[Above] = [self]
        while (outer := chain[-1].outer) is not None and "roots" not in outer.__dict__:
            chain.append(outer)
        found = outer.roots if outer is not None else frozenset[str]()
        for one in reversed(chain):
            added = distinct_roots(one.added)
            found = found if added <= found else found | added
            one.__dict__["roots"] = found
        return found

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return quantities(self.text)

    @cached_property
    def held(self) -> HeldQuantities:
        return HeldQuantities(self.quantities)

    @cached_property
    def dates(self) -> tuple[Date, ...]:
        return dates(self.text)

    @property
    def added(self) -> str:
        """What it has more than ``outer``."""
        return self.text if self.outer is None else self.last


def all_above(sentences: Iterable[Facts]) -> Iterator[Above]:
    """Everything that stands over them, each once: together their ``added`` are all its words."""
    seen: set[int] = set()
    for sentence in sentences:
        over: Above | None = sentence.over
        while over is not None and id(over) not in seen:
            seen.add(id(over))
            yield over
            over = over.outer


NOTHING_ABOVE = Above()
NO_TABLE = Table(())


@dataclass(frozen=True)
class Facts:
    """What a sentence (or a part of one) says, and what stands around it: ``before`` are the sentences that a
    pronoun in it may refer to."""

    text: str
    words: tuple[Word, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]
    over: Above = NOTHING_ABOVE
    before: str = ""
    kind: str = "sentence"
    cells: tuple[str, ...] = ()
    """Of a row, which has ``rows_over`` rows of ``table`` over it."""
    table: Table = field(default=NO_TABLE, compare=False, repr=False)
    rows_over: int = 0
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What ``once`` has found in the sentence, wherever it stands."""

    @property
    def above(self) -> str:
        return self.over.text

    @cached_property
    def roots(self) -> frozenset[str]:
        return frozenset(word.root for word in self.words)

    @cached_property
    def lent(self) -> frozenset[str]:
        """Roots of all words around it."""
        return self.over.roots | distinct_roots(self.before) if self.before else self.over.roots

    @cached_property
    def known(self) -> frozenset[str]:
        """Roots of its words and of all around it."""
        return self.roots | self.lent if self.lent else self.roots

    @cached_property
    def beside(self) -> frozenset[str]:
        """Roots that only its surroundings have."""
        return self.lent - self.roots

    @cached_property
    def held(self) -> HeldQuantities:
        """Its quantities and those of what stands above it."""
        return HeldQuantities(self.quantities, self.over.held.all) if self.quantities else self.over.held

    @cached_property
    def all_dates(self) -> tuple[Date, ...]:
        """Those of the sentence and of what stands above it."""
        return self.dates + self.over.dates

    @cached_property
    def names(self) -> tuple[Word, ...]:
        return tuple(word for word in self.words if word.name)


def once(find: Callable[[Facts], Found]) -> Callable[[Facts], Found]:
    """For what follows from a sentence's own text alone: it is found once, and held with the sentence."""
    name = f"{find.__module__}.{find.__qualname__}"

    @wraps(find)
    def found(read: Facts) -> Found:
        held: Found
        try:
            held = read.kept[name]
        except KeyError:
            held = read.kept[name] = find(read)
        return held

    return found


def facts(text: str, above: Sequence[str] = (), before: Sequence[str] = (), kind: str = "sentence") -> Facts:
    """Read a sentence.

    >>> read = facts("In 2026 the Team plan costs 49 EUR.")
    >>> [word.text for word in read.words], [name.text for name in read.names]
    (['Team', 'plan', 'costs'], ['Team'])
    """
    read = _facts(text)
    if not above and not before and kind == read.kind:
        return read
    return placed(read, Above(" ".join(above)), " ".join(before), kind)


def placed(
    read: Facts,
    over: Above,
    before: str,
    kind: str,
    cells: tuple[str, ...] = (),
    table: Table = NO_TABLE,
    rows_over: int = 0,
) -> Facts:
    """The sentence where it stands in a text."""
    own = (read.text, read.words, read.quantities, read.dates)
    return Facts(*own, over, before, kind, cells, table, rows_over, read.kept)


@remembered(texts=4096)
def _facts(text: str) -> Facts:
    found_dates, found = dates(text), quantities(text)
    may_have_title = ":" in text or "**" in text or "__" in text
    titles = [match.span() for match in _TITLE.finditer(text)] if may_have_title else []
    if not (found_dates or found or titles):
        return Facts(text, tuple(filter(None, map(_word, written_words(text)))), found, found_dates)
    spans = [(date.start, date.end) for date in found_dates]
    taken = sorted(spans + [(one.start, one.end) for one in found])
    own: list[Word] = []
    at, first, last = 0, -1, -1
    for match in (LATIN_WORD if is_latin(text) else _WORD).finditer(text):
        start, end = match.span()
        while at < len(taken) and taken[at][0] <= start:
            first, last = taken[at]
            at += 1
        if first <= start and end <= last:
            continue
        one = _word(match.group())
        if one is None:
            continue
        # In a title any word is a capital, and so is the first word after a colon.
        if one.name and any(begin <= start < done for begin, done in titles):
            one = Word(one.root, one.text, name=False)
        own.append(one)
    return Facts(text, tuple(own), found, found_dates)


def roots_of(text: str) -> frozenset[str]:
    """The roots of ``facts(text)``; no more is read where it has no number."""
    if may_have_numbers(text):
        return _facts(text).roots
    return frozenset(word.root for word in map(_word, written_words(text)) if word)


@lru_cache(maxsize=65_536)
def _word(written: str) -> Word | None:
    """None for small words and numbers."""
    plain = written.lower().replace("’", "'").removesuffix("'s")
    if plain in STOP_WORDS or plain.endswith("n't") or plain.isdigit():
        return None
    one = root(plain)
    return Word(one, written, bool(_NAME.fullmatch(written)) and one not in GLUE)
