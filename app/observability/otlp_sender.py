"""Sends traces, log records and metrics over OTLP/HTTP from a thread of its own: never in the way of an
answer, and for a bounded time of the exit."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import uuid4

from app.observability.otlp_logs import log_record_of
from app.observability.otlp_metrics import metrics_data
from app.observability.settings import ObservabilitySettings
from app.observability.spans import is_wanted, spans_of

logger = logging.getLogger(__name__)

MOST_WAITING = 256
"""Answers whose traces and log records wait to be sent; those that come when it is full are lost and
counted."""

BATCH = 16
"""Answers sent in one request, some 10 spans each."""

SEND_S = 5.0
"""Seconds one request may take, with its retries."""

Families = Callable[[], Iterable[Any]]
"""Metric families as Prometheus's client library collects them."""


class _Finished(NamedTuple):
    answer: Mapping[str, Any]
    user: str
    """As ``app.observability.request_log.user_hash`` gives it."""


class OtlpSender:
    """Given finished answers; sends what the settings name of them. ``families``: where metrics come from.

    The thread, and OpenTelemetry's SDK, begin with the first answer, or at once where metrics are sent.
    """

    def __init__(
        self, settings: ObservabilitySettings, families: Families = tuple, tenant: str = "default"
    ) -> None:
        assert settings.otlp_endpoint
        self._settings = settings
        self._families = families
        self._tenant = tenant
        self._signals = frozenset(settings.otlp_signals)
        self._waiting: queue.Queue[_Finished | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._exporters: dict[str, Any] = {}
        self._since = time.time_ns()
        self._closed = False
        self._given_up = False
        self._sending = 0
        self.lost = 0
        if "metrics" in self._signals:
            self._begin()

    def offer(self, answer: Mapping[str, Any], user: str = "") -> None:
        """Have it sent, when there is time and room; returns at once."""
        if self._closed or not self._is_sent(answer):
            return
        try:
            self._waiting.put_nowait(_Finished(answer, user))
        except queue.Full:
            self._lose(1)
            return
        self._begin()

    def end(self) -> None:
        """Take nothing more, and send what waits now."""
        self._closed = True
        with suppress(queue.Full):
            self._waiting.put_nowait(None)

    def close(self, seconds: float | None = None) -> None:
        """``end``, and wait for what is on its way: ``exit_s`` seconds at most, or these."""
        if not self._closed:
            self.end()
        if self._thread is None:
            return
        self._thread.join(self._settings.exit_s if seconds is None else max(0.0, seconds))
        if self._thread.is_alive():
            self._given_up = True
            self._lose(self._sending + self._waiting.qsize())
            for exporter in [*self._exporters.values()]:
                # Ends the wait between two tries, so that the thread is gone soon.
                exporter.shutdown()
        if self.lost:
            told = "traces or logs of %d questions could not be sent to %s; answers are not affected"
            logger.warning(told, self.lost, self._settings.otlp_endpoint)

    def _is_sent(self, answer: Mapping[str, Any]) -> bool:
        if "logs" in self._signals:
            return True
        return "traces" in self._signals and is_wanted(answer, self._settings.otlp_share)

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pincite-otlp", daemon=True)
                self._thread.start()

    def _lose(self, count: int) -> None:
        with self._lock:
            self.lost += count

    def _run(self) -> None:
        self._exporters = _exporters(self._settings)
        # Of ours alone: the resource of the process is its host's to describe.
        resource = _resource(self._tenant)
        due = time.monotonic() + self._settings.otlp_metrics_s
        ends = False
        while not ends and not self._given_up:
            batch = self._batch(due - time.monotonic() if "metrics" in self._signals else None)
            ends = None in batch or (self._closed and self._waiting.empty())
            finished = [one for one in batch if one is not None]
            self._sending = len(finished)
            if finished and not self._send(finished, resource) and not self._given_up:
                self._lose(len(finished))
            self._sending = 0
            if "metrics" in self._signals and (ends or time.monotonic() >= due) and not self._given_up:
                self._send_metrics(resource)
                due = time.monotonic() + self._settings.otlp_metrics_s
        if not self._given_up:
            for exporter in self._exporters.values():
                exporter.shutdown()

    def _batch(self, wait_s: float | None) -> list[_Finished | None]:
        """What waits, as much as is sent at a time; waits for the first so long, or until there is one."""
        try:
            batch = [self._waiting.get(timeout=None if wait_s is None else max(0.0, wait_s))]
        except queue.Empty:
            return []
        while len(batch) < BATCH and not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
        return batch

    def _send(self, finished: list[_Finished], resource: Any) -> bool:
        """Whether all of it arrived: what is lost is lost for both, since one endpoint takes both."""
        sent = True
        try:
            if "logs" in self._signals:
                records = [log_record_of(one.answer, one.user, resource) for one in finished]
                sent = self._exported("logs", records)
            if "traces" in self._signals and not self._given_up:
                share, words = self._settings.otlp_share, self._settings.otlp_words
                wanted = [one.answer for one in finished if is_wanted(one.answer, share)]
                spans = [span for answer in wanted for span in spans_of(answer, resource, words=words)]
                sent = (not spans or self._exported("traces", spans)) and sent
        except Exception as error:  # whatever is wrong with a trace, the next may be sent
            logger.warning("a trace could not be made or sent (%s)", type(error).__name__)
            return False
        return sent

    def _send_metrics(self, resource: Any) -> None:
        try:
            data = metrics_data(self._families(), resource, self._since, time.time_ns())
            self._exported("metrics", data)
        except Exception as error:  # they are cumulative: the next has all of it
            logger.warning("metrics could not be made or sent (%s)", type(error).__name__)

    def _exported(self, signal: str, data: Any) -> bool:
        # Each signal has a result class of its own; their successes have one name.
        return bool(self._exporters[signal].export(data).name == "SUCCESS")


def _exporters(settings: ObservabilitySettings) -> dict[str, Any]:
    """One for each signal that is sent."""
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    base = str(settings.otlp_endpoint).removesuffix("/").removesuffix("/v1/traces")
    known = {"traces": OTLPSpanExporter, "logs": OTLPLogExporter, "metrics": OTLPMetricExporter}
    return {
        name: make(endpoint=f"{base}/v1/{name}", timeout=SEND_S)
        for name, make in known.items()
        if name in settings.otlp_signals
    }


def _resource(tenant: str) -> Any:
    """What all three signals of one process and tenant say they come from."""
    from opentelemetry.sdk.resources import Resource

    from app.observability import names

    return Resource(
        {names.SERVICE: "pincite", names.INSTANCE: str(uuid4()), names.TENANT: tenant},
        schema_url=names.SCHEMA,
    )
