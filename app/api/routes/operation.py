"""``/healthz`` and ``/readyz``: whether the process answers, and whether it can answer well."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from fastapi import FastAPI, Response

from app.api.contract.operation import Health, Ready, ReadyCheck
from app.api.service import Service
from app.compose import Pincite
from app.controls.redis_server import shared_fault
from app.conversations.store import ConversationStoreError


def add_operation_routes(app: FastAPI, service: Service) -> None:
    """The routes; they are for everybody, and tell nothing of anybody."""

    def own() -> Pincite:
        return service.opened(service.settings.tenant)

    @app.get("/healthz", tags=["operation"])
    async def healthz() -> Health:
        """The process answers, and from how much; it says nothing of what it needs (``/readyz``)."""
        registry = own().registry
        return Health(
            passages=await asyncio.to_thread(registry.passage_count),
            generation=await asyncio.to_thread(registry.generation),
        )

    @app.get(
        "/readyz", tags=["operation"], responses={503: {"model": Ready, "description": "What is wrong."}}
    )
    async def readyz(response: Response) -> Ready:
        """Whether questions can be answered well: the index is whole, and what is asked can be kept."""
        checks = await asyncio.to_thread(_checks, own())
        checks += await _shared(service)
        if service.drain.ending:
            checks.append(ReadyCheck(name="server", ok=False, why="it is ending", what_to_do="ask another"))
        ready = all(check.ok for check in checks)
        response.status_code = 200 if ready else 503
        return Ready(status="ok" if ready else "not-ready", checks=checks)


def _checks(pincite: Pincite) -> list[ReadyCheck]:
    missing = pincite.corpus.checks().missing()
    folder = pincite.settings.home / pincite.settings.tenant
    return [
        ReadyCheck(
            name="index", ok=not missing, why=missing, what_to_do="run: pincite doctor" if missing else ""
        ),
        _conversations(pincite),
        _writable(folder),
    ]


async def _shared(service: Service) -> list[ReadyCheck]:
    """Whether requests and budgets can be counted, where several servers count them together."""
    if service.settings.limits.storage is None:
        return []
    why = await shared_fault(service.settings.limits)
    what = "start Redis again, or mend PINCITE_LIMITS__STORAGE; the server's log says more" if why else ""
    return [ReadyCheck(name="shared limits", ok=not why, why=why, what_to_do=what)]


def _conversations(pincite: Pincite) -> ReadyCheck:
    try:
        pincite.corpus.conversations.check()
    except ConversationStoreError as error:
        why, move = str(error).rsplit("; ", 1)
        return ReadyCheck(name="conversations", ok=False, why=why, what_to_do=move)
    return ReadyCheck(name="conversations", ok=True)


def _writable(folder: Path) -> ReadyCheck:
    if os.access(folder, os.W_OK):
        return ReadyCheck(name="data folder", ok=True)
    return ReadyCheck(
        name="data folder",
        ok=False,
        why="it cannot be written, so no answer is kept",
        what_to_do="give the server's user the right to write PINCITE_HOME, and see to free space",
    )
