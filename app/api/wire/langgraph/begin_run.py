"""A run of LangGraph's API is begun: what it goes on with, what goes on there already, its place."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from fastapi import Request

from app.api.contract.thread_names import NAME_RULE, is_name
from app.api.dropped import while_connected
from app.api.service import Service
from app.api.wire.langgraph.assistant_names import assistant_id, assistant_name
from app.api.wire.langgraph.messages import human_message
from app.api.wire.langgraph.run_request import KnownThread, RunBody, Strategy, read_run
from app.api.wire.langgraph.thread_runs import ThreadBusyError, ThreadRun, ThreadRuns
from app.api.wire.langgraph.thread_values import checkpoint_of, values_of
from app.api.wire.wire_question import begun_run
from app.compose import Pincite
from app.conversations.store import ConversationError
from app.identity.caller import Caller

OF_APPROVALS = "waiting "
"""How the names begin of what is kept of runs that wait for a person; they have tokens of their own."""

VALUES = "values"
"""The event with what is kept of a conversation after a turn; told in runs of this wire alone."""


async def begin_run(
    service: Service,
    runs: ThreadRuns,
    request: Request,
    caller: Caller,
    body: RunBody,
    thread: str | None,
    *,
    create: bool,
) -> ThreadRun:
    """``create``: a conversation that there is not is begun.

    Raises:
        RefusedParameterError, FilterError: something in the request cannot be done.
        ConversationError: there is no such conversation.
        ThreadBusyError: an answer is being made in it.
    """
    pincite = service.pincite(caller)
    name = assistant_name(pincite.settings, body.assistant_id)
    if thread is not None:
        check_name(thread)
    async with AsyncExitStack() as turn:
        if thread is not None:
            await while_connected(request, turn.enter_async_context(runs.beginning(caller, thread)))
            await _alone(service, runs, request, caller, thread, body.multitask_strategy or "enqueue")
        return await _begun(service, runs, request, caller, body, name, thread, create=create)


async def _begun(
    service: Service,
    runs: ThreadRuns,
    request: Request,
    caller: Caller,
    body: RunBody,
    name: str,
    thread: str | None,
    *,
    create: bool,
) -> ThreadRun:
    pincite = service.pincite(caller)
    known, before = await _known(pincite, caller, thread, create)
    asked = read_run(body, request, pincite.settings, known)

    async def after(answer: Mapping[str, Any]) -> dict[str, Any]:
        return await _values(pincite, caller, thread or "")

    last = None if thread is None else after
    run = await begun_run(service, request, caller, asked.question, last)
    before.append(human_message(asked.question.question, asked.message))
    return runs.add(
        caller,
        run,
        thread,
        assistant=assistant_id(name),
        before=before,
        message=asked.message,
        passed_over=asked.passed_over,
    )


def check_name(thread: str) -> None:
    """Raises ``ConversationError`` where nothing of ours can have that name."""
    if thread.startswith(OF_APPROVALS) or not is_name(thread):
        raise ConversationError(f"there is no such conversation; {NAME_RULE}")


async def _alone(
    service: Service,
    runs: ThreadRuns,
    request: Request,
    caller: Caller,
    thread: str,
    strategy: Strategy,
) -> None:
    while (active := runs.active(caller, thread)) is not None:
        if strategy == "reject":
            raise ThreadBusyError("an answer is being made in this conversation; wait for it, or stop it")
        if strategy == "enqueue" and active.run.task is not None:
            await while_connected(request, asyncio.wait({active.run.task}))
        else:
            await service.running.stop(active.run)


async def _known(
    pincite: Pincite, caller: Caller, thread: str | None, create: bool
) -> tuple[KnownThread | None, list[dict[str, Any]]]:
    if thread is None:
        return None, []
    try:
        _, state = await pincite.conversation(caller.user, thread)
    except ConversationError:
        if not create:
            raise
        return KnownThread(thread), []
    messages = values_of(state.values).get("messages", [])
    return KnownThread(thread, {one["id"] for one in messages}, checkpoint_of(state)), messages


async def _values(pincite: Pincite, caller: Caller, thread: str) -> dict[str, Any]:
    _, state = await pincite.conversation(caller.user, thread)
    return {"type": VALUES, "values": values_of(state.values)}
