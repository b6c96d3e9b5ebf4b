"""Passages found for words: by page and by API, for who may read them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.compose import open_pincite
from app.identity.identify import key_store
from app.settings import Settings
from tests.support.pages import browser_of, pages_of, soup_of

pytestmark = pytest.mark.anyio

VOLTS = "How many volts does the Heron gateway need?"
SALARY = "What does an engineer of band E4 earn?"


@pytest.fixture
async def people(home: Path) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    settings = Settings(home=home)
    keys = key_store(settings)
    with open_pincite(settings) as pincite:
        app = pages_of(pincite, required=True)
        clients = {}
        for user, groups in {"ann": [], "hilda": ["hr"]}.items():
            secret = keys.issue(user, user=user, tenant="default", groups=groups, roles=["asker"]).secret
            clients[user] = browser_of(app, authorization=f"Bearer {secret}")
        yield clients
        for client in clients.values():
            await client.aclose()


async def test_passages_are_shown_with_the_words_and_a_link_to_the_place(
    people: dict[str, httpx.AsyncClient],
) -> None:
    page = soup_of(await people["ann"].get("/search", params={"q": VOLTS}))
    hits = page.select(".hits > li")
    assert "The Heron gateway needs a supply of 12 volts" in " ".join(hits[0].text.split())
    assert {"Heron", "gateway", "volts"} <= {one.text for one in hits[0].select("mark")}
    link = hits[0].select_one("h3 a")
    assert link is not None
    opened = await people["ann"].get(str(link["href"]).partition("#")[0])
    assert opened.status_code == 200
    assert "12 volts" in opened.text
    assert page.select_one('nav[aria-label="Pages"] a[aria-current="page"]').text == "Search"  # type: ignore[union-attr]


async def test_nobody_finds_what_they_may_not_read(people: dict[str, httpx.AsyncClient]) -> None:
    asked: dict[str, str | int] = {"query": SALARY, "limit": 50}
    theirs = (await people["hilda"].get("/v1/search", params=asked)).json()["passages"]
    mine = (await people["ann"].get("/v1/search", params=asked)).json()["passages"]
    assert mine
    secret = {one["doc_id"] for one in theirs[:1]}
    assert not secret & {one["doc_id"] for one in mine}
    page = (await people["ann"].get("/search", params={"q": SALARY})).text
    assert not [one for one in secret if one in page]
    assert [one for one in secret if one in (await people["hilda"].get("/search", params={"q": SALARY})).text]


async def test_pages_go_on_where_the_one_before_ended(
    people: dict[str, httpx.AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    def places(shown: httpx.Response) -> list[str]:
        return [str(one["href"]) for one in soup_of(shown).select(".hits h3 a")]

    monkeypatch.setattr("app.web.pages.search.ON_A_PAGE", 2)
    first = await people["ann"].get("/search", params={"q": VOLTS})
    more = soup_of(first).select_one('a[rel="next"]')
    assert more is not None
    second = await people["ann"].get(str(more["href"]))
    assert soup_of(second).select_one("ol.hits")["start"] == "3"  # type: ignore[index]
    assert len(places(first)) == len(places(second)) == 2
    assert not set(places(first)) & set(places(second))
    found = (await people["ann"].get("/v1/search", params={"query": VOLTS, "limit": 50})).json()
    assert found["more"] is False
    later = await people["ann"].get("/v1/search", params={"query": VOLTS, "limit": 2, "offset": 2})
    assert later.json()["passages"] == found["passages"][2:4]
    assert later.json()["more"] is True


async def test_filters_narrow_and_are_taken_off_again(people: dict[str, httpx.AsyncClient]) -> None:
    page = soup_of(await people["ann"].get("/search", params={"q": VOLTS}))
    chip = page.select_one(".narrow-by a.chip")
    assert chip is not None
    narrowed = soup_of(await people["ann"].get(str(chip["href"])))
    (off,) = narrowed.select(".chip.on")
    assert "filters" not in str(off["href"])
    assert 0 < len(narrowed.select(".hits > li")) <= len(page.select(".hits > li"))
    none = await people["ann"].get("/search", params={"q": VOLTS, "filters": "product=nobody"})
    assert "No document that you may read" in none.text
    asked = {"query": VOLTS, "filter": "product=nobody"}
    assert (await people["ann"].get("/v1/search", params=asked)).json()["passages"] == []
    assert (await people["ann"].get("/v1/search", params={"query": "x", "filter": "=="})).status_code == 422


async def test_what_is_looked_for_is_text_alone(people: dict[str, httpx.AsyncClient]) -> None:
    hostile = '"><script>alert(1)</script> gateway'
    page = await people["ann"].get("/search", params={"q": hostile, "filters": "product=<img src=x>"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    empty = await people["ann"].get("/search")
    assert empty.status_code == 200
    assert not soup_of(empty).select(".hits")


async def test_marks_of_markdown_are_not_shown(people: dict[str, httpx.AsyncClient]) -> None:
    page = soup_of(await people["ann"].get("/search", params={"q": "When does the café open?"}))
    assert [one.text.strip() for one in page.select(".hits blockquote")]
    assert not [one.text for one in page.select(".hits blockquote") if one.text.lstrip().startswith("#")]
