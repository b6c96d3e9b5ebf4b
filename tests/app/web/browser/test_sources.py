"""Files of every kind added on the page, their job followed, and each opened at exactly the cited words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from app.api.application import create_app
from app.api.service import make_service
from app.api.tenants import Tenants
from app.identity.settings import AuthSettings
from app.settings import Settings
from app.web.addresses import source_address
from app.web.pages_beside import make_pages
from tests.support.chromium import axe_faults, watched, wider_than_the_window
from tests.support.loopback import listening

SAMPLES = Path(__file__).parents[4] / "samples" / "documents"


def files(folder: Path) -> list[Path]:
    """One of each kind."""
    found = [
        SAMPLES / "product" / "heron-g3-manual.pdf",
        SAMPLES / "policies" / "information-security-policy.docx",
        SAMPLES / "support" / "faq.html",
        SAMPLES / "product" / "error-codes.csv",
        SAMPLES / "policies" / "leave-policy-2025.md",
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("Room", "Seats"), ("Peipus", 12), ("Leie", 30)):
        sheet.append(row)
    book.save(folder / "rooms.xlsx")
    mail = EmailMessage()
    mail["From"], mail["To"] = "kadri@isbrook.example", "all@isbrook.example"
    mail["Subject"], mail["Date"] = "The canteen in August", "Mon, 03 Aug 2026 09:00:00 +0000"
    mail.set_content("The canteen is closed from 10 to 21 August 2026. Bring your own lunch.\n")
    (folder / "canteen.eml").write_bytes(mail.as_bytes())
    (folder / "retry.py").write_text("def wait(times: int) -> float:\n    return min(60.0, 2.0**times)\n")
    return [*found, folder / "rooms.xlsx", folder / "canteen.eml", folder / "retry.py"]


WORDS = {
    "heron-g3-manual.pdf": "When the connection to Roost fails, the gateway keeps all readings for 30 days",
    "information-security-policy.docx": "This policy says how Isbrook protects its own information",
    "faq.html": "In a building with brick walls, count on 30 metres",
    "error-codes.csv": "Battery below 15 %",
    "leave-policy-2025.md": "The policy applies to all employees in Ghent and Tartu",
    "rooms.xlsx": "Peipus",
    "canteen.eml": "The canteen is closed from 10 to 21 August 2026",
    "retry.py": "return min(60.0, 2.0**times)",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server over an empty data folder listens, whose jobs run."""
    home = tmp_path_factory.mktemp("library") / "home"
    settings = Settings(home=home, auth=AuthSettings(anonymous_roles=["operator"]))
    with Tenants(settings) as tenants:
        app = create_app(make_service(settings, tenants, tenants.wake), beside=make_pages())
        with listening(app) as url:
            yield url


@pytest.fixture(scope="module")
def added(browser: Browser, library: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The documents that the page made of the files, by name."""
    with watched(browser, library) as site:
        page = site.open("/")
        expect(page.locator("#welcome")).to_contain_text("no document yet")
        page.get_by_role("link", name="Add some").click()
        page.set_input_files("#files", files(tmp_path_factory.mktemp("files")))
        page.get_by_role("button", name="Add", exact=True).click()
        page.wait_for_url("**/jobs/*")
        page.locator("#job:not([hx-get])").wait_for(timeout=90_000)
        assert axe_faults(page) == []
        assert page.locator(".failures").count() == 0
    listed = httpx.get(f"{library}/v1/documents").json()["documents"]
    return {Path(one["uri"]).name: one for one in listed}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", WORDS)
def test_a_citation_opens_its_source_at_exactly_its_words(
    browser: Browser, library: str, added: dict[str, Any], name: str
) -> None:
    document = added[name]
    text = httpx.get(f"{library}/v1/documents/{document['doc_id']}/text").json()["text"]
    # A word may be followed by the end of a line where the file has one.
    found = re.search(r"\s+".join(map(re.escape, WORDS[name].split())), text)
    assert found is not None
    address = source_address(document["doc_id"], document["version"], *found.span())
    with watched(browser, library) as site:
        page = site.open(address)
        lit = " ".join(page.locator("#source-text mark").all_inner_texts())
        assert letters(lit) == letters(found[0])
        assert page.locator("#lit").first.is_visible()
        if name.endswith(".pdf"):
            image = page.locator(".page-image img").first
            assert image.evaluate("one => one.complete && one.naturalWidth > 0")
            assert page.locator(".page-image svg rect").count() >= 1
        assert axe_faults(page) == []
        page.set_viewport_size({"width": 320, "height": 700})
        assert wider_than_the_window(page) == []


@pytest.mark.timeout(240)
def test_a_source_opens_beside_the_answer_by_keyboard_and_gives_the_focus_back(
    browser: Browser, library: str, added: dict[str, Any]
) -> None:
    with watched(browser, library) as site:
        page = site.open("/")
        page.keyboard.type("How far can a sensor be from the gateway?")
        page.keyboard.press("Enter")
        page.locator(".answer.answered").wait_for()
        page.keyboard.press("Alt+n")
        pane = page.locator("#source")
        expect(pane.locator("mark").first).to_be_visible()
        assert axe_faults(page) == []
        page.keyboard.press("Escape")
        expect(pane).to_be_hidden()
        assert page.evaluate("document.activeElement.className") == "cite"


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 320)])
def test_the_other_pages_are_for_everybody(
    browser: Browser, library: str, added: dict[str, Any], scheme: str, width: int
) -> None:
    """axe-core finds nothing on any of them, and nothing stands out of the window."""
    manual = added["heron-g3-manual.pdf"]["doc_id"]
    asked = httpx.post(f"{library}/v1/answers", json={"question": "How far can a sensor be?"}, timeout=60)
    answer = asked.json()["id"]
    size = {"width": width, "height": 800}
    with watched(browser, library, color_scheme=scheme, viewport=size) as site:
        for path in (
            "/documents",
            "/documents/add",
            f"/documents/{manual}",
            f"/documents/{manual}/change",
            f"/documents/{manual}/remove",
            "/jobs",
            "/sources",
            "/search?q=How+far+can+a+sensor+be",
            "/answers",
            f"/answers/{answer}",
        ):
            page = site.open(path)
            assert page.locator("h1").count() == 1, path
            assert axe_faults(page) == [], path
            assert wider_than_the_window(page) == [], path


def letters(text: str) -> str:
    """A text without its spaces and Markdown's marks."""
    return re.sub(r"[\s*_`\\|]", "", text)
