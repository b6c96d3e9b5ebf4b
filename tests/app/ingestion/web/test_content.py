"""What a page is read as."""

from __future__ import annotations

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes
from app.ingestion.web.content import file_name, in_utf8


@pytest.mark.parametrize(
    ("url", "kind", "name"),
    [
        ("https://x.org/", "text/html", "x.org.html"),
        ("https://x.org/a.php", "text/html;charset=UTF-8", "a.html"),
        ("https://x.org/get/7", "application/pdf", "7.pdf"),
        ("https://x.org/notes.md", "text/plain", "notes.md"),
        ("https://x.org/plan%20b.docx", "application/octet-stream", "plan b.docx"),
        ("https://x.org/readme", "text/plain", "readme.txt"),
        ("https://x.org/a.py", "text/x-python", "a.py"),
    ],
)
def test_the_type_comes_first_and_the_address_where_it_says_little(url: str, kind: str, name: str) -> None:
    assert file_name(url, kind) == name


@pytest.mark.parametrize(("url", "kind"), [("https://x.org/a.html", "image/png"), ("https://x.org/a", "")])
def test_other_content_is_refused(url: str, kind: str) -> None:
    with pytest.raises(LoadError) as caught:
        file_name(url, kind)
    assert caught.value.code == "unsupported-type"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ('<meta charset="utf-8"><p>Zażółć</p>'.encode("iso-8859-2"), "text/html; charset=iso-8859-2"),
        ("<p>Zażółć</p>".encode(), "text/html; charset=no-such"),
        ("<p>Zażółć</p>".encode(), "text/html"),
    ],
)
def test_the_encoding_the_host_names_is_used(data: bytes, kind: str) -> None:
    assert load_bytes("a.html", in_utf8(data, kind)).text == "Zażółć"


def test_binary_content_stays_as_it_is() -> None:
    assert in_utf8(b"%PDF\xff", "application/pdf; charset=latin-1") == b"%PDF\xff"
