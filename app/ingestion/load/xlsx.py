"""Excel workbooks: a heading for each sheet, and one line for each row, every value beside its header."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.ingestion.errors import LoadError
from app.ingestion.load.building import TextBuilder
from app.ingestion.load.container import broken, core_properties, office_metadata, opened
from app.ingestion.load.grid import CONTINUED, add_grid
from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.number_format import shown
from app.ingestion.load.textnorm import canonical, tidy_layout, words_of_stem
from app.ingestion.load.xlsx_unseen import SheetSight, note_sheet
from app.registry.document import LoadedDocument

if TYPE_CHECKING:
    from openpyxl import Workbook

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORDS = "Excel workbook"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_MAX_MERGED = 10_000


def load_xlsx(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """A workbook. The title is its title property, else the file's stem.

    Visible sheets only, in their order; what is read are the values that were last computed, written as their
    number formats show them. Charts, comments and macros are left out.
    Raises ``LoadError``: ``zip-bomb``, ``locked``, ``broken-xlsx``, ``no-text``, ``too-large``.
    """
    with opened(data, "xlsx", _WORDS, limits) as archive:
        properties = core_properties(archive)
    builder, hidden = TextBuilder(limits), HiddenWords()
    try:
        workbook = _workbook(data)
        try:
            filled = sum(
                _add_sheet(builder, sheet, workbook.loaded_theme, hidden) for sheet in workbook.worksheets
            )
        finally:
            workbook.close()
    except LoadError:
        raise
    except Exception as error:  # openpyxl raises KeyError, ValueError, ParseError … on damaged parts
        raise broken("xlsx", _WORDS, error) from error
    if not filled:
        raise LoadError("no-text", "no visible sheet holds a value", "add rows, or show the hidden sheets")
    title = properties.get("title") or words_of_stem(name)
    return LoadedDocument(
        builder.text(),
        title,
        _MEDIA_TYPE,
        tuple(builder.blocks),
        metadata=office_metadata(properties),
        hidden=hidden.found(),
    )


def _workbook(data: bytes) -> Workbook:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # Extensions it does not know, missing styles: nothing that is read here.
        warnings.simplefilter("ignore", UserWarning)
        return load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)


def _add_sheet(builder: TextBuilder, sheet: Any, theme: bytes | None, hidden: HiddenWords) -> bool:
    """Add a sheet with its heading; whether it is shown and holds anything."""
    sheet.reset_dimensions()  # what the file claims may be a million empty rows
    if sheet.sheet_state != "visible":
        note_sheet(sheet, hidden)
        return False
    with sheet._get_source() as part:
        source = part.read()
    rows = _rows(sheet, _merged(source), SheetSight(sheet.title, source, theme, hidden))
    first = next(rows, None)
    if first is None:
        return False
    builder.heading(sheet.title, 2)
    add_grid(builder, _chained(first, rows))
    return True


def _chained(first: list[str], rest: Iterable[list[str]]) -> Iterator[list[str]]:
    yield first
    yield from rest


def _merged(source: bytes) -> dict[tuple[int, int], tuple[int, int]]:
    """The first cell of the merged range for each further cell in it, as (row, column) from 1.

    What is read row by row does not say so, hence from the sheet's own XML.
    """
    from openpyxl.utils import range_boundaries

    found: dict[tuple[int, int], tuple[int, int]] = {}
    for reference in _MERGED.findall(source):
        left, top, right, bottom = range_boundaries(reference.decode())
        if (right - left + 1) * (bottom - top + 1) > _MAX_MERGED or len(found) > 100 * _MAX_MERGED:
            continue
        for row in range(top, bottom + 1):
            found |= {(row, column): (top, left) for column in range(left, right + 1)}
    return found


def _rows(
    sheet: Any, merged: dict[tuple[int, int], tuple[int, int]], sight: SheetSight
) -> Iterator[list[str]]:
    """The rows from the first filled one, as texts; an empty list for an empty row, several as one.

    A cell merged over several rows stands in each of them, for a row must be readable alone; where it covers
    several columns the further ones hold ``CONTINUED``.
    """
    tops: dict[tuple[int, int], str] = {}
    widths: dict[int, int] = {}
    for row_number, column in merged:
        widths[row_number] = max(column, widths.get(row_number, 0))
    begun = empty = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a date out of range is shown as its number
        for number, cells in enumerate(sheet.iter_rows(), 1):
            row = [sight.shown(cell, _text(cell)) for cell in cells]
            row += [""] * (widths.get(number, 0) - len(row))
            for index in range(len(row)) if merged else ():
                first = merged.get((number, index + 1))
                if first == (number, index + 1):
                    tops[first] = row[index]
                elif first is not None:
                    row[index] = tops.get(first, "") and (CONTINUED if first[1] <= index else tops[first])
            if not sight.shows_row(number, row):
                continue
            row = sight.shown_columns(row)
            while row and not row[-1]:
                row.pop()
            if row:
                if empty and begun:
                    yield []
                yield row
                begun, empty = True, False
            else:
                empty = True


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(canonical(tidy_layout(value)).split())
    return shown(value, cell.number_format or "General")
