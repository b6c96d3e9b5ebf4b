"""LangSmith traces: on when its key is set, redacted, and never in the way of an answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler

FLUSH_S = 2.0


def tracing_is_on(environment: Mapping[str, str] = os.environ) -> bool:
    """A key is set, and tracing was not switched off by name.

    >>> tracing_is_on({"LANGSMITH_API_KEY": "k"}), tracing_is_on({})
    (True, False)
    >>> tracing_is_on({"LANGSMITH_API_KEY": "k", "LANGSMITH_TRACING": "false"})
    False
    """
    switched_off = environment.get("LANGSMITH_TRACING", "").lower() in ("false", "0", "no", "off")
    return bool(environment.get("LANGSMITH_API_KEY")) and not switched_off


def tracing_callbacks(client: Any = None) -> list[BaseCallbackHandler]:
    """A tracer that redacts secrets and e-mail addresses before anything is sent; none when tracing is off.

    Sending happens in a thread, so an endpoint that is down does not delay an answer; traces are lost then.
    Our own processes make it a daemon (``app.process.telemetry``), so that it does not delay the exit either.
    """
    if not tracing_is_on():
        return []
    from langchain_core.tracers import LangChainTracer

    project = os.environ.get("LANGSMITH_PROJECT", "pincite")
    return [LangChainTracer(project_name=project, client=client or make_client())]


def make_client() -> Any:
    """A LangSmith client with the redaction every trace gets."""
    from langsmith import Client

    from app.observability.redaction import redacted_data

    return Client(anonymizer=redacted_data)


def flush(callbacks: list[BaseCallbackHandler]) -> None:
    """Give pending traces two seconds to leave, before a short-lived process ends."""
    for handler in callbacks:
        client = getattr(handler, "client", None)
        if client is not None:
            client.flush(timeout=FLUSH_S)
