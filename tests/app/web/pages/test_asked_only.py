"""Each turn says which documents alone it was asked of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.compose import open_pincite
from app.settings import Settings
from tests.support.pages import browser_of, pages_of, soup_of

pytestmark = pytest.mark.anyio

VOLTS = "How many volts does the Heron gateway need?"


@pytest.fixture
async def browser(home: Path) -> AsyncIterator[httpx.AsyncClient]:
    with open_pincite(Settings(home=home)) as pincite:
        async with browser_of(pages_of(pincite)) as browser:
            yield browser


async def test_a_turn_says_its_filters_and_the_next_without_says_none(browser: httpx.AsyncClient) -> None:
    asked = {"question": VOLTS, "conversation": "talk"}
    await browser.post("/ask", data={**asked, "filters": "product=Heron\n"})
    await browser.post("/ask", data={**asked, "filters": "status=<b>none"})
    await browser.post("/ask", data=asked)
    turns = soup_of(await browser.get("/conversations/talk")).select(".turn")
    told = [[one.text for one in turn.select(".answer > .fine")] for turn in turns]
    assert told == [
        ["Asked only of documents with product=Heron."],
        ["Asked only of documents with status=<b>none."],
        [],
    ]
    # Where that found nothing, all documents can be asked.
    assert "Search all documents" in turns[1].text
    assert "Search all documents" not in turns[2].text
