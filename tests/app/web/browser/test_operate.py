"""Logging in and out and looking after keys in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.compose import open_pincite
from app.identity.identify import key_store
from app.settings import Settings
from tests.support.chromium import Watched, axe_faults, watched, wider_than_the_window
from tests.support.loopback import listening
from tests.support.pages import pages_of


@pytest.fixture(scope="module")
def locked(own_home: Path) -> Iterator[tuple[str, str]]:
    """Where a server listens that asks for a log-in, and an operator's key."""
    settings = Settings(home=own_home)
    key = key_store(settings).issue("otto's", user="otto", tenant=settings.tenant, roles=["operator"]).secret
    with open_pincite(settings) as pincite, listening(pages_of(pincite, required=True)) as url:
        yield url, key


def log_in(site: Watched, key: str) -> None:
    page = site.open("/operate/keys")
    page.get_by_label("Key", exact=True).fill(key)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Keys", exact=True).wait_for()


def test_log_in_make_a_key_revoke_it_and_log_out(browser: Browser, locked: tuple[str, str]) -> None:
    url, key = locked
    with watched(browser, url) as site:
        page = site.open("/")
        assert "/log-in" in page.url
        page.get_by_label("Key", exact=True).fill("pck_wrong")
        page.keyboard.press("Enter")
        expect(page.locator("#why")).to_contain_text("not valid")
        log_in(site, key)
        page.get_by_label("What it is for").fill("Kiosk")
        page.get_by_label("Whose it is").fill("kim")
        page.get_by_role("button", name="Make the key").click()
        expect(page.locator(".secret")).to_contain_text("pck_")
        page.get_by_role("link", name="Revoke Kiosk").click()
        page.get_by_role("button", name="Revoke it").click()
        expect(page.locator("tr.revoked")).to_contain_text("Kiosk")
        page.get_by_role("button", name="Log out").click()
        page.goto(url + "/operate/keys")
        assert "/log-in" in page.url


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 320)])
def test_operating_is_for_everybody(
    browser: Browser, locked: tuple[str, str], scheme: str, width: int
) -> None:
    """axe-core finds nothing on any of these pages, and nothing stands out of the window."""
    url, key = locked
    size = {"width": width, "height": 800}
    with watched(browser, url, color_scheme=scheme, viewport=size) as site:
        page = site.open("/log-in")
        assert axe_faults(page) == []
        log_in(site, key)
        for path in ("/operate", "/operate/keys", "/operate/questions", "/operate/audit", "/nowhere"):
            page = site.open(path)
            assert axe_faults(page) == []
            assert wider_than_the_window(page) == []
