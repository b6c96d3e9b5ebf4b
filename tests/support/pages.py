"""The pages over an opened Pincite, for tests."""

from __future__ import annotations

from typing import Any

import httpx
from bs4 import BeautifulSoup
from fastapi import FastAPI

from app.api.application import create_app
from app.api.service import make_service
from app.settings import Settings
from app.web.pages_beside import make_pages

HTML = {"accept": "text/html"}


def pages_of(pincite: Any, settings: Settings | None = None, **auth: Any) -> FastAPI:
    """The application with its pages; ``auth`` over the settings of the log-in."""
    known = settings or pincite.settings
    changed = known.model_copy(
        update={
            "api": known.api.model_copy(update={"resume_s": 0}),
            "auth": known.auth.model_copy(update=auth),
        }
    )
    return create_app(make_service(changed, lambda _tenant: pincite), beside=make_pages())


def browser_of(app: FastAPI, **headers: str) -> httpx.AsyncClient:
    """A client that asks as a browser does, and keeps its cookies."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", timeout=30, headers={**HTML, **headers}
    )


def soup_of(response: httpx.Response) -> BeautifulSoup:
    """A page as a tree."""
    return BeautifulSoup(response.text, "lxml")
