"""Claims that are made of the cells of one table row, with the names that stand over them or without."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from graphs.text.visible import visible

_YEAR = re.compile(r"\D*(?:19|20)\d\d\D*")

_Seen = tuple[str, ...]


class Table:
    """The cells of rows that follow each other, and which names they have for those below.

    Each column is read once, for all rows: from each of many, time would grow with their square.
    """

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.rows = rows
        self._names: dict[int, dict[_Seen, list[int]]] = {}

    def names(self, column: int) -> dict[_Seen, list[int]]:
        """What may stand over a cell of this column, longest first: cells of its own column, labels of groups
        and of heads. Of each the first rows that have it, one for each way it is written."""
        if column not in self._names:
            first: dict[str, int] = {}
            for at, name in self._written(column):
                first.setdefault(name, at)
            found: dict[_Seen, list[int]] = {}
            for name, at in first.items():
                if seen := visible(name):
                    found.setdefault(seen, []).append(at)
            longest = sorted(found.items(), key=lambda pair: len(pair[0]), reverse=True)
            self._names[column] = {seen: sorted(rows) for seen, rows in longest}
        return self._names[column]

    def _written(self, column: int) -> Iterator[tuple[int, str]]:
        for at, line in enumerate(self.rows):
            if line and line[0] and (not any(line[1:]) or _is_head(line)):
                yield at, line[0]
            if column and column < len(line):
                yield at, line[column]

    @cached_property
    def _groups(self) -> list[int]:
        return [at for at, line in enumerate(self.rows) if line and line[0] and not any(line[1:])]

    @cached_property
    def _first_of_group(self) -> dict[_Seen, int]:
        return {visible(self.rows[at][0]): at for at in reversed(self._groups)}

    def outer_group(self, said: Sequence[_Seen], own: _Seen, over: int) -> bool:
        """Whether a group is named that is not the nearest over the row that has ``over`` rows above it, and
        the nearest is not."""
        nearest = bisect_left(self._groups, over) - 1
        if nearest < 0:
            return False
        at = self._groups[nearest]
        group = visible(self.rows[at][0])
        return any(self._first_of_group.get(name, at) < at for name in said) and group not in (*said, own)


class RowClaim:
    """A claim, read as parts between semicolons."""

    def __init__(self, claim: str) -> None:
        self._whole = visible(claim)
        self._parts = list(dict.fromkeys(map(visible, claim.split(";"))))
        self._several = ";" in claim

    def is_part_of(self, row: str) -> bool:
        """Whether it is some of a record's cells, each with its column's name, or all without the names.

        >>> RowClaim("Plan: Team; Price: 49 EUR").is_part_of("Plan: Team; Users: 5; Price: 49 EUR")
        True
        >>> RowClaim("Plan: Team; Price: 5").is_part_of("Plan: Team; Users: 5; Price: 49 EUR")
        False
        """
        pairs = row.split(";")
        values = tuple(word for pair in pairs for word in visible(pair.partition(":")[2]))
        if self._whole == values:
            return bool(values)
        return self._several and set(map(visible, pairs)).issuperset(self._parts)

    def states_cells(self, row: Sequence[str], table: Table, over: int) -> bool:
        """Whether the parts are cells of ``row``, each as it is or after names that stand over it in the
        first ``over`` rows of ``table``: cells of its own column, and labels of groups in the first.

        >>> table = Table([["", "2018", "2019"], ["Europe", "", ""]])
        >>> row = ["Sales", "11 EUR", "12 EUR"]
        >>> RowClaim("Europe: Sales; 2019: 12 EUR").states_cells(row, table, 2)
        True
        >>> RowClaim("Europe: Sales; 2018: 12 EUR").states_cells(row, table, 2)
        False
        """
        return bool(row) and all(
            part and any(_is_cell(part, column, row, table, over) for column in range(len(row)))
            for part in self._parts
        )


def _is_cell(part: _Seen, column: int, row: Sequence[str], table: Table, over: int) -> bool:
    own = visible(row[column])
    if not own or part[len(part) - len(own) :] != own:
        return False
    end = len(part) - len(own)
    if not end:
        return True
    names = table.names(column)
    lengths = list(dict.fromkeys(map(len, names)))
    said: Counter[_Seen] = Counter()
    at = 0
    while at < end:
        nexts = (part[at : at + length] for length in lengths if at + length <= end)
        name = next((one for one in nexts if said[one] < bisect_left(names.get(one, ()), over)), None)
        if name is None:
            return False
        said[name] += 1
        at += len(name)
    # An outer group may be named beside the nearest, never in its place.
    return not table.outer_group(list(said), own, over)


def _is_head(line: Sequence[str]) -> bool:
    """Whether the row names columns: its other cells are words or years."""
    return any(line[1:]) and all(
        not any(c.isdigit() for c in cell) or _YEAR.fullmatch(cell) for cell in line[1:]
    )
