"""PowerPoint presentations."""

from __future__ import annotations

import io
from typing import Any

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes

PLACE = (Inches(1), Inches(2), Inches(6), Inches(2))


def slides(build: Any) -> bytes:
    presentation = pptx.Presentation()
    build(presentation)
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def plan(presentation: Any) -> None:
    presentation.core_properties.keywords = "groups: sales"
    first = presentation.slides.add_slide(presentation.slide_layouts[1])
    first.shapes.title.text = "Plan\x0bfor spring"
    first.placeholders[1].text = "Open in March\nHire two people"
    first.placeholders[1].text_frame.paragraphs[1].level = 1
    first.notes_slide.notes_text_frame.text = "Mention the lease."
    presentation.slides.add_slide(presentation.slide_layouts[6])
    third = presentation.slides.add_slide(presentation.slide_layouts[5])
    third.shapes.title.text = "Costs"
    table = third.shapes.add_table(3, 2, *PLACE).table
    for row, cells in enumerate([("Rent", "900"), ("Heat", "80"), ("", "95")]):
        for column, words in enumerate(cells):
            table.cell(row, column).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    group = third.shapes.add_group_shape()
    group.shapes.add_textbox(*PLACE).text_frame.text = "All in euros."


def test_slides_are_pages_with_titles_lists_tables_and_notes() -> None:
    document = load_bytes("plan.pptx", slides(plan))
    assert document.text == (
        "Plan for spring\n\n- Open in March\n  - Hire two people\n\nNotes: Mention the lease.\n\n"
        "Costs\n\n| Rent | 900 |\n| --- | --- |\n| Heat | 80 |\n| Heat | 95 |\n\nAll in euros."
    )
    assert [block.kind for block in document.blocks] == [
        "heading", "list", "paragraph", "heading", "table", "paragraph",
    ]  # fmt: skip
    assert document.title == "Plan for spring"
    assert document.metadata["groups"] == ["sales"]
    assert document.pages == (0, document.text.index("Costs"), document.text.index("Costs"))


def test_a_chart_is_a_table() -> None:
    def build(presentation: Any) -> None:
        data = CategoryChartData()
        data.categories = ["2025", "2026"]
        data.add_series("Ferries", (12, 13.5))
        slide = presentation.slides.add_slide(presentation.slide_layouts[6])
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *PLACE, data)

    document = load_bytes("a.pptx", slides(build))
    assert document.text == "|  | Ferries |\n| --- | --- |\n| 2025 | 12 |\n| 2026 | 13.5 |"


def test_a_presentation_without_text() -> None:
    data = slides(lambda presentation: presentation.slides.add_slide(presentation.slide_layouts[6]))
    with pytest.raises(LoadError, match="none of the 1 slides") as caught:
        load_bytes("a.pptx", data)
    assert caught.value.code == "no-text"


def test_an_empty_last_slide_is_a_page() -> None:
    def build(presentation: Any) -> None:
        presentation.slides.add_slide(presentation.slide_layouts[5]).shapes.title.text = "Plan"
        presentation.slides.add_slide(presentation.slide_layouts[6])

    assert load_bytes("a.pptx", slides(build)).pages == (0, 4)


def test_parts_under_a_password_are_named() -> None:
    data = bytearray(slides(plan))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1  # the flag of an encrypted part, in the archive's directory
    with pytest.raises(LoadError) as caught:
        load_bytes("a.pptx", bytes(data))
    assert caught.value.code == "locked"
