"""Bodies that are too large, too slow or too deep, announced and streamed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st

from app.api.middleware.request_body import MOST_NESTING, RequestBody, nesting


def client(seconds: float = 5, **how: object) -> httpx.AsyncClient:
    app = FastAPI()

    @app.post("/{path:path}")
    async def length(path: str, request: Request) -> int:
        return len(await request.body())

    app.add_middleware(RequestBody, most=1000, seconds=seconds, **how)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def pieces(count: int, size: int = 100, pause: float = 0.0) -> AsyncIterator[bytes]:
    for _ in range(count):
        await asyncio.sleep(pause)
        yield b"x" * size


@pytest.mark.anyio
async def test_a_body_of_the_bound_goes_through_and_one_byte_more_does_not() -> None:
    async with client() as asked:
        assert (await asked.post("/", content=b"x" * 1000)).json() == 1000
        assert (await asked.post("/", content=b"x" * 1001)).json()["code"] == "too-large"
        assert (await asked.post("/", content=pieces(10))).json() == 1000
        streamed = await asked.post("/", content=pieces(11))
    assert (streamed.status_code, streamed.json()["code"]) == (413, "too-large")


@pytest.mark.anyio
@pytest.mark.parametrize("length", ["-1", "1e3", "ten"])
async def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    async with client() as asked:
        response = await asked.post("/", content=pieces(1), headers={"content-length": length})
    assert response.status_code == 413


@pytest.mark.anyio
async def test_a_body_that_does_not_come_in_time_is_not_waited_for() -> None:
    async with client(seconds=0.05) as asked:
        response = await asked.post("/", content=pieces(3, pause=0.2))
    assert (response.status_code, response.json()["code"]) == (408, "too-slow")


@pytest.mark.anyio
async def test_uploads_have_a_bound_of_their_own() -> None:
    async with client(uploads=("POST /files",), most_upload=5000) as asked:
        assert (await asked.post("/files/a", content=pieces(50))).json() == 5000
        assert (await asked.post("/files/a", content=b"x" * 5001)).status_code == 413
        over = await asked.post("/files/a", content=pieces(60))
    assert over.status_code >= 400


@pytest.mark.anyio
async def test_json_that_goes_too_deep_is_refused_before_it_is_parsed() -> None:
    async with client() as asked:
        deep = "[" * (MOST_NESTING + 1) + "]" * (MOST_NESTING + 1)
        response = await asked.post("/", content=deep, headers={"content-type": "application/json"})
        assert (response.status_code, response.json()["code"]) == (422, "too-nested")
        flat = json.dumps([[]] * 100)
        assert (
            await asked.post("/", content=flat, headers={"content-type": "application/json"})
        ).json() == len(flat)


def depth(value: object) -> int:
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 0


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    )
)
def test_nesting_is_the_depth_of_what_is_parsed(value: object) -> None:
    assert nesting(json.dumps(value).encode()) == depth(value)
    assert nesting(json.dumps(value, ensure_ascii=False).encode()) == depth(value)
