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
from app.testing.openai_server import Reply, serve_model
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


async def test_an_answer_has_its_receipt_under_it(people: People) -> None:
    answer = await people.ask("ann", VOLTS)
    shown = text_of(await people["ann"].get(f"/answers/{answer['id']}"))
    assert "12 volts" in shown
    for words in (
        "Searched the documents",
        "Checked each sentence",
        "No model was asked",
        "as it was signed",
    ):
        assert words in shown, words
    assert "Heron gateway manual" in shown
    assert "Kept, and quoted: [1]." in shown
    assert "enough to answer from" in shown
    assert "style=" not in shown
    assert "<style" not in shown


async def test_nobody_elses_answer_is_shown_but_to_reviewers_who_say_so(people: People) -> None:
    answer = await people.ask("ann", VOLTS)
    path = f"/answers/{answer['id']}"
    for suffix in ("", "/verified"):
        assert (await people["bob"].get(path + suffix)).status_code == 404
        assert (await people["bob"].get(f"{path}{suffix}?everybody=1")).status_code == 403
        assert (await people["rae"].get(path + suffix)).status_code == 404
        assert "12 volts" in text_of(await people["rae"].get(f"{path}{suffix}?everybody=1"))
    assert "asked by ann" in text_of(await people["rae"].get(f"{path}?everybody=1"))


async def test_a_passage_that_one_may_not_read_is_not_named_in_the_evidence(people: People) -> None:
    answer = await people.ask("hilda", SALARY)
    assert "71,000" in answer["text"]
    path = f"/answers/{answer['id']}?everybody=1"
    hers, others = (
        text_of(await people["hilda"].get(path.split("?", maxsplit=1)[0])),
        text_of(await people["rae"].get(path)),
    )
    row = re.compile(r'<table class="passages">.*?</table>')
    (own,), (reviewers,) = row.findall(hers), row.findall(others)
    assert "Salary bands" in own
    assert "Salary bands" not in reviewers
    assert "Gone, or not for you to read" in reviewers


async def test_a_receipt_that_is_not_kept_any_more_is_said_to_be_gone(people: People) -> None:
    answer = await people.ask("ann", VOLTS)
    people.pincite.corpus.answers.expire_receipts("9999")
    shown = text_of(await people["ann"].get(f"/answers/{answer['id']}"))
    assert "The receipt of this answer is not kept any more." in shown
    assert "12 volts" in shown


async def test_citations_are_verified_again(people: People) -> None:
    answer = await people.ask("ann", VOLTS)
    path = f"/answers/{answer['id']}/verified"
    assert "[1] In place" in text_of(await people["ann"].get(path, headers={"hx-request": "true"}))
    people.pincite.corpus.registry.remove(answer["citations"][0]["doc_id"])
    part = text_of(await people["ann"].get(path, headers={"hx-request": "true"}))
    assert "[1] Gone" in part
    assert "<html" not in part
    whole = text_of(await people["ann"].get(path))
    assert "[1] Gone" in whole
    assert "<html" in whole


async def test_what_a_model_did_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "The Heron gateway needs a supply of 12 volts [1]. It was built by the king of France in 1789 [1]."
    with serve_model([Reply(content=said)]) as model:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        settings = Settings(home=home, model="openai:gpt-4o-mini", model_base_url=model.url)
        with open_pincite(settings) as pincite:
            app = create_app(make_service(settings, lambda _tenant: pincite), beside=make_pages())
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", timeout=30
            ) as client:
                answer = (await client.post("/v1/answers", json={"question": VOLTS})).json()
                shown = text_of(await client.get(f"/answers/{answer['id']}"))
    assert answer["mode"] == "model"
    assert "gpt-4o-mini" in shown
    assert "Tokens read" in shown
    assert "Draft 1, sentence 2:" in shown
    assert "king of France" not in shown


@pytest.mark.parametrize(
    ("form", "kind"),
    [("markdown", "text/markdown"), ("csl", "application/vnd."), ("json", "application/json")],
)
async def test_an_answer_is_taken_along_as_a_file_by_its_owner(people: People, form: str, kind: str) -> None:
    answer = await people.ask("ann", VOLTS)
    path = f"/answers/{answer['id']}/export?as={form}"
    got = await people["ann"].get(path)
    assert got.headers["content-type"].startswith(kind)
    assert got.headers["content-disposition"].startswith(f'attachment; filename="answer-{answer["id"]}.')
    assert "12 volts" in got.text
    assert (await people["bob"].get(path)).status_code == 404


async def test_only_its_owner_deletes_an_answer(people: People) -> None:
    path = f"/answers/{(await people.ask('ann', VOLTS))['id']}"
    assert (await people["rae"].post(f"{path}/delete")).status_code == 404
    assert (await people["ann"].get(path)).status_code == 200
    assert (await people["ann"].post(f"{path}/delete")).headers["location"] == "/answers"
    assert (await people["ann"].get(path)).status_code == 404


async def test_an_answer_in_an_unknown_form_is_said_to_be_one(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await people.ask("ann", VOLTS)
    answers = people.pincite.corpus.answers
    monkeypatch.setattr(type(answers), "get", lambda *_given: {**answer, "status": "from-the-future"})
    refused = await people["ann"].get(f"/answers/{answer['id']}", headers={"accept": "text/html"})
    assert refused.status_code == 409
    assert "another version" in refused.text
    by_program = await people["ann"].get(f"/v1/answers/{answer['id']}")
    assert (by_program.status_code, by_program.json()["code"]) == (409, "answer-of-other-version")
    assert "pincite answers" not in refused.text + by_program.text, (
        "a command of a machine that is not theirs"
    )
