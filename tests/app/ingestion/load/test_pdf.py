"""PDF documents."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.lib import pagesizes
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from app.ingestion.errors import LoadError
from app.ingestion.load import LoadLimits, load_bytes
from app.ingestion.load.textnorm import canonical
from app.registry.document import LoadedDocument

LONG = (
    "Employees who fall ill call their manager before nine in the morning of the first day, "
    "and bring a doctor's note on the third day. The note may be sent by mail, or as a picture. "
)


def drawn(
    *pages: Callable[[Canvas], None], encrypt: StandardEncryption | None = None, title: str = ""
) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=pagesizes.A4, encrypt=encrypt)
    canvas.setTitle(title)
    canvas.setAuthor("Ann")
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines(*texts: str, top: int = 700, size: int = 11) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", size)
        for index, text in enumerate(texts):
            canvas.drawString(72, top - index * size * 1.2, text)

    return draw


def pieces(document: LoadedDocument) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def test_wrapped_lines_headings_and_tables() -> None:
    out = io.BytesIO()
    styles = getSampleStyleSheet()
    SimpleDocTemplate(out, title="Leave rules").build(
        [
            Paragraph("Sick leave", styles["Heading1"]),
            Paragraph(LONG * 2, styles["BodyText"]),
            Paragraph(LONG, styles["BodyText"]),
            Paragraph("Plans", styles["Heading2"]),
            Table(
                [["Plan", "Price", "Seats"], ["Team", "20 EUR", "5"], ["Solo", "5 EUR", "1"]], colWidths=120
            ),
        ]
    )
    document = load_bytes("leave.pdf", out.getvalue())
    assert pieces(document) == [
        ("heading", "Sick leave"),
        ("paragraph", (LONG * 2).strip()),
        ("paragraph", LONG.strip()),
        ("heading", "Plans"),
        ("table", "Plan\tPrice\tSeats\nTeam\t20 EUR\t5\nSolo\t5 EUR\t1"),
    ]
    assert [block.level for block in document.blocks if block.kind == "heading"] == [1, 2]
    assert document.title == "Leave rules"
    assert document.pages == (0,)
    assert canonical(document.text) == document.text


def test_hyphens_at_line_ends() -> None:
    body = (
        "The reimbursement of travel costs within the Euro-",
        "pean Union needs the approval of the long-term plan-",
        "ning office, and of every office that makes long-",
        "term plans for the Non-",
        "Participating states of the Union and of the rest.",
    )
    text = load_bytes("a.pdf", drawn(lines(*body))).text
    assert "European Union" in text
    assert "planning office" in text
    assert "long-term plans" in text  # it is written so elsewhere
    assert "Non-Participating" in text


def test_pages_running_headers_and_sentences_over_a_page_break() -> None:
    def page(number: int, *body: str) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.setFont("Helvetica", 9)
            canvas.drawString(72, 810, "ACME Handbook, confidential")
            canvas.drawString(290, 30, f"Page {number} of 4")
            lines(*body)(canvas)

        return draw

    document = load_bytes(
        "a.pdf",
        drawn(
            page(1, "Whoever falls ill calls in before nine in the morning of the first day and"),
            page(2, "brings a note on the third day.", "", "It may be sent by mail."),
            page(3, "Third page with words of its own."),
            page(4, "Fourth page, and it says something else."),
        ),
    )
    assert "confidential" not in document.text
    assert "Page" not in document.text.replace("page", "")
    assert "first day and brings a note" in document.text
    assert [document.text[start:].split()[0] for start in document.pages] == [
        "Whoever",
        "brings",
        "Third",
        "Fourth",
    ]
    assert document.metadata == {"author": "Ann"}


def test_an_empty_page_starts_where_the_next_one_does() -> None:
    document = load_bytes("a.pdf", drawn(lines("First."), lambda canvas: None, lines("Last.")))
    assert document.text == "First.\n\nLast."
    assert document.pages == (0, 8, 8)


def test_the_outline_names_headings_that_look_like_text() -> None:
    def draw(canvas: Canvas) -> None:
        lines("2.1 Sick leave", "Call in before nine in the morning.")(canvas)
        canvas.bookmarkPage("x")
        canvas.bookmarkPage("y")
        canvas.addOutlineEntry("Leave", "y", level=0)
        canvas.addOutlineEntry("Sick leave", "x", level=1)

    document = load_bytes("a.pdf", drawn(draw))
    assert [(b.level, b.title) for b in document.blocks if b.kind == "heading"] == [(2, "2.1 Sick leave")]


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - x.docx", "x.indd"])
def test_titles_made_by_software_are_not_used(title: str) -> None:
    assert load_bytes("sick_leave.pdf", drawn(lines("Words."), title=title)).title == "sick leave"


def test_a_scan_has_no_text() -> None:
    with pytest.raises(LoadError, match="OCR") as caught:
        load_bytes("a.pdf", drawn(lambda canvas: canvas.rect(10, 10, 50, 50)))
    assert caught.value.code == "no-text"


def test_a_locked_document() -> None:
    data = drawn(lines("Secret."), encrypt=StandardEncryption("user", "owner"))
    with pytest.raises(LoadError) as caught:
        load_bytes("a.pdf", data)
    assert caught.value.code == "locked"


def test_a_document_that_anyone_may_open_is_read() -> None:
    data = drawn(lines("Open."), encrypt=StandardEncryption("", "owner", canPrint=0))
    assert load_bytes("a.pdf", data).text == "Open."


@pytest.mark.parametrize("data", [b"%PDF-1.7\nnothing here", b"%PDF-1.4\n" + b"\0" * 100])
def test_a_broken_document(data: bytes) -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes("a.pdf", data)
    assert caught.value.code == "broken-pdf"


def test_limits_on_pages_and_text() -> None:
    data = drawn(lines("One."), lines("Two."))
    with pytest.raises(LoadError) as caught:
        load_bytes("a.pdf", data, LoadLimits(max_pages=1))
    assert caught.value.code == "too-large"
    with pytest.raises(LoadError) as caught:
        load_bytes("a.pdf", data, LoadLimits(max_text_chars=6))
    assert caught.value.code == "too-large"


def test_a_title_over_several_lines_of_the_cover_is_one() -> None:
    def cover(canvas: Canvas) -> None:
        for words, size, top in [("Isbrook Ltd", 28, 700), ("Travel rules", 20, 640)]:
            canvas.setFont("Helvetica", size)
            canvas.drawString(72, top, words)

    document = load_bytes("a.pdf", drawn(cover, lines("Ask first, and keep the receipt.", "Then go.")))
    assert document.title == "Isbrook Ltd – Travel rules"


def test_what_two_pages_both_begin_and_end_with_stays_on_the_first() -> None:
    def page(number: int, words: str) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.drawString(72, 800, "Isbrook travel rules")
            canvas.drawString(72, 700, words)
            canvas.drawString(72, 30, f"Page {number} of 2")

        return draw

    document = load_bytes("a.pdf", drawn(page(1, "Ask first."), page(2, "Keep the receipt.")))
    assert document.text.split("\n\n") == ["Isbrook travel rules", "Ask first.", "Keep the receipt."]
    assert len(document.pages) == 2


def test_two_pages_that_say_the_same_stay() -> None:
    document = load_bytes("a.pdf", drawn(lines("Ticket, row 5"), lines("Ticket, row 6")))
    assert document.text.split("\n\n") == ["Ticket, row 5", "Ticket, row 6"]


THINGS = ["Bolts", "Nuts", "Clamps", "Hinges", "Locks"]


def test_rows_and_items_that_differ_in_numbers_are_no_running_headers() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        first = 10 * number

        def draw(canvas: Canvas) -> None:
            for place, row in enumerate(range(first, first + 10)):
                canvas.drawString(72, 780 - 20 * place, f"Item {1000 + row}")
                canvas.drawString(300, 780 - 20 * place, f"{200 + row}.50")
            canvas.drawString(72, 560, f"{number + 3}. {THINGS[number]} are ordered for the hall.")
            canvas.drawString(290, 30, f"{number + 1}")

        return draw

    text = load_bytes("a.pdf", drawn(*map(page, range(5)))).text
    assert [f"Item {row}\t{row - 800}.50" in text for row in range(1000, 1050)] == [True] * 50
    assert [f"{3 + place}. {thing}" in text for place, thing in enumerate(THINGS)] == [True] * 5
    assert not any(line.isdigit() for line in text.splitlines()), "page numbers are left out"
