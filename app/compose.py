"""The composition root: settings to components to graph. The only place where parts meet."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool

from app.aio.approvals import Approve, nobody, run_to_end, stream_to_end
from app.aio.background_loop import BackgroundLoop
from app.aio.waiting_runs import WaitingRuns
from app.answers.draft_memory import DraftMemory
from app.conversations.waiting import WaitingStore
from app.corpus import Corpus, open_corpus
from app.extensions.tools import active_tools
from app.extractive.answerer import make_extractor, make_gate
from app.extractive.best_sentences import make_best_sentences
from app.extractive.sentence_scores import SentenceScorer
from app.forgetting.report import ForgetReport
from app.gate.calibration import gate_rule
from app.models.chains import make_chains, models_by_name
from app.models.entailment import make_entailment
from app.models.hub_prompt import pull_answer_prompt
from app.models.limits import limits_of
from app.models.prices import price_of
from app.observability.metrics import Metrics
from app.observability.observers import open_observers
from app.registry.registry import Registry
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.stored_vectors import StoredVectors
from app.retrieval.hybrid import HybridRetriever
from app.retrieval.question_filters import QuestionFilters
from app.retrieval.ranking.evidence_cut import EvidenceCut
from app.retrieval.ranking.reranker import make_order
from app.retrieval.readable_documents import ReadableDocuments
from app.retrieval.spelling import Speller
from app.retrieval.word_weights import index_weights
from app.safety.canary import canary_of
from app.safety.guard import in_turn
from app.safety.installed_guards import active_guards
from app.safety.our_guards import (
    answer_guards,
    draft_guards,
    question_guards,
    subject_guards,
    words_check,
    words_guards,
)
from app.safety.roles import with_roles
from app.settings import Settings, load_settings
from app.storage.kept_key import kept_key
from app.toolbox.built_in import built_in_tools
from app.toolbox.mcp.tools import mcp_tools
from app.toolbox.names import BUILT_IN
from graphs.answer import NAMES_IN_USE, AnswerGraph, answer_graph
from graphs.calling.breaker import Breakers
from graphs.calling.chains import ChainModel
from graphs.contracts import Answer
from graphs.parts import Identify, Parts, context_principal
from graphs.state import AskContext
from prompts.load import Prompt, load_prompt
from tools.policy.decide import may_be_asked_about
from tools.policy.declaration import declaration_of


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
    may_ask: bool = False
    """Whether a run may stop for a person: a model may call a tool that acts."""
    _tools: Sequence[BaseTool] = field(default=(), repr=False)

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
        filters: Mapping[str, Any] | None = None,
        context: AskContext | None = None,
        approve: Approve | None = None,
    ) -> Answer:
        """Answer one question.

        ``thread_id`` names a stored conversation of the context's user to continue, begun where there is
        none; ``messages`` brings one along instead. ``approve`` is asked before a tool acts
        (``app.aio.approvals``); without it such a tool is not run.
        """
        asked = context or AskContext()
        call = await self._call(question, thread_id, messages, filters, asked, approve)
        result = await run_to_end(*call, asked, approve or nobody)
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
        filters: Mapping[str, Any] | None = None,
        context: AskContext | None = None,
        approve: Approve | None = None,
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Events as they happen (``graphs.events``); ``sentence`` for each as soon as it is checked.

        ``approve`` as in ``aask``.
        """
        asked = context or AskContext()
        call = await self._call(question, thread_id, messages, filters, asked, approve)
        async with aclosing(stream_to_end(*call, asked, approve or nobody)) as events:
            async for event in events:
                yield event

    @cached_property
    def waiting(self) -> WaitingRuns:
        """Questions over a wire, whose runs stop where a person is to approve (``app.aio.waiting_runs``)."""
        path = self.settings.home / self.settings.tenant / "threads.sqlite"
        keep_days = self.settings.conversations.keep_days
        store = WaitingStore(self.corpus.conversations, path, keep_days, lambda: datetime.now(UTC))
        return WaitingRuns(self.build, store, self._tools)

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
        filters: Mapping[str, Any] | None,
        context: AskContext,
        approve: Approve | None,
    ) -> tuple[AnswerGraph, Any, RunnableConfig]:
        """The graph to run, what it is given, and its thread."""
        given: dict[str, Any] = {"question": question, "filters": dict(filters or {})}
        if messages:
            given["messages"] = list(messages)
        if thread_id is not None:
            thread = await asyncio.to_thread(self.corpus.conversations.go_on, context.user, thread_id)
            return self._threaded(), given, RunnableConfig(configurable={"thread_id": thread})
        if approve is None:
            return self.graph, given, RunnableConfig()
        from langgraph.checkpoint.memory import InMemorySaver

        # A run that may wait for a person is kept until it ends, and no longer.
        graph = self.build(checkpointer=InMemorySaver())
        return graph, given, RunnableConfig(configurable={"thread_id": "one question"})

    def _threaded(self) -> AnswerGraph:
        from app.conversations.checkpoints import open_checkpoints

        with self._lock:
            if self._threads is None:
                saver = open_checkpoints(self.settings.home / self.settings.tenant / "threads.sqlite")
                self._stack.callback(saver.conn.close)
                self._threads = self.build(checkpointer=saver)
            return self._threads


def open_pincite(settings: Settings | None = None, *, identify: Identify = context_principal) -> Pincite:
    """Open the application from ``settings``, or from the environment and ``.env`` when there are none.

    ``identify`` says who asks; by default the run's context is believed, which is right where the embedding
    application sets it. Nothing of the process is changed: what ``.env`` says about Pincite is read, but keys
    of providers must be in the environment, where their libraries look for them.

    Raises:
        SettingsError, ModelError, HubPromptError, ExtensionError, IndexFormatError: the configuration cannot
            work; one line says why.
    """
    settings = settings or load_settings()
    with ExitStack() as stack:
        opened = _opened(settings, identify, stack)
        # Whatever fails before this has closed what was opened.
        opened._stack = stack.pop_all()
        return opened


def _opened(settings: Settings, identify: Identify, stack: ExitStack) -> Pincite:
    """The application; ``stack`` closes what was opened, last first."""
    tools = active_tools(settings.extensions.tools, {*NAMES_IN_USE, *BUILT_IN})
    guards = active_guards(settings.extensions.guards)
    outside = mcp_tools(settings.mcp.servers, settings.home / settings.tenant, {*NAMES_IN_USE, *BUILT_IN})
    # Before anything is opened: a model or prompt that cannot be had leaves nothing open behind it.
    chains = make_chains(settings, stack)
    prompt = pull_answer_prompt(settings.answer.prompt) if settings.answer.prompt else None
    gate = gate_rule(settings.answer)
    # What keeps drafts or names the settings goes by the score, wherever it is from.
    answer = settings.answer.model_copy(update={"gate_extractive": gate.score})
    settings = settings.model_copy(update={"answer": answer})
    entailment = make_entailment(settings, stack, models_by_name(settings, chains))
    corpus = stack.enter_context(open_corpus(settings))
    gate.check(corpus.fingerprint)
    corpus.tidy_quietly()
    registry = corpus.registry
    link_hosts = frozenset(host.lower() for host in settings.safety.allowed_link_hosts)
    documents = ReadableDocuments(registry, link_hosts)
    missing = corpus.checks().missing
    retriever = HybridRetriever(
        registry=registry,
        vectors=corpus.vectors,
        lexical=corpus.words,
        fingerprint=corpus.fingerprint,
        candidates=settings.retrieval.candidates,
        top_k=settings.retrieval.top_k,
        dense_weight=settings.retrieval.dense_weight,
        missing=missing,
        link_hosts=link_hosts,
    )
    weigh = index_weights(corpus.words.document_frequencies)
    folder = settings.home / settings.tenant
    parts_seen = EmbeddingCache(
        StoredVectors(
            corpus.questions, corpus.fingerprint, folder / "parts.sqlite", settings.rerank.stored_parts
        )
    )
    order = make_order(settings.rerank, corpus.embeddings, parts_seen, folder, weigh, corpus.windows)
    scorer = SentenceScorer(parts_seen, weigh, registry.texts)
    subjects = subject_guards(settings.safety, lambda texts: corpus.embeddings.embed_documents(list(texts)))
    seal_key = kept_key(folder / "state.key")
    canary = canary_of(seal_key)
    seen = stack.enter_context(open_observers(corpus, [*chains], seal_key))
    parts = Parts(
        retriever=retriever,
        chains=chains,
        # Of all graphs, so that the conversations' graph knows what the other has seen fail.
        breakers=Breakers(settings.answer.breaker_failures, settings.answer.breaker_pause_s),
        price=price_of,
        answer_prompt=prompt,
        extractor=make_extractor(scorer, settings.answer.max_sentences),
        sentences=make_best_sentences(scorer),
        reranker=EvidenceCut(
            order=order,
            passages=settings.retrieval.evidence_passages,
            characters=settings.retrieval.evidence_chars,
            floor=settings.retrieval.evidence_floor,
            unit=settings.retrieval.evidence_unit,
        ),
        gate=make_gate(scorer),
        entailment=entailment,
        second_reader=settings.answer.second_reader and entailment is None,
        memory=_memory(corpus, chains, prompt),
        tools=[*built_in_tools(settings.answer.tools, retriever, documents, folder), *tools, *outside],
        check_question=in_turn([*question_guards(settings.safety), *guards["question"]]),
        check_subject=in_turn(subjects) if subjects else None,
        # Ours come last: what others mend is held to them too.
        check_answer=in_turn([*guards["answer"], *answer_guards(settings.safety)]),
        check_draft=in_turn([*draft_guards(settings.safety, canary), *guards["draft"]]),
        check_words=words_check(words_guards(settings.safety)),
        canary=canary,
        spell=Speller(registry, corpus.words, missing),
        find_filters=QuestionFilters(registry, settings.retrieval.question_filters),
        read_version=registry.stored_version,
        read_versions=registry.stored_versions,
        may_read=registry.may_read,
        readers_of=registry.readers_of,
        identify=with_roles(identify, settings.roles),
        sign=seen.sign,
        keep=seen.keep,
        limits=limits_of(settings, gate),
        about={"settings": settings.fingerprint(), "tenant": settings.tenant},
        index_generation=registry.generation,
        seal_key=seal_key,
    )

    def build(checkpointer: Any = None) -> AnswerGraph:
        # Bound to the graph: a server or a host that runs it itself is traced with redaction, and its answers
        # are kept.
        return answer_graph(replace(parts, checkpointer=checkpointer)).with_config(
            run_name="pincite.ask", tags=["pincite"], callbacks=seen.callbacks
        )

    asks = bool(chains) and any(may_be_asked_about(declaration_of(tool)) for tool in parts.tools)
    return Pincite(
        corpus, retriever, build(), build, seen.callbacks, seen.metrics, may_ask=asks, _tools=parts.tools
    )


def _memory(
    corpus: Corpus, chains: Mapping[str, Sequence[ChainModel]], prompt: Prompt | None
) -> DraftMemory | None:
    settings = corpus.settings
    if not settings.cache.answers:
        return None
    sent = (prompt or load_prompt("answer")).sha256
    models = [f"{name}:{member.name}" for name, chain in chains.items() for member in chain]
    return DraftMemory(corpus.drafts(), settings.tenant, settings.fingerprint(), sent, models)
