"""Table rows as sentences of an answer: the cells that are asked for, each with the words of its column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.extractive.figures import numbers
from app.extractive.readable import cells, row_sentence
from app.registry.document import COLUMNS
from graphs.state import EvidencePassage
from graphs.text.sentences import Unit
from graphs.text.words import content_words

_GENERIC = frozenset("property attribute parameter field item setting name key option feature".split())
_GENERIC_VALUES = frozenset("value description detail meaning data".split())

_COLUMN = re.compile(r"(?:19|20)\d\d\*?|(?=.*[^\W\d_]{3})[^$€£]*|%|[$€£]")
"""What stands in a header: a year, words, a unit."""

FEW = 3
"""Rows of so many filled cells are shown whole."""


def row_pieces(
    question: str, passage: EvidencePassage, table: Sequence[Unit]
) -> list[tuple[int, str, tuple[str, ...], str]]:
    """The rows of one table: offset, how it reads, header and row as quoted, all its cells in words.

    Where the table began in an earlier passage, its columns are the last heading and there is nothing here
    to quote them from.
    """
    if not table:
        return []
    text = passage["text"]
    last = passage["headings"][-1] if passage["headings"] else ""
    quoted: tuple[str, ...] = ()
    if last.startswith(COLUMNS) and table[0].start == 0:
        names, rows = last[len(COLUMNS) :].split(" | "), list(table)
    else:
        names, quoted, rows = cells(table[0].of(text)), (table[0].of(text),), list(table[1:])
    while rows and _goes_on(names, below := cells(rows[0].of(text))):
        names = [under or name for name, under in zip(names, below, strict=True)]
        quoted, rows = (*quoted, rows[0].of(text)), rows[1:]
    found = []
    section: tuple[str, ...] = ()
    for row in rows:
        values, words = cells(row.of(text)), row.of(text)
        if len(values) > 1 and values[0] and not any(values[1:]):
            # A row of its own that names what the rows below it are about.
            section = (words,)
            continue
        above = "".join(f"{cells(one)[0].rstrip(':')}: " for one in section)
        plain = _is_list(names, values)
        whole = f"{values[0]}: {values[1]}" if plain else row_sentence(names, values)
        shown = whole if plain else asked_cells(question, names, values)
        found.append((row.start, above + shown, (*quoted, *section, words), above + whole))
    return found


def _goes_on(names: Sequence[str], below: Sequence[str]) -> bool:
    """Whether the header has another row: years or words under column names, beside no label of its own.

    >>> _goes_on(["", "Years ended", ""], ["", "2026", "2025"]), _goes_on(["", "2026"], ["", "4,100"])
    (True, False)
    """
    under = [one for one in below[1:] if one]
    unlabelled = not below[0] or below[0].startswith("(")
    return (
        len(names) == len(below)
        and bool(under)
        and unlabelled
        and all(_COLUMN.fullmatch(one) for one in under)
    )


def _is_list(names: Sequence[str], values: Sequence[str]) -> bool:
    """Whether the table is a list of properties, so that its header adds nothing: "Weight: 40 g"."""
    return (
        len(names) == len(values) == 2
        and all(values)
        and names[0].lower() in _GENERIC
        and names[1].lower() in _GENERIC_VALUES
    )


def asked_of_record(question: str, record: str) -> str:
    """What is asked of a record on one line, as CSV rows are written.

    >>> asked_of_record("Price of the lamp?", "Item: lamp; Colour: red; Price: 4; Weight: 40 g")
    'Item: lamp; Price: 4'
    """
    pairs = [part.partition(": ") for part in record.split("; ")]
    if not all(colon for _, colon, _ in pairs):
        return record
    return asked_cells(question, [name for name, _, _ in pairs], [value for _, _, value in pairs])


def asked_cells(question: str, names: Sequence[str], values: Sequence[str]) -> str:
    """The row's own label and the columns that the question names best; all of it where it names none.

    >>> asked_cells("What is the price of Team?", ["Plan", "Seats", "Price", ""], ["Team", "5", "49", "x"])
    'Plan: Team; Price: 49'
    >>> asked_cells("What is Team?", ["Plan", "Seats", "Price", ""], ["Team", "5", "49", "x"])
    'Plan: Team; Seats: 5; Price: 49; x'
    """
    if len(names) != len(values) or sum(map(bool, values)) <= FEW:
        return row_sentence(names, values)
    wanted = _words(question)
    label = next(place for place, value in enumerate(values) if value)
    # A cell that the question names tells which row is meant; the others in its column are no answer.
    named = [place for place, value in enumerate(values) if _words(value) & wanted]
    open_to = [place for place, value in enumerate(values) if value and place != label and place not in named]
    held = {place: len(_words(names[place]) & wanted) for place in open_to}
    most = max(held.values(), default=0)
    asked = [place for place, count in held.items() if count == most and most]
    if not asked:
        return row_sentence(names, values)
    kept = sorted({label, *named, *asked})
    return row_sentence([names[place] for place in kept], [values[place] for place in kept])


def _words(text: str) -> set[str]:
    return {*content_words(text), *numbers(text)}
