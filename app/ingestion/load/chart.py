"""Charts of Office documents as tables: a row for each category, a column for each series."""

from __future__ import annotations

from typing import Any

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def chart_rows(part: bytes) -> tuple[str, list[list[str]]]:
    """The chart's title (may be empty) and its table, with the header first.

    ``part`` is the XML of the chart; nothing where that is damaged.
    """
    from lxml import etree

    try:
        root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return "", []  # the text around it is still worth reading
    title = root.find(f"{_CHART}chart/{_CHART}title")
    words = [text.text or "" for text in title.iter(f"{_DRAWING}t")] if title is not None else []
    names: list[str] = []
    rows: dict[str, list[str]] = {}
    for series in root.iter(f"{_CHART}ser"):
        name = " ".join(_values(series, "tx").values())
        labels = _values(series, "cat") or _values(series, "xVal")
        for index, value in (_values(series, "val") or _values(series, "yVal")).items():
            row = rows.setdefault(labels.get(index, index), [])
            row += [""] * (len(names) - len(row)) + [value]
        names.append(name)
    return "".join(words), [["", *names], *([label, *row] for label, row in rows.items())] if rows else []


def _values(series: Any, key: str) -> dict[str, str]:
    """The points of one part of a series by their index."""
    part = series.find(f"{_CHART}{key}")
    if part is None:
        return {}
    found = {
        point.get("idx") or "0": _shown(point.findtext(f"{_CHART}v") or "")
        for point in part.iter(f"{_CHART}pt")
    }
    return found or {"0": part.findtext(f"{_CHART}v") or ""} if key == "tx" else found


def _shown(value: str) -> str:
    try:
        return f"{float(value):.10g}" if not value.lstrip("-").isdigit() else value
    except ValueError:
        return value.strip()
