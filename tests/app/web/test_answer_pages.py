"""The pages of stored answers, over the ASGI application."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.application import create_app
from app.api.service import make_service
from app.compose import Pincite, open_pincite
from app.identity.identify import key_store
from app.settings import Settings
from app.web.pages_beside import make_pages

pytestmark = pytest.mark.anyio
VOLTS = "How many volts does the Heron gateway need?"
RETURNS = "Within how many days may a device be returned?"
SALARY = "What does an engineer of band E4 earn?"

PEOPLE: dict[str, tuple[list[str], list[str]]] = {
    "ann": ([], ["asker"]),
    "bob": ([], ["asker"]),
    "hilda": (["hr"], ["asker"]),
    "rae": ([], ["asker", "reviewer"]),
}
"""Groups and roles."""


class People:
    """A server's pages as each of ``PEOPLE`` sees them."""

    def __init__(self, pincite: Pincite, clients: dict[str, httpx.AsyncClient]) -> None:
        self.pincite = pincite
        self._clients = clients

    def __getitem__(self, name: str) -> httpx.AsyncClient:
        return self._clients[name]

    async def ask(self, name: str, question: str) -> dict[str, Any]:
        answer: dict[str, Any] = (await self[name].post("/v1/answers", json={"question": question})).json()
        return answer


@pytest.fixture
async def people(home: Path) -> AsyncIterator[People]:
    settings = Settings(home=home)
    settings = settings.model_copy(update={"auth": settings.auth.model_copy(update={"required": True})})
    keys = key_store(settings)
    with open_pincite(settings) as pincite:
        app = create_app(make_service(settings, lambda _tenant: pincite), beside=make_pages())
        clients = {}
        for name, (groups, roles) in PEOPLE.items():
            secret = keys.issue(name, user=name, tenant="default", groups=groups, roles=roles).secret
            clients[name] = httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False),
                base_url="http://127.0.0.1",
                timeout=30,
                headers={"authorization": f"Bearer {secret}", "accept": "text/html"},
            )
        yield People(pincite, clients)
        for client in clients.values():
            await client.aclose()


def text_of(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return re.sub(r"\s+", " ", response.text)


async def test_answers_are_listed_for_whom_they_were_given(people: People) -> None:
    mine = await people.ask("ann", VOLTS)
    theirs = await people.ask("bob", RETURNS)
    shown = text_of(await people["ann"].get("/answers"))
    assert f"/answers/{mine['id']}" in shown
    assert theirs["id"] not in shown
    assert "1 answer." in shown
    assert "Answered" in shown
    assert (await people["ann"].get("/answers?everybody=1")).status_code == 403
    every = text_of(await people["rae"].get("/answers?everybody=1"))
    assert mine["id"] in every
    assert theirs["id"] in every
    assert "bob" in every
    assert "0 answers" in text_of(await people["rae"].get("/answers"))


async def test_words_and_outcomes_narrow_the_list(people: People) -> None:
    volts = await people.ask("ann", VOLTS)
    unknown = await people.ask("ann", "Who won the chess tournament in Reykjavik?")
    assert unknown["status"] == "abstained"

    async def listed(query: str) -> set[str]:
        shown = text_of(await people["ann"].get(f"/answers?{query}"))
        return {one["id"] for one in (volts, unknown) if one["id"] in shown}

    assert await listed("q=HERON+volts") == {volts["id"]}
    assert await listed("q=heron+chess") == set()
    assert await listed("outcome=abstained") == {unknown["id"]}
    assert await listed("q=12+volts") == {volts["id"]}, "words of the answer count too"
    assert await listed("page=2") == set()


async def test_what_people_wrote_is_shown_as_words(people: People) -> None:
    await people.ask("ann", "<script>alert(1)</script> & volts of the Heron gateway?")
    shown = text_of(await people["ann"].get("/answers?q=%22%3E%3Cscript%3E"))
    assert "<script>alert" not in shown
    assert "<script>alert" not in text_of(await people["ann"].get("/answers"))
