"""What an RTF document does not show: hidden text (``\\\\v``), tiny type, letters in white."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.ingestion.load.css.sight import FAINT
from app.ingestion.load.css.values import WHITE, Colour, contrast
from app.ingestion.load.hidden import HiddenWords

_TOKEN = re.compile(r"[{}]|\\([a-zA-Z]+)(-?\d+)?[ ]?|\\'[0-9a-fA-F]{2}|\\.|[^{}\\]+", re.DOTALL)
_COLOURS = re.compile(r"\{\\colortbl([^{}]*)\}")
_CHANNEL = re.compile(r"\\(red|green|blue)(\d+)")
_SHADED = re.compile(r"\\(?:cb|chcbpat|highlight|cbpat|clcbpat|trcbpat)[1-9]|\\shp\b|\\background\b")
_TINY = 4
"""Half points below which type is not read."""


@dataclass(frozen=True, slots=True)
class _Looks:
    hidden: bool = False
    half_points: int = 24
    colour: int = 0


def without_unseen(source: str, hidden: HiddenWords) -> str:
    """The source without the words that are not shown, which go to ``hidden``. White letters are kept in a
    document that fills anything with a colour.

    >>> without_unseen(r"{\\rtf1 Ask. {\\v Never.}}", HiddenWords())
    '{\\\\rtf1 Ask. {\\\\v }}'
    """
    pale = frozenset() if _SHADED.search(source) else _pale(source)
    if not pale and not re.search(r"\\v(?![a-zA-Z0])|\\fs[0-3](?!\d)", source):
        return source
    kept: list[str] = []
    looks = _Looks()
    stack: list[_Looks] = []
    for token in _TOKEN.finditer(source):
        text, word, number = token[0], token[1], token[2]
        if text == "{":
            stack.append(looks)
        elif text == "}":
            looks = stack.pop() if stack else looks
        elif word:
            looks = _changed(looks, word, int(number) if number else None)
        elif how := _how(looks, pale):
            hidden.add(how, text if not text.startswith("\\") else " ")
            continue
        kept.append(text)
    return "".join(kept)


def _changed(looks: _Looks, word: str, number: int | None) -> _Looks:
    match word:
        case "v":
            return replace(looks, hidden=number != 0)
        case "fs":
            return replace(looks, half_points=24 if number is None else number)
        case "cf":
            return replace(looks, colour=number or 0)
        case "plain":
            return _Looks()
    return looks


def _how(looks: _Looks, pale: frozenset[int]) -> str:
    if looks.hidden:
        return "hidden text"
    if looks.half_points < _TINY:
        return "type below 2 points"
    return "letters in the colour of their background" if looks.colour in pale else ""


def _pale(source: str) -> frozenset[int]:
    """The numbers of the colours that are not told from white."""
    table = _COLOURS.search(source)
    found: set[int] = set()
    for number, entry in enumerate(table[1].split(";") if table else ()):
        said = {name: int(value) / 255 for name, value in _CHANNEL.findall(entry)}
        if said:
            colour = Colour(said.get("red", 0.0), said.get("green", 0.0), said.get("blue", 0.0))
            if contrast(colour, WHITE) < FAINT:
                found.add(number)
    return frozenset(found)
