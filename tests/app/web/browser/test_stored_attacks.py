"""Documents that attack the pages showing them: nothing runs or loads from elsewhere, all stays usable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from app.compose import open_pincite
from app.ingestion.discover import discover
from app.settings import Settings
from app.web.addresses import source_address
from evals.benchmarks.safety.attacks import HOST
from tests.support.chromium import watched
from tests.support.hostile_documents import STEAL, write_hostile
from tests.support.loopback import listening
from tests.support.pages import pages_of

A_CONVERSATION = 8


@dataclass(frozen=True)
class Poisoned:
    """A server over hostile documents, and the pages of it that show them."""

    url: str
    documents: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    conversations: int


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poisoned]:
    folder = tmp_path_factory.mktemp("hostile")
    words = write_hostile(folder)
    settings = Settings(home=tmp_path_factory.mktemp("poisoned") / "home")
    with open_pincite(settings) as pincite:
        with pincite.corpus.writing() as (pipeline, writer):
            done = list(pipeline.add(discover([folder], "hostile"), "hostile", writer))
        assert len([one for one in done if one.status == "added"]) > len(words) - 4, done
        with (
            listening(pages_of(pincite, anonymous_roles=["operator"])) as url,
            httpx.Client(base_url=url, timeout=60) as client,
        ):
            answers = [
                client.post(
                    "/v1/answers",
                    json={
                        "question": f"How long does the {word} refund take?",
                        "thread": f"hostile-{number // A_CONVERSATION}",
                    },
                ).json()
                for number, word in enumerate(words.values())
            ]
            documents = client.get("/v1/documents", params={"limit": 200}).json()["documents"]
            yield Poisoned(url, documents, answers, len(answers) // A_CONVERSATION + 1)


def usable(page: Page) -> None:
    """Its heading and its way back are seen, and are the page's own."""
    assert page.locator("h1").first.is_visible()
    assert page.locator("header a").first.is_visible()


@pytest.mark.timeout(300)
def test_a_hostile_document_only_shows_its_words(browser: Browser, poisoned: Poisoned) -> None:
    shown = 0
    with watched(browser, poisoned.url) as site:
        for number, document in enumerate(poisoned.documents):
            id_ = document["doc_id"]
            read = source_address(id_, document["version"], 0, 60)
            # The form shows what the document's page does: one of each kind of file, by and by.
            for path in (read, f"/documents/{id_}", f"/documents/{id_}/change")[: 2 + (number % 10 == 0)]:
                page = site.open(path)
                usable(page)
                assert not site.wrong, (path, document["uri"], site.wrong)
                if path == read:
                    words = page.inner_text("body")
                    shown += HOST in words or STEAL in words
    assert shown > len(poisoned.documents) / 2, "attacks that are not shown prove nothing"


@pytest.mark.timeout(300)
def test_answers_from_hostile_documents_only_show_their_words(browser: Browser, poisoned: Poisoned) -> None:
    answered = [one for one in poisoned.answers if one["status"] == "answered"]
    assert len(answered) > len(poisoned.answers) / 2, "attacks that are not cited prove nothing"
    paths = [f"/answers/{one['id']}" for one in poisoned.answers]
    paths += [f"/conversations/hostile-{number}" for number in range(poisoned.conversations)]
    paths += ["/", "/documents", "/answers", "/operate", "/operate/audit", "/jobs", "/sources"]
    with watched(browser, poisoned.url) as site:
        for path in paths:
            usable(site.open(path))
            assert not site.wrong, (path, site.wrong)


@pytest.mark.timeout(300)
def test_asked_live_nothing_runs_and_the_next_question_can_be_asked(
    browser: Browser, poisoned: Poisoned
) -> None:
    """Parts come in as events and are put in by a script: another way than a page's first load."""
    with watched(browser, poisoned.url) as site:
        page = site.open("/")
        for number in range(0, 70, 7):
            page.fill("#question", f"How long does the Quill{number:02} refund take?")
            page.keyboard.press("Enter")
            expect(page.locator(".answer:not(.running)")).to_have_count(number // 7 + 1)
            cited = page.locator(".answer").last.locator("a.cite").first
            if cited.count():
                cited.click()
                expect(page.locator("#source")).to_be_visible()
                page.keyboard.press("Escape")
        expect(page.locator("#question")).to_be_enabled()
