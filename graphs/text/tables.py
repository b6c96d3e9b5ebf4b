"""Tables in a canonical text: their columns and cells, each with the characters it stands in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_NAMED = re.compile(r"([^:;|\t]{1,80}): (?=\S)")
_RULE = re.compile(r"\|[\s:|-]+\|?\s*")
_PIPE = re.compile(r"(?<!\\)\|")
_TITLE_CHARS = 120

Line = tuple[int, int]
"""Where a line begins and ends."""


@dataclass(frozen=True, slots=True)
class TextCell:
    """``text[start:end]`` of the canonical text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TextTable:
    """``rows`` have a cell or None for each of ``columns``, ``lines`` where each row stands.

    ``unread``: lines inside the table that are no row of it, or could be read in two ways.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[TextCell | None, ...], ...]
    lines: tuple[Line, ...]
    title: str = ""
    unread: int = 0


_Split = Callable[[str, Line], list[TextCell]]


def tables(text: str) -> list[TextTable]:
    """The tables of a canonical text, as loaders write them: between pipes, between tabs, or as records.

    >>> (found,) = tables("Plan: Team; Price: 49 EUR\\nPlan: Solo; Price: 20 EUR")
    >>> found.columns, [(cell.start, cell.end) for cell in found.rows[1] if cell]
    (('Plan', 'Price'), [(32, 36), (45, 51)])
    """
    found: list[TextTable] = []
    above = ""
    for run in _runs(text):
        first = text[slice(*run[0])]
        table = None
        if first.lstrip().startswith("|"):
            table = _grid(text, run, above, _pipes)
        elif "\t" in first:
            table = _grid(text, run, above, _tabs)
        elif any(_NAMED.match(text, start) or "; " in text[start:end] for start, end in run):
            table = _records(text, run, above)
        if table is not None:
            found.append(table)
        above = " ".join(first.lstrip("#").split()) if len(run) == 1 and table is None else ""
    return found


def _runs(text: str) -> Iterator[list[Line]]:
    """Lines that follow each other, each run of one kind: with pipes, with tabs, or others."""
    run: list[Line] = []
    kind = ""
    start = 0
    for line in text.split("\n"):
        end = start + len(line.rstrip())
        this = (
            ""
            if not line.strip()
            else "|"
            if line.lstrip().startswith("|")
            else "\t"
            if "\t" in line
            else "t"
        )
        if this != kind and run:
            yield run
            run = []
        if this:
            run.append((start, end))
        kind = this
        start += len(line) + 1
    if run:
        yield run


def _grid(text: str, run: Sequence[Line], above: str, split: _Split) -> TextTable | None:
    rows = [(line, split(text, line)) for line in run if not _RULE.fullmatch(text, *line)]
    if len(rows) < 2:
        return None
    head = [text[cell.start : cell.end] for cell in rows[0][1]]
    fitting = [(line, cells) for line, cells in rows[1:] if len(cells) == len(head)]
    if len(head) < 2 or not fitting:
        return None
    return TextTable(
        _distinct(head),
        tuple(tuple(cell if cell.end > cell.start else None for cell in cells) for _, cells in fitting),
        tuple(line for line, _ in fitting),
        above[:_TITLE_CHARS],
        len(rows) - 1 - len(fitting),
    )


def _pipes(text: str, line: Line) -> list[TextCell]:
    marks = [match.start() for match in _PIPE.finditer(text, *line)]
    ends = [*marks[1:], *([] if marks[-1] == line[1] - 1 else [line[1]])]
    return [_stripped(text, start + 1, end) for start, end in zip(marks, ends, strict=False)]


def _tabs(text: str, line: Line) -> list[TextCell]:
    cells: list[TextCell] = []
    start = line[0]
    for part in text[slice(*line)].split("\t"):
        cells.append(_stripped(text, start, start + len(part)))
        start += len(part) + 1
    return cells


def _stripped(text: str, start: int, end: int) -> TextCell:
    part = text[start:end]
    begin = start + len(part) - len(part.lstrip())
    return TextCell(begin, max(begin, start + len(part.rstrip())))


def _records(text: str, run: Sequence[Line], above: str) -> TextTable | None:
    read = [(line, _record(text, line)) for line in run]
    named = [(line, cells) for line, cells in read if any(name for name, _ in cells)]
    if not named or (len(named) == 1 and len(named[0][1]) < 2):
        return None
    order: list[str] = []
    for _, cells in named:
        at = len(order)
        for name, _ in reversed(cells):
            if name not in order:
                order.insert(at, name)
            at = order.index(name)
    # What names a column twice, or against the order of the others, has the names of columns in its values.
    clear = [(line, cells) for line, cells in named if _follows([name for name, _ in cells], order)]
    if len(order) < 2 or not clear:
        return None
    rows = [dict(cells) for _, cells in clear]
    return TextTable(
        _distinct(order),
        tuple(tuple(row.get(name) for name in order) for row in rows),
        tuple(line for line, _ in clear),
        above[:_TITLE_CHARS],
        len(read) - len(clear),
    )


def _record(text: str, line: Line) -> list[tuple[str, TextCell]]:
    """The cells with the names of their columns; the first may have none. What has none further on is part of
    the cell before it."""
    cells: list[tuple[str, TextCell]] = []
    start, stop = line
    while start < stop:
        end = text.find("; ", start, stop)
        end = stop if end < 0 else end
        name = _NAMED.match(text, start, end)
        if name is not None:
            cells.append((name[1].strip(), TextCell(name.end(), end)))
        elif not cells:
            cells.append(("", TextCell(start, end)))
        else:
            cells[-1] = (cells[-1][0], TextCell(cells[-1][1].start, end))
        start = end + 2
    return cells


def _follows(names: Sequence[str], order: Sequence[str]) -> bool:
    places = [order.index(name) for name in names]
    return all(one < other for one, other in pairwise(places))


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Each name once, whatever its case; one that is empty by its place."""
    known: set[str] = set()
    found = []
    for at, name in enumerate(names, 1):
        base = " ".join(name.replace("\\|", "|").strip("*_` ").split()) or f"Column {at}"
        new, count = base, 2
        while new.casefold() in known:
            new, count = f"{base} {count}", count + 1
        known.add(new.casefold())
        found.append(new)
    return tuple(found)
