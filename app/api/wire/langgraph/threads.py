"""``/threads``: your conversations, the same as `/v1/threads`, as LangGraph's clients ask for them."""

from __future__ import annotations

import asyncio
import uuid
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field

from app.api.auth.required import Asker
from app.api.contract.problem import ProblemDocument
from app.api.contract.thread_names import NAME_RULE, is_name
from app.api.routes.path_names import PathName
from app.api.service import Service
from app.api.wire.langgraph.assistant_names import GRAPH, assistant_id
from app.api.wire.langgraph.begin_run import OF_APPROVALS, check_name
from app.api.wire.langgraph.thread_runs import ThreadRuns
from app.api.wire.langgraph.thread_values import checkpoint_of, thread_data, thread_state, values_of
from app.api.wire.model_names import model_names
from app.api.wire.refused import RefusedParameterError
from app.conversations.store import Conversation, ConversationError, thread_of
from app.errors import PinciteError
from app.identity.caller import Caller

NO_THREAD: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "You have no such conversation."}
}
_MADE: dict[int | str, dict[str, Any]] = {
    400: {"model": ProblemDocument, "description": "Something in it cannot be done; it is named."},
    409: {"model": ProblemDocument, "description": "You have it already."},
}


class ThreadExistsError(PinciteError, ValueError):
    """There is a conversation of that name already."""

    code = "thread-exists"
    status = 409


class ThreadBody(BaseModel):
    """A conversation to begin. ``metadata`` and other parameters are passed over."""

    model_config = ConfigDict(extra="allow")

    thread_id: str | None = Field(None, min_length=1, max_length=200, description="Its name; or one is made.")
    if_exists: Literal["raise", "do_nothing"] | None = None
    supersteps: list[Any] | None = None


class ThreadSearch(BaseModel):
    """Which conversations, the last used first. ``select``: which fields of each; other parameters are
    passed over."""

    model_config = ConfigDict(extra="allow")

    ids: list[str] | None = Field(None, max_length=1000)
    metadata: dict[str, Any] | None = Field(
        None, description="Nothing but the graph or an assistant is known."
    )
    values: dict[str, Any] | None = None
    status: Literal["idle", "busy", "interrupted", "error"] | None = None
    select: list[str] | None = Field(None, max_length=100)
    limit: Annotated[int, Field(ge=1, le=1000)] = 10
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class StateAt(BaseModel):
    """Which state."""

    model_config = ConfigDict(extra="allow")

    checkpoint: dict[str, Any] = Field(default_factory=dict)


class ThreadHistory(BaseModel):
    """How much of a conversation's history. Only its end is kept."""

    model_config = ConfigDict(extra="allow")

    limit: Annotated[int, Field(ge=1, le=1000)] = 10


def add_thread_wire_routes(app: FastAPI, service: Service, runs: ThreadRuns) -> None:
    """The routes."""

    async def whole(caller: Caller, name: str) -> dict[str, Any]:
        check_name(name)
        known, state = await service.pincite(caller).conversation(caller.user, name)
        return thread_data(known, values_of(state.values), _busy(runs, caller, name))

    @app.post("/threads", tags=["langgraph"], responses=_MADE)
    async def create(asked: ThreadBody, caller: Asker) -> dict[str, Any]:
        """Begin a conversation of yours."""
        store = service.pincite(caller).corpus.conversations
        if asked.supersteps:
            raise RefusedParameterError("supersteps", "nobody writes into a conversation's state")
        name = asked.thread_id or str(uuid.uuid4())
        if name.startswith(OF_APPROVALS) or not is_name(name):
            raise RefusedParameterError("thread_id", f"no conversation can have that name: {NAME_RULE}")
        known = await asyncio.to_thread(_found, store, caller.user, name)
        if known is None:
            await asyncio.to_thread(store.go_on, caller.user, name)
        elif asked.if_exists != "do_nothing":
            raise ThreadExistsError("you have a conversation of that name")
        return await whole(caller, name)

    @app.post("/threads/search", tags=["langgraph"])
    async def search(asked: ThreadSearch, caller: Asker) -> list[dict[str, Any]]:
        """Your conversations."""
        pincite = service.pincite(caller)
        if asked.values or not _of_ours(asked.metadata or {}, [*model_names(pincite.settings)]):
            return []
        found: list[tuple[Conversation, bool]] = []
        for one in await asyncio.to_thread(pincite.corpus.conversations.list, caller.user):
            busy = _busy(runs, caller, one.name)
            if one.name.startswith(OF_APPROVALS) or (asked.ids is not None and one.name not in asked.ids):
                continue
            if asked.status in (None, "busy" if busy else "idle"):
                found.append((one, busy))
        with_values = asked.select is None or "values" in asked.select
        threads: list[dict[str, Any]] = []
        for one, busy in found[asked.offset : asked.offset + asked.limit]:
            values = None
            if with_values:
                _, state = await pincite.conversation(caller.user, one.name)
                values = values_of(state.values)
            thread = thread_data(one, values, busy)
            threads.append({key: value for key, value in thread.items() if key in (asked.select or thread)})
        return threads

    @app.get("/threads/{thread_id}", tags=["langgraph"], responses=NO_THREAD)
    async def thread(thread_id: PathName, caller: Asker) -> dict[str, Any]:
        """A conversation of yours."""
        return await whole(caller, thread_id)

    @app.delete("/threads/{thread_id}", tags=["langgraph"], status_code=204, responses=NO_THREAD)
    async def delete(thread_id: PathName, request: Request, caller: Asker) -> None:
        """Delete a conversation of yours with all its turns; its answers stay until they are deleted."""
        check_name(thread_id)
        if (active := runs.active(caller, thread_id)) is not None:
            await service.running.stop(active.run)
        await service.note(request, caller, "threads.delete", thread_of(caller.user, thread_id))
        store = service.pincite(caller).corpus.conversations
        await asyncio.to_thread(store.delete, caller.user, thread_id)

    @app.get("/threads/{thread_id}/state", tags=["langgraph"], responses=NO_THREAD)
    async def state(thread_id: PathName, caller: Asker) -> dict[str, Any]:
        """What was said and the last answer; no evidence, draft or other inner state. It is read only."""
        check_name(thread_id)
        known, found = await service.pincite(caller).conversation(caller.user, thread_id)
        return thread_state(known, found, _busy(runs, caller, thread_id))

    @app.post("/threads/{thread_id}/state/checkpoint", tags=["langgraph"], responses={**_MADE, **NO_THREAD})
    async def state_at(thread_id: PathName, asked: StateAt, caller: Asker) -> dict[str, Any]:
        """As `GET /threads/{thread_id}/state`, for clients that name a checkpoint: its end, or none."""
        check_name(thread_id)
        known, found = await service.pincite(caller).conversation(caller.user, thread_id)
        if asked.checkpoint.get("checkpoint_id") not in (None, checkpoint_of(found)):
            raise RefusedParameterError("checkpoint", "only a conversation's end is known")
        return thread_state(known, found, _busy(runs, caller, thread_id))

    @app.post("/threads/{thread_id}/history", tags=["langgraph"], responses=NO_THREAD)
    async def history(thread_id: PathName, _asked: ThreadHistory, caller: Asker) -> list[dict[str, Any]]:
        """Where the conversation ends, as a list of one; of none before its first turn."""
        check_name(thread_id)
        known, found = await service.pincite(caller).conversation(caller.user, thread_id)
        return [thread_state(known, found, _busy(runs, caller, thread_id))] if found.values else []


def _busy(runs: ThreadRuns, caller: Caller, name: str) -> bool:
    return runs.active(caller, name) is not None


def _found(store: Any, user: str, name: str) -> Conversation | None:
    try:
        found: Conversation = store.find(user, name)
    except ConversationError:
        return None
    return found


def _of_ours(metadata: dict[str, Any], names: list[str]) -> bool:
    """Whether conversations have that metadata: all have the graph's, and any assistant may be named."""
    known = {"graph_id": (GRAPH,), "assistant_id": (*names, *map(assistant_id, names))}
    return all(value in known.get(key, ()) for key, value in metadata.items())
