"""The page that questions are asked on, without a browser: what it holds, and what its script is sent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.compose import Pincite, open_pincite
from app.settings import Settings
from tests.support.pages import browser_of, pages_of, soup_of

pytestmark = pytest.mark.anyio

VOLTS = "How many volts does the Heron gateway need?"


@pytest.fixture
async def browser(home: Path) -> AsyncIterator[httpx.AsyncClient]:
    with open_pincite(Settings(home=home)) as pincite:
        async with browser_of(pages_of(pincite)) as browser:
            yield browser


async def ask(browser: httpx.AsyncClient, question: str, conversation: str = "talk") -> str:
    """A question as htmx sends it; the events of its answer, as text."""
    begun = await browser.post(
        "/ask",
        data={"question": question, "conversation": conversation},
        headers={"hx-request": "true", "origin": "http://127.0.0.1"},
    )
    assert begun.status_code == 200
    assert begun.headers["hx-push-url"] == f"/conversations/{conversation}"
    address = soup_of(begun).select_one("[sse-connect]")
    assert address is not None
    return (await browser.get(str(address["sse-connect"]))).text


def event_of(events: str, kind: str) -> str:
    found = re.search(rf"event: {kind}\n((?:data: .*\n)+)", events)
    assert found is not None, events
    return "\n".join(line.removeprefix("data: ") for line in found[1].splitlines())


async def test_a_new_conversation_has_a_form_that_works_without_a_script(browser: httpx.AsyncClient) -> None:
    page = soup_of(await browser.get("/"))
    form = page.select_one("form#question-form")
    assert form is not None
    assert (form["method"], form["action"]) == ("post", "/ask")
    asked = await browser.post("/ask", data={"question": VOLTS, "conversation": "plain"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/conversations/plain")
    page = soup_of(await browser.get("/conversations/plain"))
    assert [one.text for one in page.select(".asked")] == [VOLTS]
    assert page.select(".excerpt mark")[0].text == (
        "The Heron gateway needs a supply of 12 volts and draws 400 milliamperes at most."
    )


async def test_sentences_come_as_pieces_of_the_page_and_the_whole_answer_last(
    browser: httpx.AsyncClient,
) -> None:
    events = await ask(browser, VOLTS)
    assert "12 volts" in event_of(events, "sentence")
    assert event_of(events, "whole").count('class="answer answered"') == 1
    assert re.findall(r"event: (\w+)", events)[-1] == "end"
    ids = re.findall(r"id: [\w-]+-(\d+)\n", events)
    assert ids == sorted(ids, key=int)


async def test_a_citation_leads_to_the_exact_words(browser: httpx.AsyncClient, pincite: Pincite) -> None:
    events = await ask(browser, VOLTS)
    link = re.search(r'href="/documents/([^/]+)/source\?version=(\w+)&amp;start=(\d+)&amp;end=(\d+)', events)
    assert link is not None
    stored = pincite.registry.stored_version(link[1], link[2])
    assert stored is not None
    assert stored.text[int(link[3]) : int(link[4])].startswith("The Heron gateway needs a supply of 12 volts")


async def test_a_conversation_shows_its_turns_again_and_is_listed_by_its_first_question(
    browser: httpx.AsyncClient,
) -> None:
    await ask(browser, VOLTS)
    await ask(browser, "What is the capital of Peru?")
    page = soup_of(await browser.get("/conversations/talk"))
    assert [one.text for one in page.select(".asked")] == [VOLTS, "What is the capital of Peru?"]
    assert [one["class"] for one in page.select(".turn .answer")] == [
        ["answer", "answered"],
        ["answer", "abstained"],
    ]
    earlier = soup_of(await browser.get("/")).select(".earlier a")
    assert [(one["href"], one.text) for one in earlier] == [("/conversations/talk", VOLTS)]


async def test_what_was_deleted_is_said_by_its_text_alone(browser: httpx.AsyncClient) -> None:
    events = await ask(browser, VOLTS)
    name = re.search(r'data-answer="(\w+)"', events)
    assert name is not None
    assert (await browser.delete(f"/v1/answers/{name[1]}")).status_code == 204
    page = soup_of(await browser.get("/conversations/talk"))
    assert "not kept any more" in page.select(".answer")[0].text


async def test_hostile_words_stay_words(browser: httpx.AsyncClient) -> None:
    hostile = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    events = await ask(browser, hostile, "hostile")
    page = await browser.get("/conversations/hostile")
    for text in (events, page.text):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert soup_of(page).select(".asked")[0].text == hostile


@pytest.mark.parametrize("filters", ["version>=", "x" * 50 + "[", "product in"])
async def test_a_condition_that_is_none_is_said_where_it_was_typed(
    browser: httpx.AsyncClient, filters: str
) -> None:
    asked = {"question": VOLTS, "conversation": "", "filters": filters}
    refused = await browser.post("/ask", data=asked, headers={"hx-request": "true"})
    assert refused.status_code == 422
    assert soup_of(refused).select_one(".problem") is not None
    assert "<html" not in refused.text


async def test_a_run_that_is_another_persons_or_long_gone_ends_a_browsers_attempts(
    browser: httpx.AsyncClient,
) -> None:
    assert (await browser.get("/ask/runs/none/events")).status_code == 204


async def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get("/nowhere")
    assert page.status_code == 404
    assert soup_of(page).select_one("main h1") is not None
    program = await browser.get("/nowhere", headers={"accept": "application/json"})
    assert program.headers["content-type"] == "application/problem+json"
    api = await browser.get("/v1/answers/none")
    assert api.headers["content-type"] == "application/problem+json"


async def test_every_page_keeps_to_itself(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/log-in", "/nowhere"):
        page = await browser.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["cache-control"] == "no-store"
        tree = soup_of(page)
        assert not tree.select("script:not([src]), style, [style], [onclick], [onload]")
        links = [str(one.get("src") or one.get("href")) for one in tree.select("[src], link[href]")]
        assert links
        assert all(one.startswith("/") for one in links)
