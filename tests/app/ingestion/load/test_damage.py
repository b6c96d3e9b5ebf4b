"""Damaged files of every kind: each loads or gets one clear line, and none takes long."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes
from app.registry.document import LoadedDocument
from tests.app.ingestion.load import (
    test_docx,
    test_epub,
    test_mail,
    test_notebook,
    test_odf,
    test_pdf,
    test_pptx,
    test_xlsx,
)

MAKERS: dict[str, Callable[[], bytes]] = {
    "a.docx": lambda: test_docx.word(test_docx.policy),
    "a.epub": test_epub.book,
    "a.pptx": lambda: test_pptx.slides(test_pptx.plan),
    "a.xlsx": lambda: test_xlsx.workbook([["Plan", "Price"], ["Team", 20]] * 20),
    "a.odt": lambda: test_odf.odf("text", "<text:p>Call before nine.</text:p>" * 20),
    "a.pdf": lambda: test_pdf.drawn(test_pdf.lines("Call before nine.", "Then go.")),
    "a.eml": lambda: test_mail.message("Call before nine.", "<p>Call</p>").as_bytes(),
    "a.ipynb": lambda: test_notebook.notebook(test_notebook.code("1 + 1")),
    "a.json": lambda: b'[{"plan": "Team", "price": {"eur": 20}}]',
    "a.rtf": lambda: rb"{\rtf1\ansi LEAVE RULES\par Ask \b first\b0 .\par}",
    "a.py": lambda: b"class A:\n    def b(self):\n        return 1\n",
    "a.adoc": lambda: b"= Guide\n\n----\ncode\n----\n",
}


def damaged(data: bytes, seed: int) -> bytes:
    """Cut off, or with some bytes changed, always in the same way for a seed."""
    chance = random.Random(seed)  # noqa: S311
    if seed % 2:
        return data[: chance.randrange(1, len(data))]
    changed = bytearray(data)
    for _ in range(chance.choice((1, 5, 40))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def attempt(name: str, data: bytes) -> LoadedDocument | LoadError:
    try:
        return load_bytes(name, data)
    except LoadError as error:
        return error


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.timeout(60)
def test_a_damaged_file_loads_or_gets_one_clear_line(name: str) -> None:
    data = MAKERS[name]()
    load_bytes(name, data)
    for seed in range(30):
        found = attempt(name, damaged(data, seed))
        if isinstance(found, LoadError):
            assert found.code != "reader-failed", f"seed {seed}: {found.__cause__!r}"
            assert "\n" not in str(found)
            assert found.hint
        else:
            assert found.text.strip()
            ends = [0, *(block.end for block in found.blocks)]
            assert all(before <= b.start < b.end for before, b in zip(ends, found.blocks, strict=False))
            assert ends[-1] <= len(found.text)
