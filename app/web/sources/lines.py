"""A text as it is written, line by line: code, plain text, and whatever has no other view."""

from __future__ import annotations

from markupsafe import Markup

from app.web.sources.part import SourcePart, lit


def lines_html(part: SourcePart, code: bool = False) -> Markup:
    """A line an element with its number, which is no text: it is neither copied nor lit."""
    rows: list[Markup] = []
    at = 0
    # Prose may run from the right, each line by itself; code never does.
    way = Markup("") if code else Markup(' dir="auto"')
    # What comes after the last line end is no line.
    for number, line in enumerate(part.text.removesuffix("\n").split("\n"), part.line):
        shown = Markup(' data-line="{}"').format(number) if part.line else Markup("")
        words = lit(part, at, at + len(line))
        rows.append(Markup('<span class="line"{}{}>{}\n</span>').format(shown, way, words))
        at += len(line) + 1
    kind = "lines code" if code else "lines"
    return Markup('<pre class="{}"{}>{}</pre>').format(
        kind, Markup(' dir="ltr"') if code else "", Markup("").join(rows)
    )
