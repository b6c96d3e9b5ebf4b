"""A source's page: the cited words of a version, for those who may read it, whole or beside an answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI

from app.api.application import create_app
from app.api.service import make_service
from app.compose import Pincite, open_pincite
from app.identity.caller import Caller
from app.ingestion.discover import discover
from app.jobs.open import open_jobs
from app.registry.requester import Requester
from app.settings import Settings
from app.web.addresses import source_address
from app.web.pages_beside import make_pages
from app.web.site import POLICY
from tests.app.ingestion.load.test_pdf import drawn, lines
from tests.support.tame_html import assert_tame, lit_words

pytestmark = pytest.mark.anyio

FILES = {
    "leave.md": "# Leave\n\n## Parents\n\nParents get **16 weeks** of leave.\n",
    "board.md": "---\ngroups: [board]\n---\n# Board\n\nThe forecast is 9 million.\n",
    "book.md": "# Book\n\n" + "\n\n".join(f"Paragraph {n} is about topic {n}." for n in range(900)),
    "line.txt": "word " * 20_000 + "needle in the end\n",
    "evil.md": "# Evil <script>x</script>\u202e\n\n<img src=x onerror=alert(1)> The refund takes 30 days.\n",
}
ASKER = Caller(user="ann")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pincite]:
    folder = tmp_path_factory.mktemp("shelf")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with open_pincite(Settings(home=tmp_path_factory.mktemp("home"))) as opened:
        add(opened, folder)
        yield opened


def add(pincite: Pincite, folder: Path) -> None:
    with pincite.corpus.writing() as (pipeline, writer):
        assert not [one for one in pipeline.add(discover([folder], "s"), "s", writer) if one.error]


_made: dict[Caller, tuple[Pincite, FastAPI]] = {}
"""Applications, by who asks: making one takes a second."""


def app_for(pincite: Pincite, caller: Caller) -> FastAPI:
    known, app = _made.get(caller, (None, None))
    if app is None or known is not pincite:
        service = make_service(pincite.settings, lambda _tenant: pincite)
        app = create_app(replace(service, identify=lambda _headers: caller), beside=make_pages())
        _made[caller] = (pincite, app)
    return app


def client_of(pincite: Pincite, caller: Caller = ASKER) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app_for(pincite, caller), raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers={"accept": "text/html"}, timeout=60
    )


def address_of(pincite: Pincite, name: str, quote: str, version: str = "") -> str:
    record = next(one for one in pincite.registry.documents() if one.uri.endswith(name))
    text = pincite.registry.text(record.doc_id, version or record.version)
    assert text is not None
    start = text.index(quote)
    return source_address(record.doc_id, version or record.version, start, start + len(quote))


async def looked(
    pincite: Pincite, address: str, beside: bool = False, caller: Caller = ASKER
) -> tuple[httpx.Response, BeautifulSoup]:
    async with client_of(pincite, caller) as client:
        response = await client.get(address, headers={"hx-request": "true"} if beside else {})
    return response, BeautifulSoup(response.text, "html.parser")


def text_of(soup: BeautifulSoup) -> BeautifulSoup:
    (shown,) = soup.select("#source-text")
    return assert_tame(shown.decode_contents())


async def test_a_whole_page_opens_at_the_cited_words(shelf: Pincite) -> None:
    response, soup = await looked(shelf, address_of(shelf, "leave.md", "**16 weeks** of leave"))
    assert response.status_code == 200
    assert response.headers["content-security-policy"] == POLICY
    assert lit_words(text_of(soup)) == "16 weeks of leave"
    assert [(one.name, one.get_text()) for one in soup.select("h1, h2, h3")] == [
        ("h1", "Leave"),
        ("h2", "Leave"),
        ("h3", "Parents"),
    ]
    assert soup.select_one(".path").get_text() == "Parents"  # type: ignore[union-attr]
    assert "Current version" in soup.get_text()


async def test_beside_an_answer_it_is_a_piece_with_a_button_that_closes_it(shelf: Pincite) -> None:
    address = address_of(shelf, "leave.md", "16 weeks")
    _, soup = await looked(shelf, address, beside=True)
    assert soup.find("html") is None
    assert soup.h2 is not None
    assert soup.h2.get_text() == "Leave"
    (button,) = soup.select("button[data-close]")
    assert button["aria-label"] == "Close the source"
    assert lit_words(text_of(soup)) == "16 weeks"
    assert address in {one["href"] for one in soup.find_all("a")}


async def test_without_words_the_document_is_shown_from_its_beginning(shelf: Pincite) -> None:
    address = address_of(shelf, "leave.md", "Leave").partition("?")[0]
    response, soup = await looked(shelf, address)
    assert (response.status_code, lit_words(text_of(soup))) == (200, "")
    assert "Parents get 16 weeks of leave." in soup.get_text()


async def test_who_may_not_read_it_sees_that_there_is_nothing(shelf: Pincite) -> None:
    address = address_of(shelf, "board.md", "9 million")
    for beside in (False, True):
        refused, _ = await looked(shelf, address, beside)
        assert refused.status_code == 404
        assert "million" not in refused.text
        assert "Board" not in refused.text
    reader = Caller(user="eve", groups=("board",))
    allowed, soup = await looked(shelf, address, caller=reader)
    assert (allowed.status_code, lit_words(text_of(soup))) == (200, "9 million")
    nobody, _ = await looked(shelf, address, caller=replace(reader, roles=frozenset()))
    assert nobody.status_code == 403


async def test_words_and_versions_that_are_not_there_are_refused(shelf: Pincite) -> None:
    (doc_id,) = (one.doc_id for one in shelf.registry.documents() if one.uri.endswith("leave.md"))
    for query, status in [
        ("version=nothing", 404),
        ("start=0&end=100000", 422),
        ("start=9&end=3", 422),
        ("start=-1&end=3", 422),
        ("from=100000", 422),
        ("from=x", 422),
    ]:
        response, _ = await looked(shelf, f"/documents/{doc_id}/source?{query}")
        assert response.status_code == status, query
        assert response.headers["content-type"].startswith("text/html")


async def test_a_long_document_is_read_on_part_by_part(shelf: Pincite) -> None:
    response, soup = await looked(shelf, address_of(shelf, "book.md", "Paragraph 450 is"), beside=True)
    assert len(response.text) < 60_000
    assert lit_words(text_of(soup)) == "Paragraph 450 is"
    seen = soup.select_one("#source-text").get_text()  # type: ignore[union-attr]
    for words, step in (("Show what comes after", 1), ("Show what comes before", -1)):
        at, page = seen, soup
        for _ in range(30):
            link = next((one for one in page.find_all("a") if one.get_text() == words), None)
            if link is None:
                break
            assert link["hx-target"] == "#source"
            _, page = await looked(shelf, str(link["hx-get"]), beside=True)
            at = page.select_one("#source-text").get_text()  # type: ignore[union-attr]
            assert lit_words(text_of(page)) in ("", "Paragraph 450 is")
        last = "Paragraph 899 is" if step > 0 else "Paragraph 0 is"
        assert last in at
        there = any(one.get_text() == "Show them" for one in page.find_all("a"))
        assert there == ("Paragraph 450 is" not in at)


async def test_a_huge_line_is_cut_around_the_words_and_says_so(shelf: Pincite) -> None:
    response, soup = await looked(shelf, address_of(shelf, "line.txt", "needle in"))
    assert len(response.text) < 60_000
    assert lit_words(text_of(soup)) == "needle in"
    assert "a long line is cut here" in soup.get_text()


async def test_a_hostile_document_has_no_life_on_the_page(shelf: Pincite) -> None:
    _, soup = await looked(shelf, address_of(shelf, "evil.md", "The refund takes 30 days."))
    assert lit_words(text_of(soup)) == "The refund takes 30 days."
    assert "<img src=x onerror=alert(1)>" in soup.select_one("#source-text").get_text()  # type: ignore[union-attr]
    scripts = [one for one in soup.find_all("script") if not str(one.get("src", "")).startswith("/static/")]
    assert scripts == []
    # A right-to-left override is closed in with the title that has it.
    assert all("\u202e" not in str(one) or one.find_parent("bdi") for one in soup.h1.find_all(string=True))  # type: ignore[union-attr]


async def test_an_earlier_version_is_shown_as_it_was_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    with open_pincite(Settings(home=tmp_path / "home")) as pincite:
        (folder / "fuse.md").write_text("# Fuse\n\nThe fuse is rated for 3 ampere.\n")
        add(pincite, folder)
        (earlier,) = pincite.registry.documents()
        (folder / "fuse.md").write_text("# Fuse\n\nThe fuse is rated for 5 ampere.\n")
        add(pincite, folder)
        _, soup = await looked(pincite, address_of(pincite, "fuse.md", "3 ampere", earlier.version), True)
        assert lit_words(text_of(soup)) == "3 ampere"
        assert "An earlier version; the current one may differ" in soup.get_text()
        link = next(one for one in soup.find_all("a") if one.get_text() == "Open the current one")
        _, current = await looked(pincite, str(link["href"]))
        assert "5 ampere" in current.get_text()
        assert "earlier version" not in current.get_text()


async def test_an_uploaded_pdf_shows_its_page_with_the_words_on_it(tmp_path: Path) -> None:
    data = drawn(lines("The warranty lasts 24 months."), lines("Batteries are excluded.", "So are cables."))
    ann = Requester("ann")
    with open_pincite(Settings(home=tmp_path / "home")) as pincite:
        jobs = open_jobs(pincite.corpus)
        upload = jobs.uploads.begin(ann, "w.pdf", hashlib.sha256(data).hexdigest(), len(data), readers=["hr"])
        jobs.uploads.append(ann, upload.id, 0, data)
        jobs.uploads.finish(ann, [upload.id])
        jobs.worker.work_off()
        address = address_of(pincite, "w.pdf", "cables")
        _, soup = await looked(pincite, address, True, Caller(user="ann", groups=("hr",)))
        (image,) = soup.select(".page-image img")
        assert str(image["src"]).endswith("/pages/2/image?scale=2")
        (svg,) = soup.select(".page-image svg")
        assert svg["viewbox"] == "0 0 595.28 841.89"
        (place,) = soup.select(".page-image rect")
        # On the second line, 13.2 points below the first, which stands 700 points above the page's end.
        top, height = float(str(place["y"])), float(str(place["height"]))
        assert top < 841.89 - 700 + 13.2 < top + height
        assert 72 < float(str(place["x"])) < 140
        assert [one.get_text() for one in soup.select("#source-text mark")] == ["cables"]
        assert [one.get("id") for one in soup.select("[id=lit]")] == ["lit"]
        assert [one.get_text() for one in soup.select("#source-text h3")] == ["Page 1", "Page 2"]
        refused, _ = await looked(pincite, address)
        assert refused.status_code == 404
