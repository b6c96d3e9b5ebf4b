"""Tables in a canonical text: their columns and cells, each with the characters it stands in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_NAMED = re.compile(r"([^:;|\t]{1,80}): (?=\S)")
_RULE = re.compile(r"\|[\s:|-]+")
_PIPE = re.compile(r"(?<!\\)\|")
_TITLE_CHARS = 120
MOST_COLUMNS = 200
"""What names more is no table that anybody reads."""

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


_ORDERING = 200
"""Ways to fill a row that are looked at for the order of the columns."""

_Split = Callable[[str, Line], list[TextCell]]


def tables(text: str, *, all_named: bool = False) -> list[TextTable]:
    """The tables of a canonical text, as loaders write them: between pipes, between tabs, or as records.

    ``all_named``: each cell of a record has its column's name, as those of CSV files.

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
            table = _records(text, run, above, all_named)
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
    if not 2 <= len(head) <= MOST_COLUMNS or not fitting:
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


def _records(text: str, run: Sequence[Line], above: str, all_named: bool) -> TextTable | None:
    read = _read_records(text, run, all_named)
    named = [(line, cells) for line, cells in read if any(name for name, _ in cells)]
    if not named or (len(named) == 1 and len(named[0][1]) < 2):
        return None
    if len({name for _, cells in named for name, _ in cells}) > MOST_COLUMNS:
        return None
    often = _how_often(cells for _, cells in named)
    # Further on, what has the name of a column more often than other rows holds it in a value.
    fitting = [
        (line, _numbered(cells))
        for line, cells in named
        if all(n <= often[one] for one, n in _count(cells).items())
    ]
    order = _order({tuple(name for name, _ in cells): None for _, cells in fitting})
    if len(order) > MOST_COLUMNS:
        return None
    # So has what names columns against their order.
    known = {name: at for at, name in enumerate(order)}
    clear = [(line, cells) for line, cells in fitting if _follows([known.get(name) for name, _ in cells])]
    if len(order) < 2 or not clear:
        return None
    rows = [dict(cells) for _, cells in clear]
    return TextTable(
        _distinct([name for name, _ in order]),
        tuple(tuple(row.get(name) for name in order) for row in rows),
        tuple(line for line, _ in clear),
        above[:_TITLE_CHARS],
        len(read) - len(clear),
    )


_Name = tuple[str, int]
"""What a cell is named, and which of the row's cells of that name it is."""


def _order(rows: Iterable[tuple[_Name, ...]]) -> list[_Name]:
    """The columns in order. The fullest rows say most of it, hence first."""
    order: list[_Name] = []
    for names in sorted(rows, key=len, reverse=True)[:_ORDERING]:
        at = len(order)
        for place in range(len(names) - 1, -1, -1):
            if names[place] not in order:
                before = next((order.index(one) + 1 for one in names[:place][::-1] if one in order), at)
                order.insert(min(at, before), names[place])
            at = order.index(names[place])
    return order


def _read_records(
    text: str, run: Sequence[Line], all_named: bool
) -> list[tuple[Line, list[tuple[str, TextCell]]]]:
    """Each line's cells; none where most rows begin with a cell that has no name, and this one with a colon
    in it: "Add: costs; …" cannot be told from a named one."""
    read = [(line, _record(text, line, all_named)) for line in run]
    first = Counter(cells[0][0] for _, cells in read if len(cells) > 1)
    further = {name for _, cells in read for name, _ in cells[1:]}
    unsure = {name for name, count in first.items() if name and name not in further and count < first[""]}
    return [(line, [] if cells and cells[0][0] in unsure else cells) for line, cells in read]


def _record(text: str, line: Line, all_named: bool) -> list[tuple[str, TextCell]]:
    """The cells with the names of their columns; the first may have none.

    Where others have none it cannot be told whether they are cells or part of the one before: then none,
    unless it is known that ``all_named`` cells are.
    """
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
        elif all_named:
            cells[-1] = (cells[-1][0], TextCell(cells[-1][1].start, end))
        else:
            return []
        if len(cells) > MOST_COLUMNS:
            return []
        start = end + 2
    return cells


def _count(cells: Sequence[tuple[str, TextCell]]) -> Counter[str]:
    return Counter(name for name, _ in cells)


def _how_often(rows: Iterable[Sequence[tuple[str, TextCell]]]) -> dict[str, int]:
    """How often each name stands in a row: the least of all rows that have it."""
    least: dict[str, int] = {}
    for cells in rows:
        for name, count in _count(cells).items():
            least[name] = min(least.get(name, count), count)
    return least


def _numbered(cells: Sequence[tuple[str, TextCell]]) -> list[tuple[_Name, TextCell]]:
    seen: Counter[str] = Counter()
    found = []
    for name, cell in cells:
        found.append(((name, seen[name]), cell))
        seen[name] += 1
    return found


def _follows(places: Sequence[int | None]) -> bool:
    return None not in places and all(
        one < other for one, other in pairwise(place for place in places if place is not None)
    )


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
