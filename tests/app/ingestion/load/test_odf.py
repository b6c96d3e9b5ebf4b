"""OpenDocument files."""

from __future__ import annotations

import io
import zipfile

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes

SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in [
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"),
        ("presentation", "presentation"),
    ]
)  # fmt: skip


def odf(kind: str, body: str, **more: str) -> bytes:
    body = f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    content = f"<office:document-content {SPACES}>{body}</office:document-content>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        packed.writestr("content.xml", content)
        for name, text in more.items():
            packed.writestr(name, text)
    return out.getvalue()


ROW = "<table:table-row>{}</table:table-row>"
CELL = "<table:table-cell><text:p>{}</text:p></table:table-cell>"


def row(*cells: str) -> str:
    return ROW.format("".join(CELL.format(cell) for cell in cells))


def test_a_text_with_headings_lists_and_tables() -> None:
    body = (
        "<text:tracked-changes><text:p>deleted words</text:p></text:tracked-changes>"
        '<text:h text:outline-level="2">Sick<text:s/>leave</text:h>'
        "<text:p>Call <text:span>before</text:span> nine."
        "<office:annotation><text:p>really?</text:p></office:annotation></text:p>"
        "<text:list><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>deep</text:p>"
        "</text:list-item></text:list></text:list-item></text:list>"
        f"<table:table>{row('Plan', 'Price')}{row('Team', '20')}</table:table>"
    )
    document = load_bytes("a.odt", odf("text", body))
    assert document.text == (
        "Sick leave\n\nCall before nine.\n\n- one\n  - deep\n\n| Plan | Price |\n| --- | --- |\n| Team | 20 |"
    )
    assert [b.kind for b in document.blocks] == ["heading", "paragraph", "list", "table"]
    assert document.blocks[0].level == 2


def test_sheets_name_their_columns_and_empty_space_stays_small() -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384"/>'
    empty = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    body = f'<table:table table:name="Fares">{row("From", "Price")}{row("Ost", "3")}{empty}</table:table>'
    document = load_bytes("a.ods", odf("spreadsheet", body))
    assert document.text == "Fares\n\nFrom: Ost; Price: 3"


def test_slides_are_pages() -> None:
    frame = (
        '<draw:frame presentation:class="{}"><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>'
    )
    page = "<draw:page>{}</draw:page>"
    body = page.format(frame.format("title", "Plan") + frame.format("footer", "Page 1")) + page.format(
        frame.format("outline", "Open in March")
    )
    document = load_bytes("a.odp", odf("presentation", body))
    assert document.text == "Plan\n\nOpen in March"
    assert document.pages == (0, 6)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (odf("text", ""), "no-text"),
        (odf("text", "<text:p>"), "broken-odf"),
        (odf("text", "", **{"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "locked"),
    ],
)
def test_bad_files(data: bytes, code: str) -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes("a.odt", data)
    assert caught.value.code == code
