"""A sentence as the checks compare it: its words in order, names, quantities and dates."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import regex

from graphs.text.dates import Date, dates
from graphs.text.quantities import Quantity, quantities
from graphs.text.remembered import MOST_CHARACTERS, remembered
from graphs.text.roots import root
from graphs.text.sentences import Unit, units
from graphs.text.table_rows import cells, record
from graphs.text.words import STOP_WORDS, words

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*")
_NAME = re.compile(r"[A-Z][\w-]*[a-z][\w-]*|[A-Z]{2,}[\w-]*")
_TITLE = re.compile(r"\*\*[^*]+\*\*:?\s*\w*|__[^_]+__:?\s*\w*|^[^:.;\d]{1,60}:\s+\w*")
"""Words set in bold, or before a colon at the start, with the word that follows."""
_ANAPHOR = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|these|those|he|she|his|her|him|such|former|latter|both"
    r"|otherwise)\b",
    re.I,
)
ANAPHOR_SENTENCES = 2
"""Sentences before one with a pronoun that may say what the pronoun stands for."""

MOST_BORROWED = 3
"""Words that may come from such a sentence."""

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
class Facts:
    """What a sentence (or a part of one) says. ``above`` is what stands over it: titles, headings, a table's
    header, a list's introduction; ``before`` the sentences that a pronoun in it may refer to."""

    text: str
    words: tuple[Word, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]
    above: str = ""
    before: str = ""
    kind: str = "sentence"
    cells: tuple[str, ...] = ()
    """Of a row; ``rows_above`` are the cells of the rows over it."""
    rows_above: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def roots(self) -> frozenset[str]:
        return frozenset(word.root for word in self.words)

    @cached_property
    def lent(self) -> frozenset[str]:
        """Roots of all words around it."""
        return frozenset(map(root, words(f"{self.above} {self.before}")))

    @cached_property
    def over(self) -> frozenset[str]:
        """Roots of the words above it."""
        return frozenset(map(root, words(self.above)))

    @property
    def names(self) -> list[Word]:
        return [word for word in self.words if word.name]


def facts(text: str, above: Sequence[str] = (), before: Sequence[str] = (), kind: str = "sentence") -> Facts:
    """Read a sentence.

    >>> read = facts("In 2026 the Team plan costs 49 EUR.")
    >>> [word.text for word in read.words], [name.text for name in read.names]
    (['Team', 'plan', 'costs'], ['Team'])
    """
    read = _facts(text)
    if not above and not before and kind == read.kind:
        return read
    return replace(read, above=" ".join(above), before=" ".join(before), kind=kind)


@remembered(texts=4096)
def _facts(text: str) -> Facts:
    found_dates = dates(text)
    found = quantities(text)
    taken = sorted(
        [*((date.start, date.end) for date in found_dates), *((one.start, one.end) for one in found)]
    )
    starts = [start for start, _ in taken]
    titles = [match.span() for match in _TITLE.finditer(text)]
    own: list[Word] = []
    for match in _WORD.finditer(text):
        plain = match.group().lower().replace("’", "'").removesuffix("'s")
        before = bisect_right(starts, match.start()) - 1
        inside = before >= 0 and match.end() <= taken[before][1]
        if inside or plain in STOP_WORDS or plain.endswith("n't") or plain.isdigit():
            continue
        one = root(plain)
        name = bool(_NAME.fullmatch(match.group())) and one not in GLUE
        # In a title any word is a capital, and so is the first word after a colon.
        name = name and not any(start <= match.start() < end for start, end in titles)
        own.append(Word(one, match.group(), name))
    return Facts(text, tuple(own), found, found_dates)


def cited_facts(text: str, context: Sequence[str], start: int = 0, end: int | None = None) -> list[Facts]:
    """Every sentence, item and row of ``text[start:end]``, with what the text and ``context`` lend to it."""
    last = len(text) if end is None else end
    pieces, around, short = units(text), tuple(context), len(text) <= MOST_CHARACTERS
    return [
        _placed(text, around, index) if short else _place(text, pieces, around, index)
        for index, unit in enumerate(pieces)
        if unit.kind != "heading" and unit.start < last and start < unit.end
    ]


@lru_cache(maxsize=2048)
def _placed(text: str, context: tuple[str, ...], index: int) -> Facts:
    # Several ways to cite the same sentences are compared for one claim. Held as in ``remembered``.
    return _place(text, units(text), context, index)


def _place(text: str, pieces: Sequence[Unit], context: Sequence[str], index: int) -> Facts:
    """The facts of one piece of the text."""
    unit = pieces[index]
    headings = [piece.of(text) for piece in pieces[:index] if piece.kind == "heading"]
    over = _above(text, pieces, index)
    said = unit.of(text)
    if unit.kind != "row":
        return facts(said, [*context, *headings, *over], _before(text, pieces, index), unit.kind)
    columns = cells(over[0]) if over else _columns(context)
    one = facts(record(said, columns), [*context, *headings, *over], (), unit.kind)
    rows = tuple(tuple(cells(piece.of(text))) for piece in _rows_above(pieces, index))
    return replace(one, cells=tuple(cells(said)), rows_above=(tuple(columns), *rows))


def _columns(context: Sequence[str]) -> list[str]:
    """A table's columns where its head stands in an earlier passage: the last heading names them."""
    last = context[-1] if context else ""
    return last.partition(": ")[2].split(" | ") if " | " in last else []


def _above(text: str, pieces: Sequence[Unit], index: int) -> list[str]:
    unit = pieces[index]
    if unit.kind == "row":
        return [piece.of(text) for piece in _rows_above(pieces, index)[:1]]
    if unit.kind == "item":
        intro = next((piece for piece in reversed(pieces[:index]) if piece.kind != "item"), None)
        if intro and intro.of(text).rstrip().endswith(":"):
            return [intro.of(text)]
    return []


def _rows_above(pieces: Sequence[Unit], index: int) -> Sequence[Unit]:
    first = index
    while first > 0 and pieces[first - 1].kind == "row":
        first -= 1
    return pieces[first:index]


def _before(text: str, pieces: Sequence[Unit], index: int) -> list[str]:
    if pieces[index].kind == "row" or not _ANAPHOR.search(pieces[index].of(text)):
        return []
    before = pieces[max(0, index - ANAPHOR_SENTENCES) : index]
    return [piece.of(text) for piece in before if piece.kind not in ("row", "heading")]
