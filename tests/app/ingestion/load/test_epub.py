"""EPUB books."""

from __future__ import annotations

import io
import zipfile

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>The Lighthouse</dc:title><dc:creator>Ann Lund</dc:creator></metadata><manifest>
<item id="two" href="b%20two.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>
<item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
</manifest><spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/></spine></package>"""
CONTENTS = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint>
<navLabel><text>The lamp</text></navLabel><content src="one.xhtml"/></navPoint></navMap></ncx>"""
PAGE = (
    '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
    "<head><title>x</title></head><body>{}</body></html>"
)


def book(**more: str) -> bytes:
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": PACKAGE,
        "OEBPS/toc.ncx": CONTENTS,
        "OEBPS/nav.xhtml": PAGE.format("<nav><a href='one.xhtml'>The lamp</a></nav><p>Contents</p>"),
        "OEBPS/one.xhtml": PAGE.format("<p>It turns every nine seconds.</p>"),
        "OEBPS/b two.xhtml": PAGE.format("<h1>The keeper</h1><p>He sleeps by day.</p>"),
        **more,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def test_chapters_come_in_reading_order_with_their_headings() -> None:
    document = load_bytes("a.epub", book())
    assert document.text == ("The lamp\n\nIt turns every nine seconds.\n\n# The keeper\n\nHe sleeps by day.")
    assert [b.title for b in document.blocks if b.kind == "heading"] == ["The lamp", "The keeper"]
    assert (document.title, document.metadata) == ("The Lighthouse", {"author": "Ann Lund"})


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("META-INF/container.xml", "<no", "broken-epub"),
        ("META-INF/container.xml", "<container/>", "broken-epub"),
        ("OEBPS/book.opf", "", "broken-epub"),
        ("OEBPS/book.opf", "<package/>", "no-text"),
        (
            "META-INF/encryption.xml",
            '<e><m Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></e>',
            "locked",
        ),
    ],
)
def test_bad_books(part: str, content: str, code: str) -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes("a.epub", book(**{part: content}))
    assert caught.value.code == code


def test_veiled_fonts_do_not_lock_a_book() -> None:
    veiled = '<e><m Algorithm="http://www.idpf.org/2008/embedding"/></e>'
    assert load_bytes("a.epub", book(**{"META-INF/encryption.xml": veiled})).title == "The Lighthouse"


def test_a_billion_laughs_are_not_read() -> None:
    lines = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "ha">{lines}]><package>&a11;</package>'
    with pytest.raises(LoadError) as caught:
        load_bytes("a.epub", book(**{"OEBPS/book.opf": bomb}))
    assert caught.value.code == "broken-epub"
