"""Word's formulas as one line of text, ``(a+b)/2``, since the HTML path leaves them out."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PART = "word/document.xml"
_PLAIN = 2
"""Formulas up to this many characters need no brackets around them."""


def with_plain_formulas(data: bytes) -> bytes:
    """A Word document whose formulas are runs of text; the same bytes where it has none.

    Raises ``zipfile.BadZipFile`` and ``lxml.etree.XMLSyntaxError`` for damaged parts.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        part = archive.read(_PART) if _PART in archive.namelist() else b""
        if b"oMath" not in part:
            return data
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as written:
            for info in archive.infolist():
                written.writestr(
                    info.filename, _rewritten(part) if info.filename == _PART else archive.read(info)
                )
    return out.getvalue()


def _rewritten(part: bytes) -> bytes:
    from lxml import etree

    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    for formula in list(root.iter(f"{_MATH}oMath")):
        run = etree.Element(f"{_WORD}r")
        text = etree.SubElement(run, f"{_WORD}t")
        # A space on either side: what stands beside is another word.
        text.text = f" {' '.join(linear(formula).split())} "
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.tail = formula.tail
        holder = formula.getparent()
        holder.replace(formula, run)
        if holder.tag == f"{_MATH}oMathPara":
            _unwrap(holder)
    return bytes(etree.tostring(root))


def _unwrap(holder: Any) -> None:
    """Put the runs of a displayed formula where it stands: other programs do not look into it."""
    parent = holder.getparent()
    place = parent.index(holder)
    for run in [child for child in holder if child.tag == f"{_WORD}r"]:
        parent.insert(place, run)
        place += 1
    if not any(child.tag == f"{_MATH}oMath" for child in holder):
        parent.remove(holder)


def linear(tag: Any) -> str:
    """A formula in one line: fractions with ``/``, powers with ``^``, indices with ``_``."""
    name = str(tag.tag).rpartition("}")[2] if isinstance(tag.tag, str) else ""
    if name == "t":
        return tag.text or ""
    if name.endswith("Pr"):
        return ""

    def part(key: str) -> str:
        found = tag.find(f"{_MATH}{key}")
        return linear(found).strip() if found is not None else ""

    match name:
        case "f":
            return f"{_held(part('num'))}/{_held(part('den'))}"
        case "sSup":
            return f"{part('e')}^{_held(part('sup'))}"
        case "sSub":
            return f"{part('e')}_{_held(part('sub'))}"
        case "sSubSup":
            return f"{part('e')}_{_held(part('sub'))}^{_held(part('sup'))}"
        case "rad":
            degree = part("deg")
            return f"{degree}√({part('e')})"
        case "nary":
            return f" {_property(tag, 'naryPr', 'chr', '∫')}{_limits(part('sub'), part('sup'))} {part('e')}"
        case "d":
            opening, closing = _property(tag, "dPr", "begChr", "("), _property(tag, "dPr", "endChr", ")")
            return opening + ", ".join(linear(inner).strip() for inner in tag.findall(f"{_MATH}e")) + closing
        case "func":
            return f"{part('fName')} {part('e')}"
        case "limLow":
            return f"{part('e')}_{_held(part('lim'))}"
        case "m":
            rows = (", ".join(linear(cell).strip() for cell in row) for row in tag.findall(f"{_MATH}mr"))
            return "[" + "; ".join(rows) + "]"
        case _:
            return "".join(linear(inner) for inner in tag)


def _held(text: str) -> str:
    return text if len(text) <= _PLAIN or text.isalnum() else f"({text})"


def _limits(below: str, above: str) -> str:
    return (f"_{_held(below)}" if below else "") + (f"^{_held(above)}" if above else "")


def _property(tag: Any, group: str, key: str, default: str) -> str:
    found = tag.find(f"{_MATH}{group}/{_MATH}{key}")
    return default if found is None else str(found.get(f"{_MATH}val") or "")
