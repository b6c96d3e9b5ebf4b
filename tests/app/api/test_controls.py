"""What is refused at once over HTTP, with when to come again, and that who is admitted is unharmed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.application import create_app
from app.api.service import Service, make_service
from app.controls.settings import LimitSettings
from app.identity.identify import key_store
from app.settings import Settings
from tests.app.api.test_application import Standing, problem_of
from tests.support.service import app_of

pytestmark = pytest.mark.anyio
ANSWER = {"status": "answered", "question": "x", "text": "y"}


@asynccontextmanager
async def serving(
    home: Path, standing: Any, places: int = 1, **limits: Any
) -> AsyncIterator[tuple[httpx.AsyncClient, Service]]:
    settings = Settings(home=home, limits=LimitSettings(**limits))
    api = settings.api.model_copy(update={"max_concurrent": places, "resume_s": 0})
    service = make_service(settings.model_copy(update={"api": api}), lambda _tenant: standing)
    transport = httpx.ASGITransport(create_app(service), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30) as client:
        yield client, service


async def until(what: Any) -> None:
    for _ in range(500):
        if what():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came so far")


@pytest.mark.parametrize("stream", [False, True])
async def test_past_the_queue_a_question_is_refused_at_once_and_the_others_are_answered(
    tmp_path: Path, stream: bool
) -> None:
    standing = Standing(dict(ANSWER))
    async with serving(tmp_path, standing, places=1, queue=1) as (client, service):
        body = {"question": "x", "stream": stream}
        admitted = [asyncio.create_task(client.post("/v1/answers", json=body)) for _ in range(2)]
        await until(lambda: service.admission.waiting == 1)
        refused = await client.post("/v1/answers", json=body)
        assert problem_of(refused)["code"] == "busy"
        assert (refused.status_code, int(refused.headers["retry-after"]) >= 1) == (503, True)
        standing.gate.set()
        assert {one.status_code for one in await asyncio.gather(*admitted)} == {200}
        await until(lambda: service.admission.running == 0)


async def test_too_many_in_a_minute_and_at_once_are_told_when_to_come_again(tmp_path: Path) -> None:
    standing = Standing(dict(ANSWER))
    async with serving(tmp_path, standing, 4, user_per_minute=3, user_at_once=2) as (client, service):
        going = [asyncio.create_task(client.post("/v1/answers", json={"question": "x"})) for _ in range(2)]
        await until(lambda: service.admission.running == 2)
        third = await client.post("/v1/answers", json={"question": "x"})
        assert (third.status_code, problem_of(third)["code"]) == (429, "too-many-at-once")
        standing.gate.set()
        await asyncio.gather(*going)
        fourth = await client.post("/v1/answers", json={"question": "x"})
        assert (fourth.status_code, problem_of(fourth)["code"]) == (429, "rate-limited")
        assert 1 <= int(fourth.headers["retry-after"]) <= 60
        # Limits are for work; looking things up is none.
        assert (await client.get("/v1/me")).status_code == 200


async def test_one_users_limit_is_not_anothers(tmp_path: Path) -> None:
    standing = Standing(dict(ANSWER))
    standing.gate.set()
    async with serving(tmp_path, standing, 4, user_per_minute=1) as (client, service):
        store = key_store(service.settings)
        ann, bob = (store.issue(u, user=u, tenant="default").secret for u in ("ann", "bob"))
        for secret, statuses in ((ann, [200, 429]), (bob, [200, 429])):
            headers = {"authorization": f"Bearer {secret}"}
            found = [
                (await client.post("/v1/answers", json={"question": "x"}, headers=headers)).status_code
                for _ in range(2)
            ]
            assert found == statuses


async def test_a_server_that_ends_takes_nothing_new_and_lets_what_goes_on_finish(tmp_path: Path) -> None:
    standing = Standing(dict(ANSWER))
    async with serving(tmp_path, standing) as (client, service):
        going = asyncio.create_task(client.post("/v1/answers", json={"question": "x"}))
        await until(lambda: service.admission.running == 1)
        ending = asyncio.create_task(service.drain.end(10))
        await until(lambda: service.drain.ending)
        for stream in (False, True):
            refused = await client.post("/v1/answers", json={"question": "x", "stream": stream})
            assert (refused.status_code, problem_of(refused)["code"]) == (503, "ending")
            assert refused.headers["retry-after"] == "1"
        standing.gate.set()
        assert (await going).status_code == 200
        assert await ending == 0


async def test_what_does_not_finish_in_time_is_cancelled(tmp_path: Path) -> None:
    standing = Standing(dict(ANSWER))
    async with serving(tmp_path, standing) as (client, service):
        stream = asyncio.create_task(client.post("/v1/answers", json={"question": "x", "stream": True}))
        await until(lambda: service.drain.in_flight == 1)
        assert await service.drain.end(0.05) == 1
        told = (await stream).text
        assert ("event: error" in told, '"code": "ending"' in told) == (True, True)
        await until(lambda: service.admission.running == 0)


async def test_who_waits_for_what_is_cancelled_is_told_to_ask_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(tmp_path, Standing(dict(ANSWER))) as (client, service):
        going = asyncio.create_task(client.post("/v1/answers", json={"question": "x"}))
        await until(lambda: service.admission.running == 1)
        assert await service.drain.end(0) == 1
        told = await going
        assert (told.status_code, problem_of(told)["code"]) == (503, "ending")
        assert (problem_of(told)["retryable"], told.headers["retry-after"]) == (True, "1")
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("path", ["/v1/answers", "/v1/chat/completions", "/v1/responses", "/v1/check"])
async def test_json_that_is_not_said_to_be_json_is_415(tmp_path: Path, path: str) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    async with serving(tmp_path, Standing(dict(ANSWER))) as (client, service):
        for headers in (form, {}):
            told = await client.post(path, content=b'{"question": "x"}', headers=headers)
            assert (told.status_code, "not-json" in told.text) == (415, True)
        described = create_app(service).openapi()["paths"][path]["post"]["responses"]["415"]
        assert told.headers["content-type"] in described["content"]


async def test_a_path_that_is_none_says_where_the_paths_are(tmp_path: Path) -> None:
    async with serving(tmp_path, Standing(dict(ANSWER))) as (client, _service):
        told = problem_of(await client.get("/v1/nothing"))
        assert (told["status"], "/docs" in told["detail"], "/v1" in told["detail"]) == (404, True, True)


def test_every_status_is_in_the_description() -> None:
    described = app_of(None, Settings(home=Path("nowhere"))).openapi()
    ask = described["paths"]["/v1/answers"]["post"]["responses"]
    assert {"401", "403", "413", "422", "429", "500", "503", "504"} <= ask.keys()
    assert list(ask["429"]["content"]) == ["application/problem+json"]
