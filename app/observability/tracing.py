"""LangSmith traces: on when its key is set, redacted, and never in the way of an answer."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler

logger = logging.getLogger(__name__)

FLUSH_S = 1.0
"""Seconds that traces may hold up the exit, where nobody says otherwise."""

LOOK_S = 0.02
"""Seconds between two looks at what is still to be sent."""

TIMES_MS = (2_000, 10_000)
"""Milliseconds to connect, and to wait for an answer."""


def tracing_is_on(environment: Mapping[str, str] = os.environ) -> bool:
    """A key is set, and tracing was not switched off by name.

    >>> tracing_is_on({"LANGSMITH_API_KEY": "k"}), tracing_is_on({})
    (True, False)
    >>> tracing_is_on({"LANGSMITH_API_KEY": "k", "LANGSMITH_TRACING": "false"})
    False
    """
    switched_off = environment.get("LANGSMITH_TRACING", "").lower() in ("false", "0", "no", "off")
    return bool(environment.get("LANGSMITH_API_KEY")) and not switched_off


class SendingTrouble:
    """What LangSmith's client says of batches that it could not send."""

    def __init__(self) -> None:
        self.seen = threading.Event()
        self.kind = ""

    def __call__(self, error: Exception) -> None:
        self.kind = type(error).__name__
        self.seen.set()


def tracing_callbacks(
    share: float | None = None, client: Any = None, key: bytes | None = None
) -> list[BaseCallbackHandler]:
    """A tracer that redacts secrets and e-mail addresses before anything is sent; none when tracing is off.

    ``share`` of the runs are sent; as LANGSMITH_TRACING_SAMPLING_RATE says where None. Sending happens in a
    thread, so an endpoint that is down does not delay an answer; traces are lost then. Our own processes
    make it a daemon (``app.process.telemetry``), so that it does not delay the exit either. ``key``: as
    ``make_client``.
    """
    if not tracing_is_on():
        return []
    from langchain_core.tracers import LangChainTracer

    project = os.environ.get("LANGSMITH_PROJECT", "pincite")
    return [LangChainTracer(project_name=project, client=client or make_client(share, key))]


def make_client(share: float | None = None, key: bytes | None = None) -> Any:
    """A LangSmith client with the redaction every trace gets. ``key``: with it, who asks is
    hashed as in log lines."""
    from urllib3.util import Retry

    from app.observability.deferred_client import DeferredClient
    from app.observability.redaction import CleanTexts, redacted_data
    from app.observability.traced_people import hash_people

    clean = CleanTexts()

    def anonymised(data: Any) -> Any:
        copied = redacted_data(data, clean)
        return copied if key is None else hash_people(copied, key)

    # Busy servers are asked again; one that nobody reaches is not, so that its thread ends soon.
    retry = Retry(
        total=2, connect=0, read=0, backoff_factor=0.2, status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=None, raise_on_status=False,
    )  # fmt: skip
    return DeferredClient(
        anonymizer=anonymised,
        tracing_sampling_rate=share,
        timeout_ms=TIMES_MS,
        retry_config=retry,
        tracing_error_callback=SendingTrouble(),
    )


def flush(callbacks: Sequence[BaseCallbackHandler], seconds: float = FLUSH_S) -> None:
    """Give pending traces some seconds to leave, none where one could not be sent: then a line is logged."""
    for handler in callbacks:
        client = getattr(handler, "client", None)
        if client is None:
            continue
        trouble = getattr(client, "_tracing_error_callback", None)
        if not isinstance(trouble, SendingTrouble):
            client.flush(timeout=seconds)
            continue
        if not _all_sent(client, trouble, seconds):
            why = trouble.kind or "no answer in time"
            logger.warning("traces could not be sent to LangSmith (%s); answers are not affected", why)


def _all_sent(client: Any, trouble: SendingTrouble, seconds: float) -> bool:
    """Whether everything was sent; waits until it is, something could not be, or the time is over."""
    ends = time.monotonic() + seconds
    settle = getattr(client, "settle", None)
    if settle is not None and not settle(seconds):
        return False
    waiting = client.tracing_queue
    while waiting is not None and waiting.unfinished_tasks and time.monotonic() < ends:
        if trouble.seen.wait(LOOK_S):
            break
    if trouble.seen.is_set():
        return False
    client.flush(timeout=max(0.0, ends - time.monotonic()))
    return not trouble.seen.is_set() and not (waiting is not None and waiting.unfinished_tasks)
