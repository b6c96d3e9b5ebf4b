"""What a sheet of a workbook does not show: hidden rows and columns, cells whose looks hide their values."""

from __future__ import annotations

import re
from typing import Any

from app.ingestion.load.css.sight import FAINT
from app.ingestion.load.css.values import BLACK, WHITE, Colour, colour_of, contrast
from app.ingestion.load.hidden import HiddenWords

_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_TABLES = re.compile(rb"<(?:\w+:)?(?:tablePart|conditionalFormatting)\b")
_ATTRIBUTE = re.compile(rb"(?<![\w:])([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")
_TINY = 2.0
_MOST_COLUMNS = 16_384
_SYSTEM = {64: BLACK, 65: WHITE}


class SheetSight:
    """What is seen of one sheet. ``source`` is its XML, ``theme`` the workbook's theme."""

    def __init__(self, title: str, source: bytes, theme: bytes | None, hidden: HiddenWords) -> None:
        self._where = f"sheet {title}"
        self._hidden = hidden
        self._rows = _hidden_rows(source)
        self._columns = _hidden_columns(source)
        # A table's style and conditional formats colour cells without saying so in the cell.
        self._is_sure = not _TABLES.search(source)
        self._theme = _theme_colours(theme)
        self._looks: dict[int, tuple[str, bool]] = {}

    def shows_row(self, number: int, texts: list[str]) -> bool:
        """Whether a row is seen; the words of one that is not are noted."""
        if number not in self._rows:
            return True
        self._hidden.add("hidden row", " ".join(filter(None, texts)), f"{self._where}, row {number}")
        return False

    def shown_columns(self, texts: list[str]) -> list[str]:
        """The cells of a row without those of hidden columns, which are noted."""
        if not self._columns:
            return texts
        for column, text in enumerate(texts, 1):
            if column in self._columns and text:
                self._hidden.add("hidden column", text, f"{self._where}, column {_letters(column)}")
        return [text for column, text in enumerate(texts, 1) if column not in self._columns]

    def shown(self, cell: Any, text: str) -> str:
        """A cell's text, or nothing where its looks hide it."""
        if not text:
            return ""
        style = getattr(cell, "_style_id", 0)
        if style not in self._looks:
            self._looks[style] = self._look(cell) if style else ("", True)
        how, is_sure = self._looks[style]
        how = how or ("number format that shows nothing" if is_blank(cell.value, cell.number_format) else "")
        if not how:
            return text
        self._hidden.add(
            how,
            text,
            f"{self._where}, {_letters(cell.column)}{cell.row}",
            "hidden" if is_sure else "doubtful",
        )
        return "" if is_sure else text

    def _look(self, cell: Any) -> tuple[str, bool]:
        font, fill = cell.font, cell.fill
        if font.sz is not None and font.sz < _TINY:
            return "type below 2 points", True
        letters = self._colour(font.color) if font.color is not None else BLACK
        kind = getattr(fill, "fill_type", None)
        if kind == "solid":
            below = self._colour(fill.fgColor)
        else:
            below = WHITE if kind is None and type(fill).__name__ == "PatternFill" else None
        if letters is None or below is None or contrast(letters, below) >= FAINT:
            return "", True
        return "letters in the colour of their background", self._is_sure or kind == "solid"

    def _colour(self, said: Any) -> Colour | None:
        if said.type == "rgb" and isinstance(said.rgb, str):
            return colour_of(f"#{said.rgb[-6:].lower()}")
        if said.type == "theme":
            plain = self._theme.get(int(said.theme))
            return _tinted(plain, float(said.tint or 0.0)) if plain else None
        if said.type == "indexed":
            from openpyxl.styles.colors import COLOR_INDEX

            number = int(said.indexed)
            if number in _SYSTEM:
                return _SYSTEM[number]
            return colour_of(f"#{COLOR_INDEX[number][-6:].lower()}") if number < len(COLOR_INDEX) else None
        return None


def note_sheet(sheet: Any, hidden: HiddenWords) -> None:
    """Note all values of a sheet that is hidden."""
    for values in sheet.iter_rows(values_only=True):
        words = " ".join(str(value) for value in values if value is not None)
        hidden.add("hidden sheet", words, f"sheet {sheet.title}")


def is_blank(value: object, code: str | None) -> bool:
    """Whether a number format shows nothing of a value; formats that only leave out zeros are no matter.

    >>> is_blank(5, ";;;"), is_blank("a", "0;0;0;"), is_blank(-5, "0;;0"), is_blank(0, "0;-0;;@")
    (True, True, True, False)
    """
    sections = (code or "").split(";")
    if len(sections) < 2 or value in (None, 0, ""):
        return False
    if isinstance(value, str):
        return len(sections) > 3 and not sections[3].strip()
    negative = isinstance(value, (int, float)) and value < 0
    return not sections[1 if negative else 0].strip()


def _attributes(tag: bytes) -> dict[str, str]:
    return {key.decode(): value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(tag)}


def _hidden_rows(source: bytes) -> set[int]:
    rows: set[int] = set()
    number = 0
    for tag in _ROW.findall(source):
        said = _attributes(tag)
        number = int(said["r"]) if said.get("r", "").isdigit() else number + 1
        if _is_away(said, "ht"):
            rows.add(number)
    return rows


def _hidden_columns(source: bytes) -> set[int]:
    columns: set[int] = set()
    for tag in _COLUMN.findall(source):
        said = _attributes(tag)
        first, last = said.get("min", ""), said.get("max", "")
        if first.isdigit() and last.isdigit() and _is_away(said, "width"):
            columns |= set(range(int(first), min(int(last), _MOST_COLUMNS) + 1))
    return columns


def _is_away(said: dict[str, str], size: str) -> bool:
    """Whether a row or column is hidden, or too small for anything to show in it."""
    try:
        small = float(said[size]) < 0.3 if size in said else False
    except ValueError:
        small = False
    return said.get("hidden") in ("1", "true") or small


def _theme_colours(theme: bytes | None) -> dict[int, Colour]:
    """The colours that cells name by number; the first two pairs are swapped there."""
    colours = {0: WHITE, 1: BLACK}
    order = {"lt1": 0, "dk1": 1, "lt2": 2, "dk2": 3} | {f"accent{one}": 3 + one for one in range(1, 7)}
    for name, inner in re.findall(rb"<a:(lt[12]|dk[12]|accent[1-6])>(.*?)</a:\1>", theme or b"", re.DOTALL):
        found = re.search(rb"(?:lastClr|srgbClr val)=\"([0-9A-Fa-f]{6})\"", inner)
        if found and (colour := colour_of(f"#{found[1].decode().lower()}")):
            colours[order[name.decode()]] = colour
    return colours


def _tinted(colour: Colour, tint: float) -> Colour:
    """Lighter or darker by a share, as ECMA-376 18.8.19 has it, on the channels."""
    if tint < 0:
        return Colour(*(one * (1 + tint) for one in (colour.red, colour.green, colour.blue)))
    return Colour(*(one + (1 - one) * tint for one in (colour.red, colour.green, colour.blue)))


def _letters(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
