"""Letters of a PDF page that are written and not seen: found by how they are painted, then looked for."""

from __future__ import annotations

import ctypes
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.ingestion.load.css.sight import FAINT
from app.ingestion.load.css.values import WHITE, Colour, contrast

if TYPE_CHECKING:
    import numpy as np
    from pypdfium2 import PdfPage, PdfTextPage

_NO_PAINT = (3, 7)
"""Text rendering modes that paint nothing (ISO 32000-1, table 106): OCR writes so what it read."""
_OUTLINED = (1, 2, 5, 6)
_UNSEEN_ALPHA = 20
"""Of 255: black of that opacity on white falls below ``FAINT``."""
_PALE = 228
"""A channel below this is too dark for a contrast below ``FAINT`` on white."""
_BOX = 4.0
"""Points: what is flatter is a rule, not something that words can disappear in."""
_AROUND = 0.15
"""Share of a word's rectangle that must differ from the letters' colour. Letters fill about a fifth of it, a
symbol up to four fifths, and neighbours reach in with less."""
_INK = 0.01
"""Share of a word's rectangle that at least differs from the rest where anything is to be seen."""
_DEEPEST = 6
_MOST_PIXELS = 2000
_MOST_COVERS = 200


@dataclass(slots=True)
class Unseen:
    """``left_out``: indexes of characters that nobody sees, with how; ``doubtful``: of those that may be."""

    left_out: dict[int, str] = field(default_factory=dict)
    doubtful: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Painted:
    """What a page's objects say. Text objects are named by their place in ``texts``, in order of painting."""

    suspects: dict[int, tuple[str, Colour | None]] = field(default_factory=dict)
    texts: list[Any] = field(default_factory=list)
    covers: list[tuple[int, tuple[float, float, float, float]]] = field(default_factory=list)
    """What is painted after some of the text: when, and left, bottom, right, top."""
    boxes: list[Colour] = field(default_factory=list)
    seen: set[tuple[int, int, int]] = field(default_factory=set)
    faint: dict[tuple[int, int, int], bool] = field(default_factory=dict)
    """Of colours of letters: whether they are not told from white or one of the boxes."""


def unseen_letters(page: PdfPage, textpage: PdfTextPage) -> Unseen:
    """The characters of a page that are not seen, as far as its objects give a reason to look.

    A page without such a reason costs one look at each object. For others the page is painted, and what has
    no contrast there is not seen. What stands outside the page or is tiny shows in its place (``pdf_lines``).
    """
    painted = _Painted()
    _look(page.raw, painted, 0)
    if not (painted.suspects or painted.covers):
        return Unseen()
    return _checked(page, textpage, painted)


class _Calls:
    """PDFium's functions with places for what they give back, made once a page."""

    def __init__(self) -> None:
        from pypdfium2 import raw

        self.raw = raw
        self.channels = [ctypes.c_uint() for _ in range(4)]
        self.sides = [ctypes.c_float() for _ in range(4)]
        self._channels = [ctypes.byref(one) for one in self.channels]
        self._sides = [ctypes.byref(one) for one in self.sides]
        self.fill, self.winding = ctypes.c_int(), ctypes.c_int()

    def colour(self, handle: Any, *, outlined: bool) -> tuple[int, int, int, int]:
        get = self.raw.FPDFPageObj_GetStrokeColor if outlined else self.raw.FPDFPageObj_GetFillColor
        if not get(handle, *self._channels):
            return 0, 0, 0, 255
        red, green, blue, alpha = self.channels
        return red.value, green.value, blue.value, alpha.value

    def bounds(self, handle: Any) -> tuple[float, float, float, float]:
        """Left, bottom, right, top."""
        self.raw.FPDFPageObj_GetBounds(handle, *self._sides)
        left, bottom, right, top = self.sides
        return left.value, bottom.value, right.value, top.value

    def fills(self, handle: Any) -> bool:
        self.raw.FPDFPath_GetDrawMode(handle, ctypes.byref(self.fill), ctypes.byref(self.winding))
        return bool(self.fill.value)


def _look(page: Any, painted: _Painted, depth: int, form: Any = None, calls: _Calls | None = None) -> None:
    """Note what is painted so that it may not be seen, and what may hide other things."""
    calls = calls or _Calls()
    raw = calls.raw
    if form is None:
        count, of, container = raw.FPDFPage_CountObjects(page), raw.FPDFPage_GetObject, page
    else:
        count, of, container = raw.FPDFFormObj_CountObjects(form), raw.FPDFFormObj_GetObject, form
    kind_of, mode_of = raw.FPDFPageObj_GetType, raw.FPDFTextObj_GetTextRenderMode
    for index in range(count):
        handle = of(container, index)
        kind = kind_of(handle)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            number = len(painted.texts)
            painted.texts.append(handle)
            mode = mode_of(handle)
            if mode in _NO_PAINT:
                painted.suspects[number] = ("letters that are not painted", None)
                continue
            red, green, blue, alpha = calls.colour(handle, outlined=mode in _OUTLINED)
            if alpha < _UNSEEN_ALPHA:
                painted.suspects[number] = ("transparent letters", None)
            elif (painted.boxes or min(red, green, blue) >= _PALE) and _is_faint(red, green, blue, painted):
                colour = Colour(red / 255, green / 255, blue / 255)
                painted.suspects[number] = ("letters in the colour of their background", colour)
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            if calls.fills(handle):
                _note_fill(handle, painted, calls, depth)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            if painted.texts and not depth and len(painted.covers) < _MOST_COVERS:
                painted.covers.append((len(painted.texts), calls.bounds(handle)))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            _look(page, painted, depth + 1, handle, calls)


def _is_faint(red: int, green: int, blue: int, painted: _Painted) -> bool:
    """Whether a colour is not told from white, or from a box that was painted before."""
    key = red, green, blue
    if key not in painted.faint:
        colour = Colour(red / 255, green / 255, blue / 255)
        painted.faint[key] = any(contrast(colour, one) < FAINT for one in (WHITE, *painted.boxes))
    return painted.faint[key]


def _note_fill(handle: Any, painted: _Painted, calls: _Calls, depth: int) -> None:
    red, green, blue, alpha = calls.colour(handle, outlined=False)
    if alpha < _UNSEEN_ALPHA:
        return
    is_new = (red, green, blue) not in painted.seen and min(red, green, blue) < _PALE
    if not is_new and (depth or not painted.texts):
        return
    left, bottom, right, top = calls.bounds(handle)
    if right - left < _BOX or top - bottom < _BOX:
        return
    if is_new and len(painted.boxes) < 16:
        painted.seen.add((red, green, blue))
        painted.faint.clear()
        painted.boxes.append(Colour(red / 255, green / 255, blue / 255))
    if painted.texts and not depth and len(painted.covers) < _MOST_COVERS:
        painted.covers.append((len(painted.texts), (left, bottom, right, top)))


def _checked(page: PdfPage, textpage: PdfTextPage, painted: _Painted) -> Unseen:
    """Those of the suspects that do not show on the painted page."""
    from pypdfium2 import raw

    groups: dict[int, list[int]] = defaultdict(list)
    handle, text_object = textpage.raw, raw.FPDFText_GetTextObject
    numbers = {ctypes.addressof(text.contents): number for number, text in enumerate(painted.texts)}
    for index in range(textpage.count_chars()):
        owner = text_object(handle, index)
        number = numbers.get(ctypes.addressof(owner.contents)) if owner else None
        if number is not None and (number in painted.suspects or painted.covers):
            groups[number].append(index)
    found = Unseen()
    picture: np.ndarray[Any, Any] | None = None
    for number, chars in groups.items():
        how, colour = painted.suspects.get(number, ("", None))
        box = _around(raw, handle, chars)
        if how and box is None:
            continue  # nothing but spaces
        if not how and not (box and _is_covered(box, number, painted.covers)):
            continue
        if how == "transparent letters":
            found.left_out |= dict.fromkeys(chars, how)
            continue
        picture = _painted_page(page) if picture is None else picture
        pixels = _cut(raw, page, picture, box)
        if colour is not None:
            if _share_unlike(pixels, _luminance(colour)) < _AROUND:
                found.left_out |= dict.fromkeys(chars, how)
        elif _is_even(pixels):
            found.left_out |= dict.fromkeys(chars, how or "letters below something else")
        elif how:
            found.doubtful |= dict.fromkeys(chars, "letters laid unseen over a picture")
    return found


def _around(raw: Any, handle: Any, chars: list[int]) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top of the letters; None where they are spaces."""
    box = raw.FS_RECTF()
    sides: list[tuple[float, float, float, float]] = []
    for index in chars:
        if raw.FPDFText_GetUnicode(handle, index) > 32 and raw.FPDFText_GetLooseCharBox(handle, index, box):
            sides.append((box.left, box.bottom, box.right, box.top))
    if not sides:
        return None
    lefts, bottoms, rights, tops = zip(*sides, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _is_covered(
    box: tuple[float, float, float, float],
    order: int,
    covers: list[tuple[int, tuple[float, float, float, float]]],
) -> bool:
    """Whether something that came later lies over the middle of a text."""
    across, up = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(
        when > order and left <= across <= right and bottom <= up <= top
        for when, (left, bottom, right, top) in covers
    )


def _painted_page(page: PdfPage) -> np.ndarray[Any, Any]:
    """The page as it looks, in luminance from 0 to 1: height by width."""
    import numpy as np

    scale = min(1.0, _MOST_PIXELS / max(page.get_width(), page.get_height(), 1.0))
    grey = page.render(scale=scale, grayscale=True, may_draw_forms=False, draw_annots=False).to_numpy()
    values = np.squeeze(grey).astype(np.float32) / 255
    linear: np.ndarray[Any, Any] = np.where(
        values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4
    )
    return linear


def _cut(
    raw: Any, page: PdfPage, picture: np.ndarray[Any, Any], box: tuple[float, float, float, float] | None
) -> np.ndarray[Any, Any]:
    """The pixels of a rectangle of the page; none where it lies outside."""
    height, width = picture.shape
    left, bottom, right, top = box or (0.0, 0.0, 0.0, 0.0)
    across, down = ctypes.c_int(), ctypes.c_int()
    corners = []
    for x, y in ((left, bottom), (right, top)):
        raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, ctypes.byref(across), ctypes.byref(down))
        corners.append((across.value, down.value))
    (x0, x1), (y0, y1) = (sorted(values) for values in zip(*corners, strict=True))
    return picture[max(y0, 0) : max(y1 + 1, 0), max(x0, 0) : max(x1 + 1, 0)]


def _luminance(colour: Colour) -> float:
    """Relative luminance, from the contrast with white."""
    return 1.05 / contrast(colour, WHITE) - 0.05


def _share_unlike(pixels: np.ndarray[Any, Any], luminance: float) -> float:
    """The share of pixels that have contrast with a luminance; 0 where there are none."""
    import numpy as np

    if not pixels.size:
        return 0.0
    high, low = np.maximum(pixels, luminance), np.minimum(pixels, luminance)
    return float(((high + 0.05) / (low + 0.05) >= FAINT).mean())


def _is_even(pixels: np.ndarray[Any, Any]) -> bool:
    """Whether nothing is to be seen: hardly a pixel has contrast with the usual one."""
    import numpy as np

    return not pixels.size or _share_unlike(pixels, float(np.median(pixels))) < _INK
