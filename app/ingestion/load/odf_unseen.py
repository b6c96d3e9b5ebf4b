"""What an OpenDocument file does not show: hidden text, rows, columns, sheets and slides, white letters."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping

from app.ingestion.load.css.sight import FAINT
from app.ingestion.load.css.values import WHITE, Colour, colour_of, contrast
from app.ingestion.load.hidden import HiddenWords

_BASE = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _DRAW, _STYLE = (f"{_BASE}{name}:1.0}}" for name in ("text", "table", "drawing", "style"))
_PRESENTATION, _FO = f"{_BASE}presentation:1.0}}", f"{_BASE}xsl-fo-compatible:1.0}}"
_TINY = 2.0
_MOST_COLUMNS = 16_384
_SHADED = frozenset({f"{_TABLE}table-cell", f"{_DRAW}frame", f"{_DRAW}custom-shape", f"{_DRAW}page"})
"""What may be filled with a colour that is not read here."""


def take_unseen(root: ElementTree.Element, styles: ElementTree.Element | None, hidden: HiddenWords) -> None:
    """Empty what is not seen; ``root`` is changed. ``styles`` are those of the document's own styles file.

    White letters are taken only where nothing that may be filled with a colour lies around them.
    """
    named = _Styles([one for one in (styles, root) if one is not None])
    waiting: list[tuple[ElementTree.Element, bool]] = [(root, False)]
    while waiting:
        tag, shaded = waiting.pop()
        if tag.tag == f"{_TABLE}table":
            _take_columns(tag, hidden)
        if how := _how(tag, named, shaded):
            hidden.add(how, " ".join(tag.itertext()))
            _empty(tag)
            continue
        waiting += [
            (child, shaded or tag.tag in _SHADED or named.fills(tag)) for child in reversed(list(tag))
        ]


class _Styles:
    """Each style by family and name: how it hides what has it, and whether it fills it with a colour."""

    def __init__(self, roots: Iterable[ElementTree.Element]) -> None:
        self._found: dict[tuple[str, str], Mapping[str, str]] = {}
        for root in roots:
            for style in root.iter(f"{_STYLE}style"):
                key = style.get(f"{_STYLE}family") or "", style.get(f"{_STYLE}name") or ""
                above = self._found.get((key[0], style.get(f"{_STYLE}parent-style-name") or ""), {})
                own = {name: value for part in style for name, value in part.attrib.items()}
                self._found[key] = {**above, **own}

    def of(self, tag: ElementTree.Element) -> Mapping[str, str]:
        for space, families in (
            (_TEXT, ("text", "paragraph", "section")),
            (_TABLE, ("table", "table-row", "table-cell")),
            (_DRAW, ("drawing-page", "graphic")),
            (_PRESENTATION, ("presentation",)),
        ):
            name = tag.get(f"{space}style-name")
            for family in families if name else ():
                if (family, name or "") in self._found:
                    return self._found[family, name or ""]
        return {}

    def fills(self, tag: ElementTree.Element) -> bool:
        return self.of(tag).get(f"{_FO}background-color", "transparent") != "transparent"


def _how(tag: ElementTree.Element, named: _Styles, shaded: bool) -> str:
    if tag.get(f"{_TEXT}is-hidden") == "true" or tag.get(f"{_TEXT}display") == "none":
        return "hidden text"
    if tag.get(f"{_TABLE}visibility") in ("collapse", "filter"):
        return "hidden row"
    said = named.of(tag)
    if not said:
        return ""
    if said.get(f"{_TABLE}display") == "false":
        return "hidden sheet"
    if said.get(f"{_PRESENTATION}visibility") == "hidden":
        return "hidden slide"
    if said.get(f"{_TEXT}display") == "none":
        return "hidden text"
    size = re.fullmatch(r"([\d.]+)pt", said.get(f"{_FO}font-size", ""))
    if size and float(size[1]) < _TINY:
        return "type below 2 points"
    letters = colour_of(said.get(f"{_FO}color", ""))
    below: Colour | None = colour_of(said.get(f"{_FO}background-color", "transparent"))
    if letters is None or below is None or (shaded and below.alpha == 0):
        return ""
    if contrast(letters, below if below.alpha else WHITE) < FAINT:
        return "letters in the colour of their background"
    return ""


def _take_columns(table: ElementTree.Element, hidden: HiddenWords) -> None:
    """Empty the cells of hidden columns."""
    columns: set[int] = set()
    at = 0
    for column in table.iter(f"{_TABLE}table-column"):
        count = _count(column)
        if column.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            columns |= set(range(at, at + count))
        at += count
    for row in table.iter(f"{_TABLE}table-row") if columns else ():
        at = 0
        for cell in list(row):
            count = _count(cell)
            if at in columns and any(map(str.strip, cell.itertext())):
                hidden.add("hidden column", " ".join(cell.itertext()))
                _empty(cell)
            at += count


def _count(tag: ElementTree.Element) -> int:
    value = tag.get(f"{_TABLE}number-columns-repeated") or "1"
    return min(int(value), _MOST_COLUMNS) if value.isascii() and value.isdigit() else 1


def _empty(tag: ElementTree.Element) -> None:
    tag.text = None
    for child in list(tag):
        tag.remove(child)
