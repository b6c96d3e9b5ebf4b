"""Shapes and runs of a slide that are not seen: hidden, beside the slide, tiny, or in its colour."""

from __future__ import annotations

import re
from typing import Any

from app.ingestion.load.css.sight import FAINT
from app.ingestion.load.css.values import Colour, colour_of, contrast
from app.ingestion.load.hidden import HiddenWords

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_TINY = 200
"""Hundredths of a point below which type is not read."""
_UNSEEN_ALPHA = 8_000
"""Of 100,000: black of that opacity on white has hardly any contrast."""


def is_hidden_slide(slide: Any) -> bool:
    """Whether a slide is left out of the show."""
    return slide._element.get("show") in ("0", "false")


def hiding(shape: Any, size: tuple[int, int]) -> str:
    """How a shape is hidden as a whole, in words; empty where it is not. ``size`` is that of slides."""
    named = next(shape.element.iter(f"{_P}cNvPr"), None)
    if named is not None and named.get("hidden") in ("1", "true"):
        return "hidden shape"
    sides = (shape.left, shape.top, shape.width, shape.height)
    if None in sides:
        return ""
    left, top, width, height = sides
    if left >= size[0] or top >= size[1] or left + width <= 0 or top + height <= 0:
        return "beside the slide"
    return ""


def take_unseen_runs(shape: Any, background: Colour | None, hidden: HiddenWords, where: str) -> None:
    """Empty the runs of a shape that are not seen. ``background`` is what the slide is known to be filled
    with; nothing is said of colours where neither it nor the shape's own is known."""
    below = _fill(shape.element.find(f"{_P}spPr"), background)
    for run in shape.element.iter(f"{_A}r"):
        properties, text = run.find(f"{_A}rPr"), run.find(f"{_A}t")
        if properties is None or text is None or not (text.text or "").strip():
            continue
        if how := _how(properties, below):
            hidden.add(how, text.text, where)
            text.text = ""


def background_of(slide: Any) -> Colour | None:
    """The one colour a slide is filled with, where it, its layout or its master says so and no picture or
    other shape of these may lie on it."""
    for part in (slide, slide.slide_layout, slide.slide_layout.slide_master):
        if part is not slide and any(shape.is_placeholder is False for shape in part.shapes):
            return None
        found = part._element.find(f"{_P}cSld/{_P}bg")
        if found is not None:
            properties, reference = found.find(f"{_P}bgPr"), found.find(f"{_P}bgRef")
            if properties is not None:
                return _fill(properties, None)
            named = reference.find(f"{_A}schemeClr") if reference is not None else None
            if named is not None and named.get("val") in ("bg1", "lt1"):
                return _theme_light(slide)
            return None
    return None


def _theme_light(slide: Any) -> Colour | None:
    master = slide.slide_layout.slide_master
    if (mapping := master._element.find(f"{_P}clrMap")) is not None and mapping.get("bg1") != "lt1":
        return None
    for relation in master.part.rels.values():
        if relation.reltype.endswith("/theme"):
            blob = relation.target_part.blob
            found = re.search(rb"<a:lt1>\s*<a:\w+[^>]*?(?:lastClr|srgbClr val)=\"([0-9A-Fa-f]{6})\"", blob)
            return colour_of(f"#{found[1].decode().lower()}") if found else None
    return None


def _fill(properties: Any, otherwise: Colour | None) -> Colour | None:
    """The one colour that something is filled with; ``otherwise`` where it is filled with nothing."""
    fills = [tag for tag in properties if str(tag.tag).endswith("Fill")] if properties is not None else []
    if not fills or fills[0].tag == f"{_A}noFill":
        return otherwise
    return _solid(fills[0])


def _solid(fill: Any) -> Colour | None:
    named = fill.find(f"{_A}srgbClr")
    if fill.tag != f"{_A}solidFill" or named is None or len(named):
        return None
    return colour_of(f"#{(named.get('val') or '').lower()}")


def _how(properties: Any, below: Colour | None) -> str:
    size = properties.get("sz") or ""
    if size.isdigit() and int(size) < _TINY:
        return "type below 2 points"
    if properties.find(f"{_A}noFill") is not None and properties.find(f"{_A}ln") is None:
        return "transparent letters"
    fill = properties.find(f"{_A}solidFill")
    if fill is None:
        return ""
    alphas = [int(tag.get("val") or 0) for tag in fill.iter(f"{_A}alpha") if (tag.get("val") or "").isdigit()]
    if alphas and alphas[0] < _UNSEEN_ALPHA:
        return "transparent letters"
    letters = _solid(fill)
    if letters is None or below is None or contrast(letters, below) >= FAINT:
        return ""
    return "letters in the colour of their background"
