"""HTML tables made plain before they become Markdown: no cells over several rows, no tables in tables."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

# A page may claim any span; beyond this it is no table for reading.
_MAX_SPAN = 500


def flatten_tables(soup: BeautifulSoup) -> None:
    """Change the tables of ``soup`` in place, so that each row shows all its cells in the right columns."""
    for nested in soup.select("table table"):
        rows = (" ".join(row.get_text(" ").split()) for row in nested.find_all("tr"))
        nested.replace_with("; ".join(row for row in rows if row))
    for table in soup.find_all("table"):
        if table.find(["td", "th"], attrs={"rowspan": True}):
            _repeat_down(table)


def _repeat_down(table: Tag) -> None:
    """Repeat a cell that spans rows in each of them: a row must be readable alone."""
    from bs4 import Tag

    carried: dict[int, tuple[int, Tag]] = {}  # column -> (rows left, cell)
    for row in table.find_all("tr"):
        cells = [cell for cell in row.find_all(["td", "th"], recursive=False) if isinstance(cell, Tag)]
        column = 0
        following: dict[int, tuple[int, Tag]] = {}
        for cell in [*cells, None]:
            while column in carried:
                left, spanning = carried.pop(column)
                repeated = copy.copy(spanning)
                if cell is None:
                    row.append(repeated)
                else:
                    cell.insert_before(repeated)
                if left > 1:
                    following[column] = (left - 1, spanning)
                column += _span(spanning, "colspan")
            if cell is None:
                break
            rows = _span(cell, "rowspan")
            if cell.has_attr("rowspan"):
                del cell["rowspan"]
            if rows > 1:
                following[column] = (rows - 1, cell)
            column += _span(cell, "colspan")
        carried = following


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name) or "1").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isascii() and value.isdigit() and len(value) < 6 else 1
