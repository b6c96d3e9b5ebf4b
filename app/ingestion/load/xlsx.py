"""Excel workbooks: a heading for each sheet, and one line for each row, every value beside its header."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.ingestion.document import LoadedDocument
from app.ingestion.errors import LoadError
from app.ingestion.load.building import TextBuilder
from app.ingestion.load.container import broken, core_properties, office_metadata, opened
from app.ingestion.load.grid import add_grid
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.number_format import shown
from app.ingestion.load.textnorm import canonical, tidy_layout, words_of_stem

if TYPE_CHECKING:
    from openpyxl import Workbook

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORDS = "Excel workbook"


def load_xlsx(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """A workbook. The title is its title property, else the file's stem.

    Visible sheets only, in their order; what is read are the values that were last computed, written as their
    number formats show them. Charts, comments and macros are left out.
    Raises ``LoadError``: ``zip-bomb``, ``locked``, ``broken-xlsx``, ``no-text``, ``too-large``.
    """
    with opened(data, "xlsx", _WORDS, limits) as archive:
        properties = core_properties(archive)
    builder = TextBuilder(limits)
    try:
        workbook = _workbook(data)
        try:
            filled = sum(_add_sheet(builder, sheet) for sheet in workbook.worksheets)
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
        builder.text(), title, _MEDIA_TYPE, tuple(builder.blocks), metadata=office_metadata(properties)
    )


def _workbook(data: bytes) -> Workbook:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # Extensions it does not know, missing styles: nothing that is read here.
        warnings.simplefilter("ignore", UserWarning)
        return load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)


def _add_sheet(builder: TextBuilder, sheet: Any) -> bool:
    """Add a sheet with its heading; whether it is shown and holds anything."""
    if sheet.sheet_state != "visible":
        return False
    sheet.reset_dimensions()  # what the file claims may be a million empty rows
    rows = _rows(sheet)
    first = next(rows, None)
    if first is None:
        return False
    builder.heading(sheet.title, 2)
    add_grid(builder, _chained(first, rows))
    return True


def _chained(first: list[str], rest: Iterable[list[str]]) -> Iterator[list[str]]:
    yield first
    yield from rest


def _rows(sheet: Any) -> Iterator[list[str]]:
    """The rows from the first filled one, as texts; an empty list for an empty row, several as one."""
    begun = empty = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a date out of range is shown as its number
        for cells in sheet.iter_rows():
            row = [_text(cell) for cell in cells]
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
