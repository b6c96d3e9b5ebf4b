"""What a page is read as."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import EntryPoint

import pytest

from app.extensions.entry_points import LOADERS, Extension
from app.ingestion.errors import LoadError
from app.ingestion.load import LoadLimits, load_bytes
from app.ingestion.load.installed import InstalledLoaders
from app.ingestion.web.content import file_name, in_utf8
from app.registry.document import LoadedDocument


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


class _Minutes:
    suffixes: Sequence[str] = (".minutes", ".mins")
    media_types: Sequence[str] = ("Text/X-Minutes",)

    def load(self, name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
        raise NotImplementedError


class _Greedy(_Minutes):
    """Claims what Pincite reads itself, and what says nothing."""

    suffixes = (".greedy",)
    media_types = ("text/html", "text/plain", "application/octet-stream")


def brought(**loaders: type[_Minutes]) -> InstalledLoaders:
    def entry(name: str, loader: type[_Minutes]) -> Extension:
        point = EntryPoint(name, f"{loader.__module__}:{loader.__name__}", LOADERS)
        return Extension(LOADERS, name, "theirs", "1.0", point)

    return InstalledLoaders(lambda: [entry(name, loader) for name, loader in loaders.items()])


@pytest.mark.parametrize(
    ("url", "kind", "name"),
    [
        ("https://x.org/board/7", "text/x-minutes", "7.minutes"),
        ("https://x.org/board/7", "TEXT/X-Minutes; charset=utf-8", "7.minutes"),
        ("https://x.org/board.md", "text/x-minutes", "board.minutes"),
        ("https://x.org/board.mins", "text/plain", "board.mins"),
        ("https://x.org/board.mins", "", "board.mins"),
        ("https://x.org/a", "text/html", "a.html"),
        ("https://x.org/a", "text/plain", "a.txt"),
        ("https://x.org/a.md", "application/octet-stream", "a.md"),
    ],
)
def test_a_loader_that_somebody_brought_reads_pages_of_its_type(url: str, kind: str, name: str) -> None:
    assert file_name(url, kind, brought(minutes=_Minutes, greedy=_Greedy)) == name


def test_a_type_that_says_nothing_is_nobodys() -> None:
    with pytest.raises(LoadError):
        file_name("https://x.org/a", "application/octet-stream", brought(greedy=_Greedy))
