"""Values of style declarations as numbers: lengths in pixels, colours, contrast."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

VIEWPORT = (1280.0, 800.0)
"""Width and height of the window that pages are read for, in pixels: a common laptop's."""

MOST_CHARS = 2000
"""Characters above which a value or a selector is passed over: patterns take long on them."""

_UNITS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 9.6 / 2.54, "q": 2.4 / 2.54}
_TOKEN = re.compile(
    r"(?:(?<!\s)\s+)?(?:([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(%|[a-z]+)?|((?<![a-z-])[a-z-]+)?\(|([-+*/,)]))"
)
_GRADIENT = re.compile(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^()]*\)|\b[a-z]+\b")
_KEYWORDS = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0,
    "x-large": 24.0, "xx-large": 32.0, "xxx-large": 48.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colour:
    """Red, green, blue and opacity, each from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, below: Colour) -> Colour:
        """What is seen where this is painted on an opaque colour."""
        a = min(max(self.alpha, 0.0), 1.0)
        mixed = (
            a * top + (1 - a) * under
            for top, under in zip(
                (self.red, self.green, self.blue), (below.red, below.green, below.blue), strict=True
            )
        )
        return Colour(*mixed)


BLACK, WHITE = Colour(0, 0, 0), Colour(1, 1, 1)


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two opaque colours, from 1 to 21: WCAG 2.2, "contrast ratio".

    >>> round(contrast(BLACK, WHITE)), contrast(WHITE, WHITE)
    (21, 1.0)
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (colour.red, colour.green, colour.blue)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def colour_of(value: str) -> Colour | None:
    """The colour a value names; None for what is none, ``currentcolor`` among it.

    >>> colour_of("#fff") == WHITE, colour_of("transparent").alpha, colour_of("url(a.png)")
    (True, 0.0, None)
    """
    from tinycss2 import color4

    try:
        found = color4.parse_color(value)
        if found is None or isinstance(found, str):
            return None
        in_srgb = found.to("srgb")
    except (ValueError, NotImplementedError, ArithmeticError):
        return None
    return Colour(*(min(max(float(one), 0.0), 1.0) for one in (*in_srgb.coordinates, in_srgb.alpha)))


def colours_in(value: str) -> list[Colour]:
    """The colours that stand in a gradient."""
    return [colour for one in _GRADIENT.findall(value) if (colour := colour_of(one)) is not None]


def font_pixels(value: str, inherited: float) -> float | None:
    """A font size in pixels; ``inherited`` is what percentages are of.

    >>> font_pixels("50%", 16.0), font_pixels("calc(1px - 1px)", 16.0), font_pixels("1.5pt", 16.0)
    (8.0, 0.0, 2.0)
    """
    if value in _KEYWORDS:
        return _KEYWORDS[value]
    if value in ("smaller", "larger"):
        return inherited / 1.2 if value == "smaller" else inherited * 1.2
    return pixels(value, inherited, inherited)


def pixels(value: str, font: float, whole: float) -> float | None:
    """A length in pixels, ``calc``, ``min``, ``max`` and ``clamp`` worked out; ``whole`` is 100 %.

    None for what is no length (``auto``).

    >>> pixels("calc(-100vw + 10px)", 16.0, 0.0), pixels("2em", 16.0, 0.0), pixels("auto", 16.0, 0.0)
    (-1270.0, 32.0, None)
    """
    try:
        return _Sum(value, lambda number, unit: _in_pixels(number, unit, font, whole)).result()
    except (ValueError, ArithmeticError, RecursionError):
        return None


def numbers(value: str) -> list[float]:
    """The plain numbers and percentages (as shares) in a value, such as the arguments of ``scale()``."""
    return [
        float(found[1]) / (100 if found[2] == "%" else 1)
        for found in _TOKEN.finditer(value)
        if found[1] and found[2] in (None, "%")
    ]


def share(value: str) -> float | None:
    """A number or percentage, as of ``opacity``; None for what is neither.

    >>> share("0.5"), share("0%"), share("calc(1 - 1)"), share("inherit")
    (0.5, 0.0, 0.0, None)
    """
    try:
        return _Sum(value, lambda number, unit: number / 100 if unit == "%" else number).result()
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _in_pixels(number: float, unit: str, font: float, whole: float) -> float:
    if not unit:
        return number
    if unit == "%":
        return number * whole / 100
    if unit in _UNITS:
        return number * _UNITS[unit]
    across, down = VIEWPORT[0] / 100, VIEWPORT[1] / 100
    relative = {
        "em": font, "rem": 16.0, "ex": font / 2, "ch": font / 2, "lh": font * 1.2,
        "vw": across, "dvw": across, "vmax": across, "vmin": down,
        "vh": down, "dvh": down, "svh": down, "lvh": down,
    }  # fmt: skip
    if unit not in relative:
        raise ValueError(unit)
    return number * relative[unit]


class _Sum:
    """A value worked out: numbers with units, the four operations, brackets, ``min``, ``max``, ``clamp``."""

    def __init__(self, value: str, number: Callable[[float, str], float]) -> None:
        self._tokens: list[re.Match[str]] = []
        self._number = number
        self._at = at = 0
        value = value.strip()
        while at < len(value):
            found = _TOKEN.match(value, at)
            if found is None:
                raise ValueError(value)
            self._tokens.append(found)
            at = found.end()

    def result(self) -> float:
        total = self._sum()
        if self._at != len(self._tokens):
            raise ValueError("more than one value")
        return total

    def _next(self, *wanted: str) -> str:
        """The operator that comes next, if it is one of these; it is passed then."""
        if self._at < len(self._tokens) and self._tokens[self._at][4] in wanted:
            self._at += 1
            return str(self._tokens[self._at - 1][4])
        return ""

    def _sum(self) -> float:
        total = self._product()
        while True:
            if operator := self._next("+", "-"):
                total += self._product() * (1 if operator == "+" else -1)
            else:
                return total

    def _product(self) -> float:
        total = self._term()
        while operator := self._next("*", "/"):
            factor = self._term()
            total = total * factor if operator == "*" else total / factor
        return total

    def _term(self) -> float:
        if self._at >= len(self._tokens):
            raise ValueError("nothing there")
        token = self._tokens[self._at]
        self._at += 1
        if token[1]:
            return self._number(float(token[1]), token[2] or "")
        if token[4]:
            raise ValueError(token[4])
        arguments = [self._sum()]
        while self._next(","):
            arguments.append(self._sum())
        if not self._next(")"):
            raise ValueError("no closing bracket")
        match token[3]:
            case None | "calc" if len(arguments) == 1:
                return arguments[0]
            case "min":
                return min(arguments)
            case "max":
                return max(arguments)
            case "clamp" if len(arguments) == 3:
                return max(arguments[0], min(arguments[1:]))
        raise ValueError(token[3])
