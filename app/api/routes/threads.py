"""``/v1/threads``: your conversations."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request

from app.api.auth.required import Asker
from app.api.contract.conversations import ThreadDetail, ThreadSummary, ThreadTurn
from app.api.contract.problem import ProblemDocument
from app.api.routes.path_names import PathName
from app.api.service import Service
from app.asking.turns import said_turns
from app.conversations.store import thread_of

NONE: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "You have no conversation of that name."}
}


def add_thread_routes(app: FastAPI, service: Service) -> None:
    """The routes; a conversation is begun by asking with ``thread``."""

    @app.get("/v1/threads", tags=["threads"])
    async def threads(caller: Asker) -> list[ThreadSummary]:
        """Your conversations, the last used first. They go when nobody goes on with them for some days."""
        store = service.pincite(caller).corpus.conversations
        found = await asyncio.to_thread(store.list, caller.user)
        # Runs that wait for an approval are kept as conversations too; they have tokens of their own.
        return [
            ThreadSummary(name=one.name, begun_at=one.begun_at, used_at=one.used_at)
            for one in found
            if not one.name.startswith("waiting ")
        ]

    @app.get("/v1/threads/{name}", tags=["threads"], responses=NONE)
    async def thread(name: PathName, caller: Asker) -> ThreadDetail:
        """A conversation of yours: what was asked and answered, oldest first."""
        _, state = await service.pincite(caller).conversation(caller.user, name)
        turns = [ThreadTurn.model_validate(asdict(one)) for one in said_turns(state)]
        return ThreadDetail(name=name, turns=turns)

    @app.delete("/v1/threads/{name}", tags=["threads"], status_code=204, responses=NONE)
    async def delete_thread(name: PathName, request: Request, caller: Asker) -> None:
        """Delete a conversation of yours with all its turns; its answers stay until they are deleted."""
        # By its hash: a name may be words of the person's.
        await service.note(request, caller, "threads.delete", thread_of(caller.user, name))
        store = service.pincite(caller).corpus.conversations
        await asyncio.to_thread(store.delete, caller.user, name)
