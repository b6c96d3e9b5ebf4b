"""Runs of a Word document that its readers do not see: hidden, tiny, or in the colour they stand on."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from app.ingestion.load.css.sight import FAINT
from app.ingestion.load.css.values import BLACK, WHITE, Colour, colour_of, contrast
from app.ingestion.load.hidden import HiddenWords

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARTS = re.compile(r"word/(?:document\d*|footnotes|endnotes)\.xml")
_TINY = 4
"""Half points below which type is not read."""
_SQUEEZED = 10
"""Per cent of their width below which letters are not read."""
_MOST_BASES = 20
_HIGHLIGHTS = {"darkyellow": "#808000", "darkgreen": "#008000", "lightgray": "#c0c0c0", "darkgray": "#808080"}


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str
    runs: Any
    paragraphs: Any
    shades: bool
    """Whether it fills anything with a colour: a table style may do so for some of its rows."""


@dataclass(slots=True)
class _Styles:
    named: dict[str, _Style] = field(default_factory=dict)
    usual: str = ""
    """What paragraphs have that name no style."""
    defaults: Any = None

    def chain(self, name: str | None) -> list[_Style]:
        found: list[_Style] = []
        while name and name in self.named and len(found) < _MOST_BASES:
            found.append(self.named[name])
            name = found[-1].based_on
        return found


def without_unseen(data: bytes, hidden: HiddenWords) -> bytes:
    """A Word document without the words that it does not show, which go to ``hidden``; the same bytes where
    it shows all.

    White letters are kept where a table style, a shape or a picture may stand below them.
    Raises ``zipfile.BadZipFile`` and ``lxml.etree.XMLSyntaxError`` for damaged parts.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = archive.namelist()
        styles = _styles(archive.read("word/styles.xml") if "word/styles.xml" in names else b"")
        changed: dict[str, bytes] = {}
        for name in names:
            if _PARTS.fullmatch(name):
                root = _parsed(archive.read(name))
                if _take(root, styles, hidden):
                    from lxml import etree

                    changed[name] = bytes(etree.tostring(root))
        if not changed:
            return data
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as written:
            for info in archive.infolist():
                written.writestr(info.filename, changed.get(info.filename) or archive.read(info))
    return out.getvalue()


def _parsed(part: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _styles(part: bytes) -> _Styles:
    styles = _Styles()
    root = _parsed(part) if part.strip() else ()
    for tag in root:
        if tag.tag == f"{_W}style":
            name = tag.get(f"{_W}styleId") or ""
            shades = any(_fill(shade) not in (None, WHITE) for shade in tag.iter(f"{_W}shd"))
            styles.named[name] = _Style(
                _value(tag, "basedOn") or "", tag.find(f"{_W}rPr"), tag.find(f"{_W}pPr"), shades
            )
            if tag.get(f"{_W}type") == "paragraph" and tag.get(f"{_W}default") in ("1", "true"):
                styles.usual = name
        elif tag.tag == f"{_W}docDefaults":
            styles.defaults = tag.find(f"{_W}rPrDefault/{_W}rPr")
    return styles


def _take(root: Any, styles: _Styles, hidden: HiddenWords) -> bool:
    """Empty the runs that are not seen; whether there are any."""
    page = _hash_colour(_value(root, "background", "color")) or WHITE
    unsure = any(anchor.get("behindDoc") in ("1", "true") for anchor in root.iter("{*}anchor"))
    found = False
    for number, paragraph in enumerate(root.iter(f"{_W}p"), 1):
        looks: dict[str, Any] = {}
        for run in paragraph.iter(f"{_W}r"):
            words = "".join(tag.text or "" for tag in run.iterchildren(f"{_W}t"))
            if not words.strip() or next(run.iterancestors(f"{_W}p"), None) is not paragraph:
                continue
            if not looks:
                looks = _looks(paragraph, styles)
            how, colour = _how(run, looks["chain"], styles)
            if not how and colour is not None:
                below = looks["below"] if (own := _shade(run.find(f"{_W}rPr"))) is None else own
                if below == "unknown":
                    continue
                if contrast(colour, below or page) < FAINT:
                    how = "letters in the colour of their background"
                    if below is None and unsure:
                        hidden.add(how, words, f"paragraph {number}", "doubtful")
                        continue
            if how or looks["row hidden"]:
                if next(run.iterancestors(_FALLBACK), None) is None:
                    hidden.add(how or "hidden row of a table", words, f"paragraph {number}")
                for tag in [child for child in run if child.tag != f"{_W}rPr"]:
                    run.remove(tag)
                found = True
    return found


def _looks(paragraph: Any, styles: _Styles) -> dict[str, Any]:
    """What a paragraph gives its runs: its styles, the colour they stand on, whether its row is shown."""
    properties = paragraph.find(f"{_W}pPr")
    chain = styles.chain(_value(properties, "pStyle") or styles.usual)
    below: Any = _shade(properties)
    for style in chain:
        below = _shade(style.paragraphs) if below is None else below
    hidden_row = False
    for outer in paragraph.iterancestors():
        if outer.tag == f"{_W}tc" and below is None:
            below = _shade(outer.find(f"{_W}tcPr"))
        elif outer.tag == f"{_W}tr":
            hidden_row = hidden_row or _is_on(outer.find(f"{_W}trPr"), "hidden")
        elif outer.tag == f"{_W}tbl" and below is None:
            table = outer.find(f"{_W}tblPr")
            below = _shade(table)
            if below is None and any(style.shades for style in styles.chain(_value(table, "tblStyle"))):
                below = "unknown"
        elif outer.tag == f"{_W}txbxContent" and below is None:
            below = _of_shape(outer)
    return {"chain": chain, "below": below, "row hidden": hidden_row}


def _how(run: Any, chain: list[_Style], styles: _Styles) -> tuple[str, Colour | None]:
    """How a run hides itself, in words; and its colour where that is said."""
    own = run.find(f"{_W}rPr")
    inner = [style.runs for style in styles.chain(_value(own, "rStyle"))]
    levels = [
        one for one in (own, *inner, *(style.runs for style in chain), styles.defaults) if one is not None
    ]
    for name in ("vanish", "specVanish"):
        for level in levels:
            if level.find(f"{_W}{name}") is not None:
                if _is_on(level, name):
                    return "hidden text", None
                break
    size = next((value for level in levels if (value := _value(level, "sz"))), "")
    if size.isdigit() and int(size) < _TINY:
        return "type below 2 points", None
    width = next((value for level in levels if (value := _value(level, "w"))), "").rstrip("%")
    if width.isdigit() and 0 < int(width) < _SQUEEZED:
        return "letters squeezed to a line", None
    fill = next((tag for level in levels[:1] for tag in level.iter(f"{_W14}textFill")), None)
    if fill is not None:
        if fill.find(f"{_W14}noFill") is not None or _is_transparent(fill):
            return "transparent letters", None
        named = next(fill.iter(f"{_W14}srgbClr"), None)
        if named is not None:
            return "", _hash_colour(named.get(f"{_W14}val"))
    said = next((value for level in levels if (value := _value(level, "color"))), "")
    return "", BLACK if said == "" else _hash_colour(said)


def _is_transparent(fill: Any) -> bool:
    return any(int(tag.get(f"{_W14}val") or 0) > 92_000 for tag in fill.iter(f"{_W14}alpha"))


def _is_on(properties: Any, name: str) -> bool:
    tag = properties.find(f"{_W}{name}") if properties is not None else None
    return tag is not None and (tag.get(f"{_W}val") or "1") not in ("0", "false", "off")


def _value(tag: Any, name: str, key: str = "val") -> str | None:
    found = tag.find(f"{_W}{name}") if tag is not None else None
    return found.get(f"{_W}{key}") if found is not None else None


def _shade(properties: Any) -> Any:
    """The colour that properties fill with; ``unknown`` for a pattern; None where they fill with nothing."""
    if properties is None:
        return None
    named = (_value(properties, "highlight") or "none").lower()
    if named != "none":
        return colour_of(_HIGHLIGHTS.get(named, named)) or "unknown"
    shade = properties.find(f"{_W}shd")
    if shade is None:
        return None
    if (shade.get(f"{_W}val") or "clear") not in ("clear", "nil", "solid"):
        return "unknown"
    return _fill(shade)


def _fill(shade: Any) -> Colour | None:
    key = "color" if shade.get(f"{_W}val") == "solid" else "fill"
    return _hash_colour(shade.get(f"{_W}{key}"))


def _of_shape(box: Any) -> Any:
    """What a text box is filled with: nothing, one colour, or something that is not read here."""
    for outer in box.iterancestors():
        name = str(outer.tag).rpartition("}")[2]
        if name == "wsp":
            shape = outer.find("{*}spPr")
            colours = [tag for tag in shape if str(tag.tag).endswith("Fill")] if shape is not None else []
            if not colours and outer.find("{*}style") is None:
                return None
            if colours and str(colours[0].tag).endswith("noFill"):
                return None
            named = colours[0].find("{*}srgbClr") if colours else None
            return (_hash_colour(named.get("val")) if named is not None else None) or "unknown"
        if name in ("shape", "rect", "roundrect", "oval"):
            if outer.get("filled") in ("f", "false"):
                return None
            return colour_of((outer.get("fillcolor") or "white").split()[0].lower()) or "unknown"
    return "unknown"


def _hash_colour(value: str | None) -> Colour | None:
    return colour_of(f"#{value}") if value and re.fullmatch(r"[0-9A-Fa-f]{6}", value) else None
