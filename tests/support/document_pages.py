"""Pages over a home of its own, and people with keys who look at them, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.api.application import create_app
from app.api.service import make_service
from app.api.tenants import Tenants
from app.settings import Settings
from app.web.pages_beside import make_pages
from tests.support.served import key_of


@contextmanager
def serving_pages(home: Path, **groups: Any) -> Iterator[FastAPI]:
    """The application of a home with its pages, as `pincite serve` makes it."""
    with Tenants(Settings(home=home, **groups)) as tenants:
        yield create_app(
            make_service(Settings(home=home, **groups), tenants, tenants.wake), beside=make_pages()
        )


@asynccontextmanager
async def looking(
    app: FastAPI, home: Path, user: str, *roles: str, groups: tuple[str, ...] = ()
) -> AsyncIterator[httpx.AsyncClient]:
    """A person's browser, without scripts."""
    headers = {
        "authorization": f"Bearer {key_of(home, user, *roles, groups=groups)}",
        "accept": "text/html",
        "origin": "http://127.0.0.1",
    }
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers, timeout=30
    ) as client:
        yield client


async def job_over(client: httpx.AsyncClient, address: str) -> str:
    """The id of the job that an address is of, once it is over."""
    job_id = address.partition("?")[0].rpartition("/")[2]
    job = {"state": "queued"}
    while job["state"] in ("queued", "running"):
        await asyncio.sleep(0.05)
        job = (await client.get(f"/v1/jobs/{job_id}")).json()
    return job_id
