"""Word documents."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest

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
