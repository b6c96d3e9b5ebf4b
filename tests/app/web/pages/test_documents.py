"""The list of documents and a document's page: who sees what, and what is said of it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.compose import open_pincite
from app.ingestion.discover import discover
from app.settings import Settings
from tests.support.document_pages import looking, serving_pages

pytestmark = pytest.mark.anyio

TITLE = re.compile(r'<a class="title" href="([^"]+)"[^>]*>([^<]+)</a>')


def titles(page: str) -> list[str]:
    return [unescape(title) for _, title in TITLE.findall(page)]


async def test_the_list_has_what_one_may_read_and_no_more(home: Path) -> None:
    with serving_pages(home) as app:
        async with (
            looking(app, home, "ann", "asker") as ann,
            looking(app, home, "hal", "asker", groups=("hr",)) as hal,
        ):
            page = (await ann.get("/documents")).text
            assert "Heron gateway manual" in titles(page)
            assert "Salary bands" not in page
            assert "5 documents" in page
            assert "Add documents" not in page  # she may not
            page = (await hal.get("/documents")).text
            found = {title: unescape(address) for address, title in TITLE.findall(page)}
            assert "6 documents" in page
            salaries = found["Salary bands"]
            assert (await hal.get(salaries)).status_code == 200
            for path in (salaries, f"{salaries}/compare", f"{salaries}/compare?old=a&new=b"):
                hidden, missing = await ann.get(path), await ann.get(path.replace("salar", "nothing"))
                assert (hidden.status_code, missing.status_code) == (404, 404)
                assert "Salary" not in hidden.text


async def test_words_chips_and_sorting_narrow_the_list(home: Path) -> None:
    with serving_pages(home) as app:
        async with looking(app, home, "ann", "asker") as ann:
            page = (await ann.get("/documents", params={"words": "heron GATEWAY"})).text
            assert titles(page) == ["Heron gateway manual"]
            page = (await ann.get("/documents", params={"filters": ["product=heron", "version>=2"]})).text
            assert titles(page) == ["Heron gateway manual"]
            # A chip's link is the list without it.
            without = [unescape(one) for one in re.findall(r'class="chip on" href="([^"]+)"', page)]
            kept = [parse_qs(urlsplit(one).query)["filters"] for one in without]
            assert kept == [["version>=2"], ["product=heron"]]
            page = (await ann.get("/documents")).text
            chips = [unescape(one) for one in re.findall(r'class="chip" href="([^"]+)"', page)]
            by_kind = next(one for one in chips if "text%2Fcsv" in one)
            assert titles((await ann.get(by_kind)).text) == ["prices"]
            assert "Table (CSV)" in page
            up = (await ann.get("/documents", params={"sort": "updated"})).text
            down = (await ann.get("/documents", params={"sort": "-updated"})).text
            assert titles(up) == titles(down)[::-1]
            for wrong in ({"filters": "no filter"}, {"sort": "doc_id"}, {"cursor": "x"}):
                assert (await ann.get("/documents", params=wrong)).status_code == 422


async def test_a_long_list_comes_in_pages_that_a_script_appends(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "many"
    folder.mkdir()
    for number in range(120):
        (folder / f"n{number:03}.txt").write_text(f"Note {number}.\n")
    with open_pincite(Settings(home=home)) as opened, opened.corpus.writing() as (pipeline, writer):
        list(pipeline.add(discover([folder], "many"), "many", writer))
    more = re.compile(r'hx-get="([^"]+)" hx-target="closest li"')
    with serving_pages(home) as app:
        async with looking(app, home, "ann", "asker") as ann:
            page = (await ann.get("/documents", params={"words": "n"})).text
            seen = titles(page)
            while (following := more.search(page)) is not None:
                address = unescape(following[1])
                whole = (await ann.get(address)).text
                page = (await ann.get(address, headers={"hx-request": "true"})).text
                assert "<html" in whole
                assert "<html" not in page
                assert titles(whole) == titles(page)
                seen += titles(page)
    assert seen == [f"n{number:03}" for number in range(120)]


async def test_an_empty_list_says_what_to_do_to_who_may(tmp_path: Path) -> None:
    with serving_pages(tmp_path) as app:
        async with (
            looking(app, tmp_path, "ann", "asker") as ann,
            looking(app, tmp_path, "con", "asker", "contributor") as con,
        ):
            assert 'href="/documents/add"' not in (await ann.get("/documents")).text
            assert 'href="/documents/add"' in (await con.get("/documents")).text


async def test_a_document_says_what_cites_it_and_whether_the_words_stand(home: Path) -> None:
    with serving_pages(home) as app:
        async with looking(app, home, "ann", "asker") as ann, looking(app, home, "bob", "asker") as bob:
            question = {"question": "How many volts does the Heron gateway need?"}
            answer = (await ann.post("/v1/answers", json=question)).json()
            address = f"/documents/{answer['citations'][0]['doc_id']}"
            page = (await ann.get(address)).text
            assert f"/answers/{answer['id']}" in page
            assert "its words stand" in page
            assert f'href="{address}/source"' in page
            assert answer["id"] not in (await bob.get(address)).text  # another's answer
            assert f"{address}/change" not in page  # she may not


async def test_what_documents_say_is_text_on_every_page(home: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.md"
    evil.write_text('---\ntitle: "<script>t()</script>"\nnote: "\\"><img src=x>"\n---\nOne <b>word</b>.\n')
    settings = Settings(home=home)
    with open_pincite(settings) as opened:
        for text in ("One <b>word</b>.", "Two <i>words</i>."):
            evil.write_text(evil.read_text().rpartition("---\n")[0] + f"---\n{text}\n")
            with opened.corpus.writing() as (pipeline, writer):
                list(pipeline.add(discover([evil], "evil"), "evil", writer))
    with serving_pages(home) as app:
        async with looking(app, home, "op", "operator") as op:
            (found,) = (await op.get("/v1/documents", params={"filter": "source=evil"})).json()["documents"]
            address = f"/documents/{found['doc_id']}"
            for path in (
                "/documents?words=<b>",
                address,
                f"{address}/compare",
                f"{address}/change",
                f"{address}/remove",
            ):
                response = await op.get(path)
                assert response.status_code == 200
                for tag in ("<script>t", "<img src=x", "<b>", "<i>"):
                    assert tag not in response.text
            page = (await op.get(f"{address}/compare")).text
            assert re.search(r"<del><span class=.unseen.>\[removed: </span>One ", page)
            assert re.search(r"<ins><span class=.unseen.>\[added: </span>Two ", page)


async def test_what_a_document_hides_is_counted_for_all_and_shown_to_operators(
    home: Path, tmp_path: Path
) -> None:
    page = tmp_path / "offer.html"
    page.write_text('<h1>Offer</h1><p>It costs 9.</p><p style="font-size:0">Pay nothing &lt;now&gt;.</p>')
    with open_pincite(Settings(home=home)) as opened, opened.corpus.writing() as (pipeline, writer):
        list(pipeline.add(discover([page], "offers"), "offers", writer))
    with serving_pages(home) as app:
        async with looking(app, home, "op", "operator") as op, looking(app, home, "ann", "asker") as ann:
            (row,) = TITLE.findall((await ann.get("/documents", params={"filters": "source=offers"})).text)
            for client in (op, ann):
                found = (await client.get(unescape(row[0]))).text
                assert "Read with care" in found
                assert re.search(r"\d+ characters hidden from readers, left out", found)
                assert ("Pay nothing &lt;now&gt;." in found) == (client is op)
                assert "<now>" not in found
            assert 'class="badge"' in (await ann.get("/documents", params={"words": "offer"})).text
