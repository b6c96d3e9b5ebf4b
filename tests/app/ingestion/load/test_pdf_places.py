"""Rectangles of a PDF's words: what stands within them are these words."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from itertools import groupby

import pypdfium2
import pytest
from reportlab.lib import pagesizes
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, SimpleDocTemplate, Table

from app.ingestion.load import load_bytes
from app.registry.page_layout import Rectangle, rectangles
from graphs.text.sentences import units
from tests.app.ingestion.load.test_pdf import drawn, lines

LONG = (
    "Employees who fall ill call their manager before nine in the morning of the first day, "
    "and bring a doctor's note on the third day. The note may be sent by mail, or as a picture. "
    "Whoever is ill for more than six weeks writes to the office on floor 3, and says for how long."
)


def within(data: bytes, found: list[Rectangle]) -> str:
    """The words whose characters' middles stand within the rectangles, read out of the file anew."""
    document = pypdfium2.PdfDocument(data)
    words: list[str] = []
    for page, same in groupby(found, key=lambda one: one[0]):
        opened = document[page - 1]
        textpage = opened.get_textpage()
        for _, left, bottom, right, top in same:
            words.append(textpage.get_text_bounded(left - 0.2, bottom, right + 0.2, top))
        textpage.close()
        opened.close()
    document.close()
    return " ".join(words)


def bare(text: str) -> str:
    """Without what a line's end adds or takes: white space, hyphens, list markers."""
    return re.sub(r"[\s\-\x02\ufffe]", "", text)


def check_every_sentence(data: bytes) -> int:
    """Every sentence's rectangles hold its words, line by line and nothing else; returns how many."""
    document = load_bytes("a.pdf", data)
    count = 0
    for unit in units(document.text):
        found = rectangles(document.layout, unit.start, unit.end)
        assert found, unit.of(document.text)
        assert bare(within(data, found)) == bare(unit.of(document.text))
        assert len({(page, low) for page, _, low, _, _ in found}) == len(found), "one rectangle a line"
        count += 1
    return count


def flowing(*columns: tuple[float, float]) -> bytes:
    out = io.BytesIO()
    styles = getSampleStyleSheet()
    frames = [Frame(left, 40, width, 760, id=str(left)) for left, width in columns]
    template = BaseDocTemplate(out, pagesize=pagesizes.A4)
    template.addPageTemplates([PageTemplate(frames=frames)])
    template.build(
        [
            Paragraph("Sick leave", styles["Heading1"]),
            *[Paragraph(f"{number}. {LONG}", styles["BodyText"]) for number in range(1, 40)],
        ]
    )
    return out.getvalue()


@pytest.mark.parametrize("columns", [[(60, 480)], [(40, 240), (300, 240)]])
def test_wrapped_sentences_in_one_column_and_in_two(columns: list[tuple[float, float]]) -> None:
    assert check_every_sentence(flowing(*columns)) > 100


def test_a_rectangle_covers_the_words_and_not_those_beside_them() -> None:
    data = flowing((60, 480))
    document = load_bytes("a.pdf", data)
    for quote in ("doctor's note", "note on the", "mail,", "six weeks"):
        start = document.text.index(quote)
        found = rectangles(document.layout, start, start + len(quote))
        assert bare(within(data, found)) == bare(quote)


def test_a_quote_over_a_page_break_has_rectangles_on_both_pages() -> None:
    def page(number: int, *body: str) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.drawString(72, 810, "ACME Handbook, confidential")
            canvas.drawString(290, 30, f"Page {number} of 3")
            lines(*body)(canvas)

        return draw

    data = drawn(
        page(1, "Whoever falls ill calls in before nine in the morning of the first day and"),
        page(2, "brings a note on the third day.", "", "It may be sent by mail."),
        page(3, "Third page with words of its own."),
    )
    document = load_bytes("a.pdf", data)
    end = document.text.index("It may")
    found = rectangles(document.layout, 0, end)
    assert [one[0] for one in found] == [1, 2]
    assert bare(within(data, found)) == bare(document.text[:end])
    assert check_every_sentence(data) == 3


def test_tables_hyphens_ligatures_leaders_and_lists() -> None:
    out = io.BytesIO()
    styles = getSampleStyleSheet()
    SimpleDocTemplate(out).build(
        [
            Table([["Plan", "Price", "Seats"], ["Team", "20 EUR", "5"], ["Solo", "5", "1"]], colWidths=120),
            Paragraph("<bullet>•</bullet>Keep the receipt of the office.", styles["BodyText"]),
            Paragraph("<bullet>•</bullet>Ask the staff first.", styles["BodyText"]),
        ]
    )
    check_every_sentence(out.getvalue())
    hyphened = drawn(
        lines(
            "The reimbursement of travel costs within the Euro-",
            "pean Union needs an approval of it.",
        )
    )
    document = load_bytes("a.pdf", hyphened)
    start = document.text.index("European")
    assert bare(within(hyphened, rectangles(document.layout, start, start + 8))) == "European"
    contents = drawn(lines("Sick leave . . . . . . . . . . . . 12", "Travel ..................... 14"))
    document = load_bytes("a.pdf", contents)
    start = document.text.index("Travel")
    (travel,) = rectangles(document.layout, start, start + len("Travel"))
    assert within(contents, [travel]).startswith("Travel")
    (number,) = rectangles(document.layout, document.text.index("14"), document.text.index("14") + 2)
    assert "14" in within(contents, [number])


def test_points_are_those_of_the_page_from_its_lower_left_corner() -> None:
    document = load_bytes("a.pdf", drawn(lines("Ask first.", top=700, size=10)))
    ((page, left, low, right, high),) = rectangles(document.layout, 0, 10)
    assert page == 1
    assert left == pytest.approx(72, abs=1)
    assert 690 < low < 700 < high < 712
    assert 72 + 30 < right < 72 + 60


def test_formats_without_pages_have_no_layout() -> None:
    assert load_bytes("a.md", b"Ask first.").layout == b""
