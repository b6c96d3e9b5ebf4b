"""Sends traces over OTLP/HTTP from a thread of its own: never in the way of an answer, and for a bounded
time of the exit."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from app.observability.settings import ObservabilitySettings
from app.observability.spans import is_wanted, spans_of

logger = logging.getLogger(__name__)

MOST_WAITING = 256
"""Answers whose traces wait to be sent; those that come when it is full are lost and counted."""

BATCH = 16
"""Answers sent in one request, some 10 spans each."""

SEND_S = 5.0
"""Seconds one request may take, with its retries."""


class SpanSender:
    """Given finished answers. The thread, and OpenTelemetry's SDK, begin with the first."""

    def __init__(self, settings: ObservabilitySettings) -> None:
        assert settings.otlp_endpoint
        self._settings = settings
        self._endpoint = f"{settings.otlp_endpoint.removesuffix('/').removesuffix('/v1/traces')}/v1/traces"
        self._waiting: queue.Queue[Mapping[str, Any] | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._exporter: Any = None
        self._closed = False
        self._given_up = False
        self._sending = 0
        self.lost = 0

    def offer(self, answer: Mapping[str, Any]) -> None:
        """Have it sent, when there is time and room; returns at once."""
        if self._closed or not is_wanted(answer, self._settings.otlp_share):
            return
        try:
            self._waiting.put_nowait(answer)
        except queue.Full:
            self._lose(1)
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pincite-spans", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Send what waits, for ``exit_s`` seconds at most."""
        self._closed = True
        if self._thread is None:
            return
        with suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(self._settings.exit_s)
        if self._thread.is_alive():
            self._given_up = True
            self._lose(self._sending + self._waiting.qsize())
            if self._exporter is not None:
                # Ends the wait between two tries, so that the thread is gone soon.
                self._exporter.shutdown()
        if self.lost:
            told = "the traces of %d questions could not be sent to %s; answers are not affected"
            logger.warning(told, self.lost, self._settings.otlp_endpoint)

    def _lose(self, count: int) -> None:
        with self._lock:
            self.lost += count

    def _run(self) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace.export import SpanExportResult

        self._exporter = OTLPSpanExporter(endpoint=self._endpoint, timeout=SEND_S)
        # Of ours alone: the resource of the process is its host's to describe.
        resource = Resource({"service.name": "pincite"})
        ends = False
        while not ends and not self._given_up:
            batch = [self._waiting.get()]
            while len(batch) < BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            ends = None in batch or (self._closed and self._waiting.empty())
            answers = [one for one in batch if one is not None]
            self._sending = len(answers)
            if answers and not self._send(answers, resource, SpanExportResult.SUCCESS) and not self._given_up:
                self._lose(len(answers))
            self._sending = 0
        self._exporter.shutdown()

    def _send(self, answers: list[Mapping[str, Any]], resource: Any, success: Any) -> bool:
        try:
            spans = [
                span
                for answer in answers
                for span in spans_of(answer, resource, words=self._settings.otlp_words)
            ]
            return bool(self._exporter.export(spans) == success)
        except Exception as error:  # whatever is wrong with a trace, the next may be sent
            logger.warning("a trace could not be made or sent (%s)", type(error).__name__)
            return False
