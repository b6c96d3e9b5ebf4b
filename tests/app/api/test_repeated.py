"""Requests with an idempotency key: done once, whoever sends them again."""

from __future__ import annotations

import asyncio

import pytest
from fastapi.responses import Response

from app.api.repeated import KEPT_S, MOST_KEPT, IdempotencyError, InProgressError, Repeated
from app.identity.caller import Caller

pytestmark = pytest.mark.anyio
ANN, BOB = Caller("ann", tenant="t"), Caller("bob", tenant="t")


class Work:
    def __init__(self, status: int = 200) -> None:
        self.done = 0
        self.status = status
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> Response:
        self.done += 1
        await self.gate.wait()
        return Response(f"{self.done}", self.status, media_type="application/json")


async def test_the_same_request_is_done_once_for_each_caller_key_and_path() -> None:
    repeated, work = Repeated(), Work()
    first = await repeated.once(ANN, "k", "/a", b"x", work)
    again = await repeated.once(ANN, "k", "/a", b"x", work)
    assert (first.body, again.body, work.done) == (b"1", b"1", 1)
    assert again.headers["idempotency-replayed"] == "true"
    for caller, key, path in ((BOB, "k", "/a"), (ANN, "other", "/a"), (ANN, "k", "/b"), (ANN, "", "/a")):
        await repeated.once(caller, key, path, b"x", work)
    assert work.done == 5


async def test_another_request_under_the_same_key_is_refused() -> None:
    repeated, work = Repeated(), Work()
    await repeated.once(ANN, "k", "/a", b"x", work)
    with pytest.raises(IdempotencyError):
        await repeated.once(ANN, "k", "/a", b"y", work)


async def test_one_that_is_being_done_is_not_begun_again_and_may_be_after_it_was_cancelled() -> None:
    repeated, work = Repeated(), Work()
    work.gate.clear()
    task = asyncio.create_task(repeated.once(ANN, "k", "/a", b"x", work))
    await asyncio.sleep(0)
    with pytest.raises(InProgressError):
        await repeated.once(ANN, "k", "/a", b"x", work)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    work.gate.set()
    assert (await repeated.once(ANN, "k", "/a", b"x", work)).status_code == 200


async def test_what_failed_may_be_tried_again() -> None:
    repeated, work = Repeated(), Work(status=504)
    await repeated.once(ANN, "k", "/a", b"x", work)
    await repeated.once(ANN, "k", "/a", b"x", work)
    assert work.done == 2


async def test_a_day_later_and_past_so_many_it_is_forgotten() -> None:
    now = 0.0
    repeated, work = Repeated(lambda: now), Work()
    await repeated.once(ANN, "k", "/a", b"x", work)
    now = KEPT_S + 1.0
    await repeated.once(ANN, "k", "/a", b"x", work)
    assert work.done == 2
    for number in range(MOST_KEPT):
        await repeated.once(ANN, f"n{number}", "/a", b"x", work)
    await repeated.once(ANN, "k", "/a", b"x", work)
    assert work.done == 3 + MOST_KEPT
