"""Whether an element's words are seen, by the declarations that hold for it and for those around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.ingestion.load.css.values import (
    BLACK,
    MOST_CHARS,
    VIEWPORT,
    WHITE,
    Colour,
    colour_of,
    colours_in,
    contrast,
    font_pixels,
    numbers,
    pixels,
    share,
)

TINY = 2 * 4 / 3
"""Pixels (2 points) below which type is not read: a third of the smallest that print uses."""
FAINT = 1.2
"""Contrast below which words are not told from what they stand on: WCAG asks for 4.5, large type for 3, and
light grey (#ddd) on white, faint yet seen, has 1.36."""
_UNSEEN = 0.08
"""Opacity at which black on white falls below ``FAINT``."""
_FAR = 500.0
"""Pixels beyond the window's edge: more than menus that slide in are wide."""
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i ins kbd label mark q s samp small span "
    "strike strong sub sup time tt u var wbr".split()
)
_PLACED = ("absolute", "fixed", "relative", "sticky")
_VARIABLE = re.compile(r"var\(\s*(--[^\s,()]+)\s*(?:,((?:[^()]|\([^()]*\))*))?\)")
_FUNCTION = re.compile(r"(?<![a-z0-9-])([a-z0-9-]+)\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_MOST_VARIABLES = 10


@dataclass(frozen=True, slots=True)
class Sight:
    """What an element passes on to what stands in it.

    ``below`` are the colours that words may stand on, empty where a picture makes them unknown. ``told`` says
    whether the page itself says what they are, rather than that nothing was said.
    """

    font: float = 16.0
    colour: Colour = BLACK
    below: tuple[Colour, ...] = (WHITE,)
    told: bool = False
    opacity: float = 1.0
    visible: bool = True
    indent: float = 0.0
    changing: bool = False
    """A script or an animation may still change it."""
    by_background: bool = False
    """The letters are cut out of the background, or have a shadow: their colour says nothing."""
    variables: Mapping[str, str] = field(default_factory=dict)

    def inside(self, declared: Mapping[str, str], tag: str) -> Sight:
        """What holds inside an element of it."""
        if not declared:
            return self
        variables = self.variables
        if named := {key: value for key, value in declared.items() if key.startswith("--")}:
            variables = {**variables, **named}
        get = _Reader(declared, variables)
        font = font_pixels(get("font-size"), self.font) if get("font-size") else None
        fill = get("text-fill-color") or get("color")
        colour = (colour_of(fill) if fill and fill != "currentcolor" else None) or self.colour
        below, told = self._below(get)
        seen = self.opacity
        for one in (get("opacity"), *(rest for name, rest in _functions(get("filter")) if name == "opacity")):
            shown = share(one) if one else None
            seen *= 1.0 if shown is None else min(max(shown, 0.0), 1.0)
        visibility = get("visibility")
        indent = self.indent
        if get("text-indent") and _is_box(get, tag):
            indent = pixels(get("text-indent"), self.font if font is None else font, VIEWPORT[0]) or 0.0
        return replace(
            self,
            font=self.font if font is None else max(font, 0.0),
            colour=colour,
            below=below,
            told=told,
            opacity=seen,
            visible=self.visible if not visibility or visibility == "inherit" else visibility == "visible",
            indent=indent,
            changing=self.changing or is_changing(get),
            by_background=self.by_background or "text" in get("background-clip") or _has_shadow(get),
            variables=variables,
        )

    def _below(self, get: _Reader) -> tuple[tuple[Colour, ...], bool]:
        below, told = self.below, self.told
        plain = colour_of(get("background-color")) or _colour_among(get("background-color"))
        if plain is not None and plain.alpha > 0:
            below, told = (
                tuple(plain.over(one) for one in below) or ((plain,) if plain.alpha >= 1 else ()),
                True,
            )
        picture = get("background-image")
        if picture and picture != "none":
            stops = colours_in(picture) if "gradient(" in picture and "url(" not in picture else []
            below, told = tuple(stop.over(one) for stop in stops for one in below or (WHITE,)), True
        return below[:16], told

    def unseen(self) -> str:
        """How words that stand right here are hidden, in words; empty where they are seen."""
        if not self.visible:
            return "visibility: hidden"
        if self.font < TINY:
            return "type below 2 points"
        if self.indent <= -_FAR:
            return "indented out of the page"
        if self.opacity < _UNSEEN:
            return "opacity 0"
        if self.by_background:
            return ""
        if self.colour.alpha < _UNSEEN:
            return "transparent letters"
        shown = replace(self.colour, alpha=self.colour.alpha * self.opacity)
        if self.below and all(contrast(shown.over(one), one) < FAINT for one in self.below):
            return "letters in the colour of their background"
        return ""


class _Reader:
    """Values with their variables put in; an empty string for what is not declared."""

    def __init__(self, declared: Mapping[str, str], variables: Mapping[str, str]) -> None:
        self._declared, self._variables = declared, variables

    def __call__(self, name: str) -> str:
        value = self._declared.get(name, "")
        for _ in range(_MOST_VARIABLES):
            if "var(" not in value or len(value) > MOST_CHARS:  # they may double with every round
                break
            value = _VARIABLE.sub(
                lambda found: self._variables.get(found[1], (found[2] or "").strip()), value
            )
        return value


def removed(declared: Mapping[str, str], tag: str, sight: Sight) -> tuple[str, bool]:
    """How an element is hidden with all that stands in it, in words, and whether pages do that as a matter of
    course; ``sight`` is what holds inside it."""
    get = _Reader(declared, sight.variables)
    if get("display") == "none":
        return "display: none", True
    if get("content-visibility") == "hidden":
        return "content-visibility: hidden", False
    far = _far_away(get, sight.font)
    if far:
        return far, False
    if not _is_box(get, tag):
        return "", False
    width, height = (_least(get, side, sight.font) for side in ("width", "height"))
    cut = [bool(get(f"overflow-{axis}")) and get(f"overflow-{axis}") != "visible" for axis in "xy"]
    small = [
        size is not None and size <= 1 and hides for size, hides in zip((width, height), cut, strict=True)
    ]
    clipped = get("position") in ("absolute", "fixed") and _clips(get("clip"), sight.font)
    if all(small) or (any(small) and clipped):
        return "a box of one pixel", True  # what pages do with words for screen readers
    if any(small):
        return "a box without size", False
    if clipped or _clips_path(get("clip-path"), sight.font):
        return "clipped away", False
    return ("scaled to nothing", False) if _scaled(get) else ("", False)


def is_changing(get: _Reader) -> bool:
    """Whether its style is made to change: by a transition or an animation, or by what scripts begin from."""
    return any(get(name) not in ("", "none", "0s") for name in ("transition", "animation"))


def _is_box(get: _Reader, tag: str) -> bool:
    """Whether it has a size of its own: inline elements have none."""
    display = get("display")
    if display:
        return display != "inline" and display != "contents"
    placed = get("position") in ("absolute", "fixed") or get("float") in ("left", "right")
    return placed or tag not in _INLINE


def _far_away(get: _Reader, font: float) -> str:
    offsets = {
        side: pixels(get(side), font, _whole(side))
        for side in ("left", "top", "right", "bottom")
        if get(side)
    }
    if get("position") in _PLACED:
        for side, value in offsets.items():
            whole = _whole(side)
            if value is not None and (
                value <= -_FAR or (side in ("left", "right") and value >= whole + _FAR)
            ):
                return "placed outside the page"
    for side in ("margin-left", "margin-top"):
        value = pixels(get(side), font, VIEWPORT[0]) if get(side) else None
        if value is not None and value <= -2 * _FAR:
            return "placed outside the page"
    for name, arguments in [*_functions(get("transform")), ("translate", get("translate").replace(" ", ","))]:
        if name.startswith("translate"):
            for one in arguments.split(","):
                value = pixels(one.strip(), font, 0.0) if one.strip() else None
                if value is not None and (value <= -2 * _FAR or value >= 4 * _FAR):
                    return "placed outside the page"
    return ""


def _whole(side: str) -> float:
    return VIEWPORT[side in ("top", "bottom")]


def _least(get: _Reader, side: str, font: float) -> float | None:
    sizes = [pixels(get(name), font, 1000.0) for name in (side, f"max-{side}") if get(name)]
    return min((size for size in sizes if size is not None), default=None)


def _clips(value: str, font: float) -> bool:
    """Whether ``rect()`` leaves nothing over, or next to nothing."""
    for name, arguments in _functions(value):
        sides = [pixels(one, font, 0.0) for one in re.split(r"[\s,]+", arguments.strip())]
        if name == "rect" and len(sides) == 4 and None not in sides:
            top, right, bottom, left = (float(one or 0) for one in sides)
            return bottom - top <= 1 or right - left <= 1
    return False


def _clips_path(value: str, font: float) -> bool:
    for name, arguments in _functions(value):
        sizes = [size for one in arguments.split() if (size := pixels(one, font, 100.0)) is not None]
        if name == "inset" and sizes:
            top = sizes[0]
            right = sizes[1] if len(sizes) > 1 else top
            bottom = sizes[2] if len(sizes) > 2 else top
            left = sizes[3] if len(sizes) > 3 else right
            return top + bottom >= 99 or left + right >= 99
        if name in ("circle", "ellipse"):
            return bool(sizes) and min(sizes[:2]) <= 1
        if name == "polygon":
            corners = {tuple(one.split()) for one in arguments.split(",")}
            across = [{corner[axis] for corner in corners if len(corner) == 2} for axis in (0, 1)]
            return any(len(one) <= 1 for one in across)
    return False


def _scaled(get: _Reader) -> bool:
    scale, zoom = get("scale"), get("zoom")
    if (scale and any(abs(one) < 0.1 for one in numbers(scale))) or (
        zoom and any(one < 0.1 for one in numbers(zoom)[:1])
    ):
        return True
    for name, arguments in _functions(get("transform")):
        found = numbers(arguments)
        if name.startswith("scale") and any(abs(one) < 0.1 for one in found[: 2 if name != "scale3d" else 3]):
            return True
        if name == "matrix" and len(found) == 6 and abs(found[0] * found[3] - found[1] * found[2]) < 0.01:
            return True
        if name in ("rotatex", "rotatey") and arguments.strip() in (
            "90deg",
            "-90deg",
            "270deg",
            "100grad",
            "0.25turn",
        ):
            return True
    return False


def _functions(value: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in _FUNCTION.finditer(value)]


def _colour_among(value: str) -> Colour | None:
    """The colour in a ``background`` shorthand."""
    outside = re.sub(r"(?:url|image|[a-z-]*gradient)\((?:[^()]|\([^()]*\))*\)", " ", value)
    for one in re.findall(r"#[0-9a-f]{3,8}|[a-z-]+\([^()]*\)|[a-z]+", outside):
        if (colour := colour_of(one)) is not None:
            return colour
    return None


def _has_shadow(get: _Reader) -> bool:
    return get("text-shadow") not in ("", "none")
