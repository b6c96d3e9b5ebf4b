"""The HTTP application over an opened Pincite, for tests."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from app.api.application import create_app
from app.api.service import make_service
from app.settings import Settings


def app_of(pincite: Any, settings: Settings | None = None, **api: Any) -> FastAPI:
    """The application, for every tenant; ``settings`` where ``pincite`` has none, ``api`` over theirs."""
    known = settings or pincite.settings
    changed = known.model_copy(update={"api": known.api.model_copy(update={"resume_s": 0, **api})})
    return create_app(make_service(changed, lambda _tenant: pincite))
