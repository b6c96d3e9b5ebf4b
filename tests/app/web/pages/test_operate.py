"""Keys, questions and the audit log on pages, and who may see them."""

from __future__ import annotations

import re
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
async def browser(home: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in as an operator."""
    settings = Settings(home=home)
    key = key_store(settings).issue("otto's", user="otto", tenant=settings.tenant, roles=["operator"]).secret
    with open_pincite(settings) as pincite:
        async with browser_of(pages_of(pincite, required=True), **HERE) as browser:
            await browser.post("/log-in", data={"key": key})
            yield browser


@pytest.fixture
async def asker(home: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(home=home)
    key = key_store(settings).issue("ann's", user="ann", tenant=settings.tenant).secret
    with open_pincite(settings) as pincite:
        async with browser_of(pages_of(pincite, required=True), **HERE) as browser:
            await browser.post("/log-in", data={"key": key})
            yield browser


MADE = {"name": "For the site", "user": "ann", "groups": "hr, it", "roles": ["asker"], "days": "30"}


async def test_a_key_is_made_shown_once_used_and_revoked(browser: httpx.AsyncClient) -> None:
    made = await browser.post("/operate/keys", data=MADE)
    assert made.status_code == 201
    secret = soup_of(made).select_one(".secret").text  # type: ignore[union-attr]
    shown = {"authorization": f"Bearer {secret}"}
    me = (await browser.get("/v1/me", headers=shown)).json()
    assert (me["user"], me["groups"], me["roles"]) == ("ann", ["hr", "it"], ["asker"])
    listed = await browser.get("/operate/keys")
    assert secret not in listed.text
    (ident,) = re.findall(r"/operate/keys/(\w+)/revoke\" aria-label=\"Revoke For the site", listed.text)
    assert "Whoever uses it" in (await browser.get(f"/operate/keys/{ident}/revoke")).text
    gone = await browser.post(f"/operate/keys/{ident}/revoke", follow_redirects=True)
    assert soup_of(gone).select_one("[role=status]").text.startswith("The key is revoked")  # type: ignore[union-attr]
    assert (await browser.get("/v1/me", headers=shown)).status_code == 401
    told = [one["action"] for one in (await browser.get("/v1/audit")).json()]
    assert told[:2] == ["keys.revoke", "keys.issue"]


async def test_a_rotated_keys_successor_may_do_the_same(browser: httpx.AsyncClient) -> None:
    await browser.post("/operate/keys", data=MADE)
    listed = await browser.get("/operate/keys")
    (ident,) = re.findall(
        r"/keys/(\w+)/rotate\"><button class=\"quiet\" aria-label=\"Rotate For", listed.text
    )
    made = await browser.post(f"/operate/keys/{ident}/rotate")
    secret = soup_of(made).select_one(".secret").text  # type: ignore[union-attr]
    me = (await browser.get("/v1/me", headers={"authorization": f"Bearer {secret}"})).json()
    assert (me["user"], me["groups"]) == ("ann", ["hr", "it"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"name": ""}, "name"), ({"roles": []}, "role"), ({"days": "0"}, "days"), ({"roles": ["king"]}, "king")],
)
async def test_a_key_that_cannot_be_is_said_and_what_was_typed_stays(
    browser: httpx.AsyncClient, changed: dict[str, str], said: str
) -> None:
    refused = await browser.post("/operate/keys", data={**MADE, **changed})
    page = soup_of(refused)
    assert refused.status_code == 422
    assert said in page.select_one("main [role=alert].problem").text  # type: ignore[union-attr]
    assert page.select_one("#user")["value"] == "ann"  # type: ignore[index]


async def test_a_question_is_handed_over_listed_and_closed(browser: httpx.AsyncClient) -> None:
    asked = "Who waters the <b>plants</b>?"
    over = await browser.post("/questions", data={"question": asked}, headers={"hx-request": "true"})
    assert "question 1" in over.text
    page = await browser.get("/operate/questions")
    assert soup_of(page).select_one(".rows bdi").text == asked  # type: ignore[union-attr]
    assert (await browser.get("/v1/questions")).json()[0]["question"] == asked
    await browser.post("/operate/questions/1/close")
    assert "No question waits" in (await browser.get("/operate/questions")).text
    assert (await browser.delete("/v1/questions/1")).status_code == 404


async def test_spending_and_the_audit_log_are_shown(browser: httpx.AsyncClient) -> None:
    await browser.post("/operate/keys", data=MADE)
    assert "keys.issue" in soup_of(await browser.get("/operate/audit")).select("td")[2].text
    keys = (await browser.get("/v1/keys")).json()
    valid = [key for key in keys if not key["revoked_at"]]
    assert f"{len(valid)} valid keys of {len(keys)}" in (await browser.get("/operate")).text


@pytest.mark.parametrize("path", ["/operate", "/operate/keys", "/operate/questions", "/operate/audit"])
async def test_who_only_asks_is_not_let_in(asker: httpx.AsyncClient, path: str) -> None:
    refused = await asker.get(path)
    assert refused.status_code == 403
    assert soup_of(refused).select_one("h1").text == "This is not for you"  # type: ignore[union-attr]
    links = [str(one["href"]) for one in soup_of(await asker.get("/")).select("a[href]")]
    assert links
    assert not any(link.startswith("/operate") for link in links)
    assert (await asker.post("/operate/keys", data=MADE)).status_code == 403


async def test_days_that_are_no_number_lose_nothing_that_was_typed(browser: httpx.AsyncClient) -> None:
    refused = await browser.post("/operate/keys", data={**MADE, "days": "a month"})
    assert refused.status_code == 422
    page = soup_of(refused)
    assert "whole number" in page.select_one("p.problem").text  # type: ignore[union-attr]
    typed = {str(one["name"]): str(one["value"]) for one in page.select("input[type=number], input[id]")}
    assert (typed["name"], typed["groups"], typed["days"]) == (MADE["name"], MADE["groups"], "a month")


async def test_a_page_that_breaks_down_is_logged_and_named(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr("app.web.pages.operate.usage_of", broken)
    failed = await browser.get("/operate", headers={"x-request-id": "order-1234"})
    assert failed.status_code == 500
    assert "order-1234" in soup_of(failed).select_one("main").text  # type: ignore[union-attr]
    assert "the disk is on fire" not in failed.text
    (line,) = [one for one in caplog.records if "order-1234" in one.getMessage()]
    assert line.exc_info is not None
    assert "the disk is on fire" in str(line.exc_info[1])
