"""The system's Chromium, driven by Playwright; what a page does wrong is collected."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, expect, sync_playwright

PATIENCE_MS = 20_000
"""How long a page may take for a step on a busy machine; what is waited for is mostly there at once."""

# A test needs neither a sandbox, which root has none of, nor what Chromium would ask its makers.
_ALONE = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; Debian's package, or another that calls itself so."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program is not None, "install Chromium: packaging/system_packages.sh"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ALONE)
        yield browser
        browser.close()


_REFUSALS = ("Failed to load resource", "Response Status Error Code")
"""What the browser and htmx write of a response that refuses something."""


@dataclass
class Watched:
    """A page with what went wrong on it: errors of scripts, refused by its policy, asked of other hosts."""

    page: Page
    url: str
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page


@contextmanager
def watched(browser: Browser, url: str, **how: Any) -> Iterator[Watched]:
    """A fresh page (``how``: as for a browser's context) that must do nothing wrong until it is left."""
    context = browser.new_context(**how)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    found = Watched(page, url)
    host = urlsplit(url).netloc

    def said(message: ConsoleMessage) -> None:
        # A refusal of a request is a line of the console too, and is what some tests are about.
        if message.type == "error" and not message.text.startswith(_REFUSALS):
            found.wrong.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        if urlsplit(request.url).netloc != host:
            found.wrong.append(f"elsewhere: {request.url}")

    def shown(dialog: Dialog) -> None:
        found.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("pageerror", lambda error: found.wrong.append(f"script: {error}"))
    page.on("console", said)
    page.on("request", asked)
    page.on("dialog", shown)
    try:
        yield found
        assert found.wrong == []
    finally:
        context.close()


def axe_faults(page: Page) -> list[str]:
    """What axe-core finds on the page as it is, each with the place; its script is put in over the
    protocol, past the page's policy."""
    found = Axe().run(page)
    return [
        f"{one['id']}: {place['html'][:120]} {place.get('failureSummary', '')[:200]}"
        for one in found.response["violations"]
        for place in one["nodes"]
    ]


def wider_than_the_window(page: Page) -> list[str]:
    """Elements that stand out of the window to the side, and cannot be scrolled into it by themselves."""
    found: list[str] = page.evaluate(
        """() => {
          if (document.documentElement.scrollWidth <= window.innerWidth) return [];
          return [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1)
            .map((one) => one.outerHTML.slice(0, 120));
        }"""
    )
    return found
