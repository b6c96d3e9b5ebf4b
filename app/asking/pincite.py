"""The application, opened: ask, stream, go on with conversations, forget."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, aclosing, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool
from langgraph.types import StateSnapshot

from app.aio.approvals import Approve, nobody, run_to_end, stream_to_end
from app.aio.background_loop import BackgroundLoop
from app.aio.waiting_runs import WaitingRuns
from app.asking.turn_order import TurnOrder
from app.asking.turns import said_turns
from app.conversations.store import Conversation, thread_of
from app.conversations.waiting import WaitingStore
from app.corpus import Corpus
from app.forgetting.report import ForgetReport
from app.observability.metrics import Metrics
from app.registry.registry import Registry
from app.retrieval.hybrid import HybridRetriever
from app.retrieval.scope import checked_filters
from app.settings import Settings
from graphs.answer import AnswerGraph
from graphs.contracts import Answer
from graphs.parts import Parts
from graphs.state import AskContext
from tools.filters import Filters


@dataclass
class Pincite:
    """The application, opened. Use it as a context manager, or call ``close``.

    ``graph`` has no checkpointer: it can be invoked as it is, or be a node of another graph.
    """

    corpus: Corpus
    retriever: HybridRetriever
    graph: AnswerGraph
    build: Any = field(repr=False)
    callbacks: list[BaseCallbackHandler] = field(default_factory=list)
    metrics: Metrics = field(default_factory=Metrics)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _stack: ExitStack = field(default_factory=ExitStack, repr=False)
    _loop: BackgroundLoop | None = field(default=None, repr=False)
    _threads: AnswerGraph | None = field(default=None, repr=False)
    _turns: TurnOrder = field(default_factory=TurnOrder, repr=False)
    may_ask: bool = False
    """Whether a run may stop for a person: a model may call a tool that acts."""
    _tools: Sequence[BaseTool] = field(default=(), repr=False)
    parts: Parts | None = field(default=None, repr=False)
    """What ``graph`` was built from: its guards stand before whatever else is shown of documents."""

    @property
    def settings(self) -> Settings:
        return self.corpus.settings

    @property
    def registry(self) -> Registry:
        return self.corpus.registry

    async def aask(
        self,
        question: str,
        *,
        thread_id: str | None = None,
        messages: Sequence[Any] = (),
        filters: Filters | None = None,
        context: AskContext | None = None,
        approve: Approve | None = None,
        configurable: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Answer one question.

        ``thread_id`` names a stored conversation of the context's user to continue, begun where there is
        none; ``messages`` brings one along instead. ``approve`` is asked before a tool acts
        (``app.aio.approvals``); without it such a tool is not run. ``configurable`` goes into the run's: what
        a server knows of the request (``graphs.nodes.trace_context``).
        """
        asked = context or AskContext()
        async with self._turn(asked.user, thread_id):
            given = (question, thread_id, messages, filters, asked, approve, configurable or {})
            result = await run_to_end(*await self._call(*given), asked, approve or nobody)
        return Answer.model_validate(result["answer"])

    def ask(self, question: str, **kwargs: Any) -> Answer:
        """``aask`` for synchronous callers; one event loop in a thread of its own serves all of them."""
        return self._background().run(self.aask(question, **kwargs))

    def stream(self, question: str, **kwargs: Any) -> Iterator[dict[str, Any]]:
        """``astream`` for synchronous callers. Leaving the iteration ends the model's call."""
        return self._background().iterate(self.astream(question, **kwargs))

    def _background(self) -> BackgroundLoop:
        with self._lock:
            if self._loop is None:
                self._loop = BackgroundLoop()
                self._stack.callback(self._loop.close)
            return self._loop

    async def astream(
        self,
        question: str,
        *,
        thread_id: str | None = None,
        messages: Sequence[Any] = (),
        filters: Filters | None = None,
        context: AskContext | None = None,
        approve: Approve | None = None,
        configurable: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Events as they happen (``graphs.events``); ``sentence`` for each as soon as it is checked.

        ``approve`` and ``configurable`` as in ``aask``.
        """
        asked = context or AskContext()
        async with self._turn(asked.user, thread_id):
            given = (question, thread_id, messages, filters, asked, approve, configurable or {})
            call = await self._call(*given)
            async with aclosing(stream_to_end(*call, asked, approve or nobody)) as events:
                async for event in events:
                    yield event

    def _turn(self, user: str, thread_id: str | None) -> AbstractAsyncContextManager[None]:
        """A kept conversation's only turn: one question goes on with what the one before left."""
        return nullcontext() if thread_id is None else self._turns.turn(thread_of(user, thread_id))

    @cached_property
    def waiting(self) -> WaitingRuns:
        """Questions over a wire, whose runs stop where a person is to approve (``app.aio.waiting_runs``)."""
        path = self.settings.home / self.settings.tenant / "threads.sqlite"
        keep_days = self.settings.conversations.keep_days
        store = WaitingStore(self.corpus.conversations, path, keep_days, lambda: datetime.now(UTC))
        return WaitingRuns(self.build, store, self._tools)

    async def turns(self, user: str, name: str) -> list[tuple[Literal["user", "assistant"], str]]:
        """What was said in a person's conversation, oldest first, each with who said it.

        Raises:
            ConversationError: there is no such conversation.
        """
        _, state = await self.conversation(user, name)
        return [(turn.role, turn.content) for turn in said_turns(state)]

    async def conversation(self, user: str, name: str) -> tuple[Conversation, StateSnapshot]:
        """A person's conversation, and the state that its last turn left; empty before the first.

        Raises:
            ConversationError: there is no such conversation.
        """
        found = await asyncio.to_thread(self.corpus.conversations.find, user, name)
        config = RunnableConfig(configurable={"thread_id": thread_of(user, name)})
        return found, await self._threaded().aget_state(config)

    def forget(
        self, *, document: str | None = None, user: str | None = None, thread: str | None = None
    ) -> ForgetReport:
        """Take a document, a person's things or a conversation away for good, and prove that it is gone.

        As ``pincite forget`` does (``Corpus.forget``); ``report.done`` says whether the proof holds.
        """
        return self.corpus.forget(document=document, user=user, thread=thread)

    def close(self) -> None:
        """Stop the background loop, send what traces are left, close the indexes."""
        self._stack.close()

    def __enter__(self) -> Pincite:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    async def _call(
        self,
        question: str,
        thread_id: str | None,
        messages: Sequence[Any],
        filters: Filters | None,
        context: AskContext,
        approve: Approve | None,
        known: Mapping[str, Any],
    ) -> tuple[AnswerGraph, Any, RunnableConfig]:
        """The graph to run, what it is given, and its thread."""
        given: dict[str, Any] = {"question": question, "filters": checked_filters(filters)}
        if messages:
            given["messages"] = list(messages)
        if thread_id is not None:
            thread = await asyncio.to_thread(self.corpus.conversations.go_on, context.user, thread_id)
            return self._threaded(), given, RunnableConfig(configurable={**known, "thread_id": thread})
        if approve is None:
            return self.graph, given, RunnableConfig(configurable=dict(known))
        from langgraph.checkpoint.memory import InMemorySaver

        # A run that may wait for a person is kept until it ends, and no longer.
        graph = self.build(checkpointer=InMemorySaver())
        return graph, given, RunnableConfig(configurable={**known, "thread_id": "one question"})

    def _threaded(self) -> AnswerGraph:
        from app.conversations.checkpoints import open_checkpoints

        with self._lock:
            if self._threads is None:
                saver = open_checkpoints(self.settings.home / self.settings.tenant / "threads.sqlite")
                self._stack.callback(saver.conn.close)
                self._threads = self.build(checkpointer=saver)
            return self._threads
