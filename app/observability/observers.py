"""Whoever is told of a finished answer, by whatever road its question came: the store, metrics, traces,
the log."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler

from app.answers.keeper import AnswerKeeper
from app.corpus import Corpus
from app.observability.metrics import Metrics
from app.observability.otlp_sender import OtlpSender
from app.observability.receipt_signature import ReceiptSigner
from app.observability.request_log import log_request, user_hash
from app.observability.traced_runs import TracedRuns, traced_as
from app.observability.tracing import flush, tracing_callbacks
from app.online.open import open_watch
from app.registry.registry import Registry
from graphs.parts import Keep, Principal

logger = logging.getLogger(__name__)

Observer = Callable[[Mapping[str, Any], Principal], None]
"""Told of a finished answer and who asked. It takes no time: what is slow happens elsewhere."""


@dataclass(frozen=True, slots=True)
class Observers:
    """The graph's parts ``sign`` and ``keep``, LangChain callbacks for its runs, and the metrics."""

    sign: ReceiptSigner
    keep: Keep
    callbacks: list[BaseCallbackHandler]
    metrics: Metrics


@contextmanager
def open_observers(corpus: Corpus, chains: Sequence[str], key: bytes) -> Iterator[Observers]:
    """The observers, as the settings have them. At the end, what waits is sent, within ``exit_s`` seconds.

    ``key``: hashes users in logs and traces.
    """
    settings = corpus.settings.observability
    metrics = Metrics(chains, lambda: _gauges(corpus.registry, sender))
    sender = None
    if settings.otlp_endpoint:
        sender = OtlpSender(settings, metrics.families, corpus.settings.tenant)
    told: list[Observer] = [
        lambda answer, _who: metrics.observe(answer),
        lambda answer, who: log_request(answer, user_hash(who.user, key)),
    ]
    if sender is not None:
        told.append(lambda answer, who: sender.offer(answer, user_hash(who.user, key)))
    keeper = AnswerKeeper(corpus.answers) if corpus.settings.answers.keep else None
    watch = open_watch(corpus) if keeper is not None and settings.online.checks else None
    if watch is not None:
        metrics.watch(watch.gauges)
        told.append(lambda _answer, _who: watch.notice())
    callbacks = tracing_callbacks(settings.langsmith_share, key=key)
    runs = None
    if callbacks and keeper is not None:
        folder = corpus.settings.home / corpus.settings.tenant
        runs = NotedRuns(TracedRuns(corpus.answers, folder / "answers.sqlite"), callbacks)
    signer = ReceiptSigner(corpus.settings.home / corpus.settings.tenant)
    try:
        yield Observers(signer, telling(keeper, told, runs), callbacks, metrics)
    finally:
        # Both send at the same time: together they may take ``exit_s``, not each.
        ends = time.monotonic() + settings.exit_s
        if sender is not None:
            sender.end()
        if watch is not None:
            watch.close()
        flush(callbacks, settings.exit_s)
        if sender is not None:
            sender.close(ends - time.monotonic())


@dataclass(frozen=True, slots=True)
class NotedRuns:
    """Where the runs of answers are noted, and who traces them."""

    traced: TracedRuns
    callbacks: Sequence[BaseCallbackHandler]

    def noting(self) -> Observer:
        """Notes the run that this is called in, for an answer."""
        run = traced_as(self.callbacks)
        return lambda answer, _who: self.traced.put(str(answer["id"]), run) if run else None


def telling(keeper: Keep | None, observers: Sequence[Observer], runs: NotedRuns | None = None) -> Keep:
    """One ``keep`` of several: the store first, the run of LangSmith last. An observer that fails costs a
    logged line, never the answer."""

    def tell(answer: Mapping[str, Any], who: Principal, told: Sequence[Observer]) -> None:
        for observer in told:
            try:
                observer(answer, who)
            except Exception as error:  # metrics, traces and logs never fail a question
                logger.warning("an answer could not be counted, traced or logged", exc_info=error)

    async def keep(answer: Mapping[str, Any], who: Principal) -> None:
        if keeper is not None:
            await keeper(answer, who)
        # A handler of the host's may write to a disk or over a network.
        # Here, since what runs is known to this task.
        noting = [runs.noting()] if runs is not None else []
        await asyncio.to_thread(tell, answer, who, [*observers, *noting])

    return keep


def _gauges(registry: Registry, sender: OtlpSender | None) -> dict[str, float | Mapping[str, float]]:
    passages, documents, changed_at = registry.size()
    known: dict[str, float | Mapping[str, float]] = {
        "pincite_index_passages": float(passages),
        "pincite_index_documents": float(documents),
    }
    if changed_at:
        age = (datetime.now(UTC) - datetime.fromisoformat(changed_at)).total_seconds()
        known["pincite_index_age_seconds"] = max(0.0, age)
    if sender is not None:
        known["pincite_traces_lost"] = float(sender.lost)
    return known
