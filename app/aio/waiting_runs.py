"""A question asked over a wire: its run stops where a person is to approve, and another request goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from pydantic import BaseModel, ValidationError

from app.aio.approvals import nobody
from app.aio.detached_stream import in_own_task
from app.conversations.waiting import Ticket, WaitingStore, copy_checkpoint
from app.errors import PinciteError
from graphs.state import AskContext

_THREAD = "one question"
_CONFIG = RunnableConfig(configurable={"thread_id": _THREAD, "checkpoint_ns": ""})


class DecisionsError(PinciteError, ValueError):
    """Decisions that do not fit the calls; nothing was decided, and the run goes on waiting."""

    code = "decisions"
    status = 422


@dataclass(frozen=True, slots=True)
class WaitingRun:
    """A run that waits: ``requests`` as LangChain's agents have them, one a tool."""

    ticket: Ticket
    question: str
    requests: Sequence[Mapping[str, Any]]

    @property
    def calls(self) -> list[Mapping[str, Any]]:
        """What is to be decided about: ``name``, ``args``, ``description`` of each call."""
        return [call for request in self.requests for call in request["action_requests"]]


@dataclass(frozen=True, slots=True)
class ClaimedRun:
    """A run that waited, taken by whoever decided: ``resumed`` is what it goes on with."""

    saver: InMemorySaver
    resumed: Mapping[str, Any]
    context: AskContext


Outcome = Mapping[str, Any] | WaitingRun
"""An answer as JSON data, or a run that waits for a person."""


class WaitingRuns:
    """Runs of a graph that may stop; ``build`` makes the graph over a checkpointer, and ``tools`` are those
    that may be called in it."""

    def __init__(
        self, build: Callable[..., Any], store: WaitingStore, tools: Sequence[BaseTool] = ()
    ) -> None:
        self._build = build
        self._store = store
        self._tools = {tool.name: tool for tool in tools}

    async def ask(
        self, given: Mapping[str, Any], context: AskContext, configurable: Mapping[str, Any] | None = None
    ) -> Outcome:
        """The answer to a question, or the run that waits. ``configurable`` as in ``Pincite.aask``."""
        return await self._to_stop(InMemorySaver(), given, context, configurable)

    def stream(
        self, given: Mapping[str, Any], context: AskContext, configurable: Mapping[str, Any] | None = None
    ) -> AsyncGenerator[dict[str, Any] | WaitingRun, None]:
        """Events as they happen; the last is the answer, or the run that waits."""
        return self._events(InMemorySaver(), given, context, configurable)

    async def claim(
        self, ticket: str, token: str, decisions: Sequence[Mapping[str, Any]], asker: AskContext
    ) -> ClaimedRun:
        """Take a waiting run to go on with it, which can be done once.

        ``asker`` says who goes on; the rest is as it was asked.

        Raises:
            NothingWaitsError: there is none that this asker may go on with.
            DecisionsError: there are not as many decisions as calls, or an edit does not fit its tool.
        """
        waiting = await asyncio.to_thread(self._store.find, asker.user, ticket, token)
        saver = InMemorySaver()
        copy_checkpoint(saver, waiting.saved, _THREAD)
        interrupts = (await self._build(checkpointer=saver).aget_state(_CONFIG)).interrupts
        resumed = _resumed(interrupts, decisions)
        for one in resumed.values():
            for decision in one["decisions"]:
                if decision["type"] == "edit":
                    self._check(decision["edited_action"])
        # Only now is it used up: who got the decisions wrong may send them again.
        await asyncio.to_thread(self._store.take, asker.user, ticket, token)
        asked = replace(
            AskContext(**waiting.context),
            user=asker.user,
            groups=list(asker.groups),
            key=asker.key,
            deadline_s=asker.deadline_s,
        )
        return ClaimedRun(saver, resumed, asked)

    def _check(self, action: Mapping[str, Any]) -> None:
        tool = self._tools.get(action["name"])
        schema = tool.tool_call_schema if tool else None
        if isinstance(schema, type) and issubclass(schema, BaseModel):
            try:
                schema.model_validate(action["args"])
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                where = ".".join(str(part) for part in first["loc"])
                raise DecisionsError(
                    f"the edited arguments do not fit {action['name']}: {where}: {first['msg']}"
                ) from None

    async def finish(self, claimed: ClaimedRun, configurable: Mapping[str, Any] | None = None) -> Outcome:
        """The answer of a run that goes on, or the run that waits again."""
        resumed: Command[Any] = Command(resume=dict(claimed.resumed))
        return await self._to_stop(claimed.saver, resumed, claimed.context, configurable)

    def finish_stream(
        self, claimed: ClaimedRun, configurable: Mapping[str, Any] | None = None
    ) -> AsyncGenerator[dict[str, Any] | WaitingRun, None]:
        """``finish``, as events."""
        resumed: Command[Any] = Command(resume=dict(claimed.resumed))
        return self._events(claimed.saver, resumed, claimed.context, configurable)

    async def _to_stop(
        self, saver: InMemorySaver, given: Any, context: AskContext, known: Mapping[str, Any] | None
    ) -> Outcome:
        graph = self._build(checkpointer=saver)
        while True:
            result = await graph.ainvoke(given, _config(known), context=context)
            if not (interrupts := result.get("__interrupt__")):
                answer: Mapping[str, Any] = result["answer"]
                return answer
            kept = await self._kept(saver, graph, interrupts, context)
            if kept is not None:
                return kept
            given = _by_nobody(interrupts)

    async def _events(
        self, saver: InMemorySaver, given: Any, context: AskContext, known: Mapping[str, Any] | None
    ) -> AsyncGenerator[dict[str, Any] | WaitingRun, None]:
        graph = self._build(checkpointer=saver)
        while given is not None:
            stream = graph.astream(given, _config(known), context=context, stream_mode="custom")
            async with aclosing(in_own_task(stream)) as events:
                async for event in events:
                    yield event
            given = None
            interrupts = (await graph.aget_state(_CONFIG)).interrupts
            if interrupts:
                kept = await self._kept(saver, graph, interrupts, context)
                if kept is not None:
                    yield kept
                    return
                given = _by_nobody(interrupts)

    async def _kept(
        self, saver: InMemorySaver, graph: Any, interrupts: Sequence[Any], context: AskContext
    ) -> WaitingRun | None:
        saved = await saver.aget_tuple(_CONFIG)
        assert saved is not None
        ticket = await asyncio.to_thread(self._store.put, context.user, asdict(context), saved)
        if ticket is None:
            return None
        question = str((await graph.aget_state(_CONFIG)).values.get("asked") or "")
        return WaitingRun(ticket, question, [one.value for one in interrupts])


def _config(known: Mapping[str, Any] | None) -> RunnableConfig:
    return RunnableConfig(configurable={**(known or {}), **_CONFIG["configurable"]})


def _resumed(interrupts: Sequence[Any], decisions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The decisions, shared out to what asked for them."""
    calls = [call for one in interrupts for call in one.value["action_requests"]]
    if len(decisions) != len(calls):
        raise DecisionsError(f"there are {len(calls)} calls to decide about, and {len(decisions)} decisions")
    left = [_decision(one, str(call["name"])) for one, call in zip(decisions, calls, strict=True)]
    resumed: dict[str, Any] = {}
    for one in interrupts:
        count = len(one.value["action_requests"])
        resumed[one.id], left = {"decisions": left[:count]}, left[count:]
    return resumed


def _decision(given: Mapping[str, Any], tool: str) -> dict[str, Any]:
    """As LangChain's agents have it; an edit names the tool that asked and no other."""
    if given["type"] != "edit":
        return dict(given)
    return {"type": "edit", "edited_action": {"name": tool, "args": given["arguments"]}}


def _by_nobody(interrupts: Sequence[Any]) -> Any:
    return Command(resume={one.id: nobody(one.value) for one in interrupts})
