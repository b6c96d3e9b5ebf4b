"""Logging in and out on the pages, and what a cookie may not do."""

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

HERE = {"origin": "http://127.0.0.1"}


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home)


@pytest.fixture
def key(settings: Settings) -> str:
    return key_store(settings).issue("ann's", user="ann", tenant=settings.tenant).secret


@pytest.fixture
async def browser(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    with open_pincite(settings) as pincite:
        async with browser_of(pages_of(pincite, required=True)) as browser:
            yield browser


async def log_in(browser: httpx.AsyncClient, key: str, to: str = "/") -> httpx.Response:
    return await browser.post("/log-in", data={"key": key, "next": to}, headers=HERE)


async def test_who_is_not_known_is_asked_for_a_key_and_comes_back(
    browser: httpx.AsyncClient, key: str
) -> None:
    sent = await browser.get("/documents?x=1")
    assert (sent.status_code, sent.headers["location"]) == (303, "/log-in?next=%2Fdocuments%3Fx%3D1")
    page = soup_of(await browser.get(sent.headers["location"]))
    assert page.select_one("input[name=next]")["value"] == "/documents?x=1"  # type: ignore[index]
    back = await log_in(browser, key, "/documents?x=1")
    assert (back.status_code, back.headers["location"]) == (303, "/documents?x=1")
    assert (await browser.get("/")).status_code == 200


async def test_a_script_is_sent_to_the_log_in_as_a_page_is(browser: httpx.AsyncClient) -> None:
    sent = await browser.post("/ask", data={"question": "x"}, headers={"hx-request": "true", **HERE})
    assert (sent.status_code, sent.headers["hx-redirect"]) == (204, "/log-in?next=%2F")


async def test_the_cookie_is_for_this_site_and_no_script(browser: httpx.AsyncClient, key: str) -> None:
    cookie = (await log_in(browser, key)).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert key not in cookie


async def test_a_wrong_key_is_said_in_words(browser: httpx.AsyncClient) -> None:
    refused = await log_in(browser, "pck_wrong")
    assert refused.status_code == 401
    assert "not valid" in soup_of(refused).select_one("[role=alert]#why").text  # type: ignore[union-attr]
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
async def test_nobody_is_sent_elsewhere_after_logging_in(
    browser: httpx.AsyncClient, key: str, to: str
) -> None:
    assert (await log_in(browser, key, to)).headers["location"] == "/"


async def test_logging_out_ends_the_session_for_whoever_has_the_cookie(
    browser: httpx.AsyncClient, key: str
) -> None:
    await log_in(browser, key)
    stolen = dict(browser.cookies)
    assert (await browser.post("/log-out", headers=HERE)).status_code == 303
    browser.cookies.update(stolen)
    assert (await browser.get("/")).status_code == 303


async def test_revoking_the_key_ends_its_sessions(
    browser: httpx.AsyncClient, key: str, settings: Settings
) -> None:
    await log_in(browser, key)
    assert (await browser.get("/")).status_code == 200
    key_store(settings).revoke("ann's")
    assert (await browser.get("/")).status_code == 303


async def test_a_page_of_others_changes_nothing_with_the_cookie(browser: httpx.AsyncClient, key: str) -> None:
    await log_in(browser, key)
    asked = {"question": "How many volts?", "conversation": "c"}
    for forged in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {}):
        refused = await browser.post("/ask", data=asked, headers=forged)
        assert refused.status_code == 403
    # A key that is shown by itself is no cookie: no other page has it.
    plain = await browser.post(
        "/v1/answers", json={"question": "How many volts?"}, headers={"authorization": f"Bearer {key}"}
    )
    assert plain.status_code == 200


async def test_the_session_is_good_for_the_api_of_the_same_server(
    browser: httpx.AsyncClient, key: str
) -> None:
    await log_in(browser, key)
    assert (await browser.get("/v1/threads")).json() == []
