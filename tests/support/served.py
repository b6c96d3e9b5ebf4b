"""A service with its job threads over a home of its own, and callers with keys, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.api.application import create_app
from app.api.service import make_service
from app.api.tenants import Tenants
from app.identity.identify import key_store
from app.settings import Settings


@contextmanager
def serving(home: Path, **groups: Any) -> Iterator[FastAPI]:
    """The application of a home, as `pincite serve` makes it."""
    settings = Settings(home=home, **groups)
    with Tenants(settings) as tenants:
        yield create_app(make_service(settings, tenants, tenants.wake))


def key_of(home: Path, user: str, *roles: str, groups: tuple[str, ...] = ()) -> str:
    """A new key of a person."""
    made = key_store(Settings(home=home)).issue(
        user, user=user, tenant="default", roles=list(roles), groups=list(groups)
    )
    return made.secret


@asynccontextmanager
async def calling(app: FastAPI, key: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that shows a key."""
    headers = {"authorization": f"Bearer {key}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers, timeout=30
    ) as client:
        yield client
