"""Which trace a question belongs to: the caller's, as W3C Trace Context says it, or one of its own.

https://www.w3.org/TR/trace-context/, version 00.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

TRACEPARENT = "pincite_traceparent"
"""Where a caller may put the value of its ``traceparent`` header, in the run's ``configurable``."""

HEADER = "traceparent"
"""Where a LangGraph server puts it (``configurable_headers`` of its configuration)."""

REQUEST = "pincite_request"
"""Where a server may put ``{"id": ..., "route": ...}`` of the request, in the run's ``configurable``."""

REQUEST_CHARS = 100
_HEX = frozenset("0123456789abcdef")
_LENGTHS = (2, 32, 16, 2)


def read_traceparent(header: str) -> tuple[str, str, bool] | None:
    """(trace id, id of the caller's span, whether it is sampled); None for what is no such header.

    >>> read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    ('4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7', True)
    >>> read_traceparent("00-" + "0" * 32 + "-00f067aa0ba902b7-01") is None
    True
    """
    fields = header.strip().split("-")
    if len(fields) < len(_LENGTHS) or (fields[0] == "00" and len(fields) > len(_LENGTHS)):
        return None
    version, trace, span, flags = fields[: len(_LENGTHS)]
    whole = all(
        len(field) == length and _HEX.issuperset(field)
        for field, length in zip((version, trace, span, flags), _LENGTHS, strict=True)
    )
    if not whole or version == "ff" or not int(trace, 16) or not int(span, 16):
        return None
    return trace, span, bool(int(flags, 16) & 1)


def trace_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """``id`` (32 hex digits), ``parent`` (16, empty where nobody called) and ``sampled``, for the receipt."""
    configurable = config.get("configurable") or {}
    given = configurable.get(TRACEPARENT) or configurable.get(HEADER)
    known = read_traceparent(given) if isinstance(given, str) else None
    if known is None:
        return {"id": secrets.token_hex(16), "parent": "", "sampled": True}
    return {"id": known[0], "parent": known[1], "sampled": known[2]}


def request_of(config: Mapping[str, Any]) -> dict[str, str]:
    """``id`` and ``route`` of the request that the question came with; empty where it came with none."""
    given = (config.get("configurable") or {}).get(REQUEST)
    if not isinstance(given, Mapping):
        return {}
    return {name: str(given[name])[:REQUEST_CHARS] for name in ("id", "route") if given.get(name)}
