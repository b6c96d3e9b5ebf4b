"""Word documents."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from app.ingestion.errors import LoadError
from app.ingestion.load import LoadLimits, load_bytes


def word(build: Any = None) -> bytes:
    document = docx.Document()
    document.core_properties.title = ""
    document.core_properties.author = "Ann"
    if build:
        build(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def policy(document: Any) -> None:
    document.core_properties.keywords = "groups: hr, all; other"
    document.add_heading("Leave policy", 0)
    document.add_heading("Sick leave", 1)
    document.add_paragraph("Call before 9:00.")
    document.add_paragraph("first", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Plan", "Price", "Team", "20"], strict=True):
        cell.text = text


def test_a_word_document() -> None:
    document = load_bytes("a.docx", word(policy))
    assert document.text == (
        "# Leave policy\n\n# Sick leave\n\nCall before 9:00.\n\n- first\n\n"
        "| Plan | Price |\n| --- | --- |\n| Team | 20 |"
    )
    assert document.title == "Leave policy"
    assert document.metadata == {"author": "Ann", "groups": ["hr", "all"]}


def test_a_document_without_text() -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes("a.docx", word())
    assert caught.value.code == "no-text"


def test_a_zip_bomb_is_not_unpacked() -> None:
    data = archive(**{"word/document.xml": b"\0" * 20_000_000})
    with pytest.raises(LoadError, match=r"19\.1 MiB") as caught:
        load_bytes("a.docx", data)
    assert caught.value.code == "zip-bomb"


def test_the_unpacked_limit_holds() -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes("a.docx", word(policy), LoadLimits(max_unpacked_bytes=1000))
    assert caught.value.code == "zip-bomb"


@pytest.mark.parametrize("content", [b"<not xml", b"", b"<a/>"])
def test_a_damaged_document(content: bytes) -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes("a.docx", archive(**{"word/document.xml": content}))
    assert caught.value.code == "broken-docx"


def test_damaged_bytes_inside_the_container() -> None:
    data = bytearray(word(policy))
    start = data.find(b"word/document.xml") + 60
    data[start : start + 200] = b"\xff" * 200
    with pytest.raises(LoadError) as caught:
        load_bytes("a.docx", bytes(data))
    assert caught.value.code == "broken-docx"


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (archive(**{"readme.txt": b"hi"}), "not-docx", "plain ZIP archive"),
        (archive(**{"xl/workbook.xml": b"hi"}), "not-docx", "Excel"),
        (b"hello", "not-docx", "not an Office file"),
        (b"PK\x03\x04 cut off", "not-docx", "broken ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not-docx", "old or encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked", "password"),
    ],
)
def test_files_that_only_look_like_word(data: bytes, code: str, words: str) -> None:
    with pytest.raises(LoadError, match=words) as caught:
        load_bytes("a.docx", data)
    assert caught.value.code == code


MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
CHART = """<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart>
<c:title><c:tx><c:rich><a:p><a:r><a:t>Guests</a:t></a:r></a:p></c:rich></c:tx></c:title>
<c:plotArea><c:bar3DChart><c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>Ferry</c:v>
</c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>May</c:v>
</c:pt></c:strCache></c:strRef></c:cat>
<c:val><c:numRef><c:numCache><c:pt idx="0"><c:v>12.50</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>
</c:bar3DChart></c:plotArea></c:chart></c:chartSpace>"""


def formula(inner: str) -> Any:
    def build(document: Any) -> None:
        paragraph = document.add_paragraph("Area:")
        paragraph._p.append(parse_xml(f"<m:oMath {MATH}>{inner}</m:oMath>"))
        paragraph.add_run("in metres.")

    return build


def run(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("inner", "line"),
    [
        (f"{run('A=π')}<m:sSup><m:e>{run('r')}</m:e><m:sup>{run('2')}</m:sup></m:sSup>", "A=πr^2"),
        (f"<m:f><m:fPr/><m:num>{run('a+b')}</m:num><m:den>{run('2')}</m:den></m:f>", "(a+b)/2"),
        (f"<m:rad><m:deg/><m:e>{run('x')}</m:e></m:rad>", "√(x)"),
        (
            f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{run("i=1")}</m:sub>'
            f"<m:sup>{run('n')}</m:sup><m:e>{run('i')}</m:e></m:nary>",
            "∑_(i=1)^n i",
        ),
    ],
)
def test_formulas_are_one_line_of_text(inner: str, line: str) -> None:
    assert load_bytes("a.docx", word(formula(inner))).text == f"Area: {line} in metres."


def test_a_formula_on_a_line_of_its_own() -> None:
    def build(document: Any) -> None:
        paragraph = document.add_paragraph()
        paragraph._p.append(parse_xml(f"<m:oMathPara {MATH}><m:oMath>{run('E=m')}</m:oMath></m:oMathPara>"))

    assert load_bytes("a.docx", word(build)).text == "E=m"


def test_a_chart_is_a_table_at_the_end() -> None:
    data = io.BytesIO(word(lambda document: document.add_paragraph("Words.")))
    with zipfile.ZipFile(data, "a") as packed:
        packed.writestr("word/charts/chart1.xml", CHART)
        packed.writestr("word/charts/chart2.xml", "<damaged")
    text = load_bytes("a.docx", data.getvalue()).text
    assert text == "Words.\n\nChart: Guests\n\n|  | Ferry |\n| --- | --- |\n| May | 12.5 |"
