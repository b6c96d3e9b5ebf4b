"""Pages say what to do on a page: no route, and no command, in what failed."""

from __future__ import annotations

import pytest

from app.api.advice import INSTEAD
from app.compose import Pincite
from app.web.page_advice import page_advice
from tests.support.pages import browser_of, pages_of, soup_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("code", sorted(INSTEAD))
def test_every_advice_for_programs_has_one_for_people(code: str) -> None:
    said = page_advice(code, f"it is so; {INSTEAD[code]}")
    assert said.startswith("it is so")
    assert "/v1/" not in said
    assert "PINCITE_" not in said


@pytest.mark.parametrize(
    "path", ["/answers/nobody", "/conversations/nobody", "/no/such/page", "/shared/guess"]
)
async def test_what_is_not_there_is_said_in_words_of_pages(pincite: Pincite, path: str) -> None:
    async with browser_of(pages_of(pincite)) as browser:
        shown = await browser.get(path)
    assert shown.status_code == 404
    words = soup_of(shown).select_one("main")
    assert words is not None
    for foreign in ("/v1", "/docs", "pincite ", "GET "):
        assert foreign not in words.text
