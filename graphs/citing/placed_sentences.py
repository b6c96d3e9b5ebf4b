"""The sentences of a cited text, each where it stands: with what the text lends to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

from graphs.citing.facts import NOTHING_ABOVE, Above, Facts, facts, placed
from graphs.text.remembered import MOST_CHARACTERS
from graphs.text.row_claims import Table
from graphs.text.sentences import units
from graphs.text.table_rows import cells, record

_ANAPHOR = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|these|those|he|she|his|her|him|such|former|latter|both"
    r"|otherwise)\b",
    re.I,
)
ANAPHOR_SENTENCES = 2
"""Sentences before one with a pronoun that may say what the pronoun stands for."""


def cited_facts(text: str, context: Sequence[str], start: int = 0, end: int | None = None) -> list[Facts]:
    """Every sentence, item and row of ``text[start:end]``, with what the text and ``context`` lend to it."""
    last = len(text) if end is None else end
    # Several ways to cite the same sentences are compared for one claim. Held as in ``remembered``.
    passage = (_held if len(text) <= MOST_CHARACTERS else _Passage)(text, tuple(context))
    return [
        passage.read(index)
        for index, unit in enumerate(passage.pieces)
        if unit.start < last and start < unit.end and unit.kind != "heading"
    ]


class _Passage:
    """A text in pieces, each read when it is asked for."""

    def __init__(self, text: str, context: tuple[str, ...]) -> None:
        self.pieces = units(text)
        self._text = text
        self._context = context
        self._read: dict[int, Facts] = {}
        self._over: dict[int, Above] = {}
        self._tables: dict[int, Table] = {}
        self._stand: list[tuple[Above, int]] = []
        """For each piece the headings over it, and which piece begins its table or introduces its list."""
        over = Above(" ".join(context)) if context else NOTHING_ABOVE
        begins, before = -1, ""
        for index, unit in enumerate(self.pieces):
            if unit.kind == "row":
                begins = begins if before == "row" else index
            elif unit.kind == "item":
                begins = begins if before == "item" else index - 1
            self._stand.append((over, begins))
            if unit.kind == "heading":
                over = _added(over, unit.of(text))
            before = unit.kind

    def read(self, index: int) -> Facts:
        """The facts of a piece."""
        if index not in self._read:
            self._read[index] = self._placed(index)
        return self._read[index]

    def _placed(self, index: int) -> Facts:
        unit = self.pieces[index]
        said = unit.of(self._text)
        if unit.kind == "row":
            return self._row(index, said)
        over = self._listed(index) if unit.kind == "item" else self._stand[index][0]
        return placed(facts(said), over, self._before(index, said), unit.kind)

    def _row(self, index: int, said: str) -> Facts:
        """With the names of its columns, and the cells of the rows over it."""
        over, first = self._stand[index]
        if index > first:
            over, table = self._listed(index), self._table(first)
        else:
            table = Table([_columns(self._context)])
        read = facts(record(said, table.rows[0]))
        return placed(read, over, "", "row", tuple(cells(said)), table, 1 + index - first)

    def _table(self, first: int) -> Table:
        """The cells of the table that begins with this piece, its head once more before them."""
        if first not in self._tables:
            rows = takewhile(lambda piece: piece.kind == "row", self.pieces[first:])
            found = [cells(row.of(self._text)) for row in rows]
            self._tables[first] = Table([found[0], *found])
        return self._tables[first]

    def _listed(self, index: int) -> Above:
        """What is over a row or an item: headings, and the table's head or the list's introduction."""
        over, first = self._stand[index]
        if first < 0:
            return over
        if first not in self._over:
            words = self.pieces[first].of(self._text)
            said = self.pieces[index].kind == "row" or words.rstrip().endswith(":")
            self._over[first] = _added(over, words) if said else over
        return self._over[first]

    def _before(self, index: int, said: str) -> str:
        """The sentences that a pronoun may stand for."""
        if not _ANAPHOR.search(said):
            return ""
        before = self.pieces[max(0, index - ANAPHOR_SENTENCES) : index]
        return " ".join(piece.of(self._text) for piece in before if piece.kind not in ("row", "heading"))


@lru_cache(maxsize=256)
def _held(text: str, context: tuple[str, ...]) -> _Passage:
    return _Passage(text, context)


def _added(over: Above, words: str) -> Above:
    return Above(words) if over is NOTHING_ABOVE else Above(f"{over.text} {words}", over, words)


def _columns(context: Sequence[str]) -> list[str]:
    """A table's columns where its head stands in an earlier passage: the last heading names them."""
    last = context[-1] if context else ""
    return last.partition(": ")[2].split(" | ") if " | " in last else []
