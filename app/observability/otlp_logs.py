"""A finished question's log line as an OpenTelemetry log record: the same fields, in the same trace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.observability import names
from app.observability.redaction import redacted_text
from app.observability.request_log import request_fields

if TYPE_CHECKING:
    from opentelemetry.sdk._logs import ReadableLogRecord
    from opentelemetry.sdk.resources import Resource

_ATTRIBUTES = {
    "answer": names.ANSWER_ID,
    "request": names.REQUEST_ID,
    "route": names.ROUTE,
    "user": names.USER_HASH,
    "status": names.ANSWER_STATUS,
    "mode": names.ANSWER_MODE,
    "problem": names.ERROR,
    "ms": names.ANSWER_MS,
    "input_tokens": names.INPUT_TOKENS,
    "output_tokens": names.OUTPUT_TOKENS,
    "usd": names.COST,
}
"""The name of each field of the line."""

_SEVERE = {"failed": ("ERROR", 17), "refused": ("WARN", 13)}
"""Of a status: text and number of its severity; of others INFO, 9."""


def log_record_of(answer: Mapping[str, Any], user: str, resource: Resource) -> ReadableLogRecord:
    """The record of an answer (``graphs.contracts.Answer``); no word of question or answer is in it.

    ``user``: as ``app.observability.request_log.user_hash`` gives it.
    """
    from opentelemetry._logs import LogRecord, SeverityNumber
    from opentelemetry.sdk._logs import ReadableLogRecord
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    fields = request_fields(answer, user)
    told = {name: fields[key] for key, name in _ATTRIBUTES.items() if fields[key] not in ("", None)}
    told |= {f"{names.VERDICT}{verdict}": count for verdict, count in fields["verdicts"].items()}
    clean = {key: redacted_text(value) if isinstance(value, str) else value for key, value in told.items()}
    text, number = _SEVERE.get(fields["status"], ("INFO", 9))
    receipt = answer.get("receipt") or {}
    begun = int(datetime.fromisoformat(receipt["asked_at"]).timestamp() * 1_000_000) * 1000
    context = None
    if fields["trace_id"]:
        span = SpanContext(
            int(fields["trace_id"], 16), int(fields["span_id"], 16), False, TraceFlags(TraceFlags.SAMPLED)
        )
        context = set_span_in_context(NonRecordingSpan(span))
    record = LogRecord(
        timestamp=begun + round(fields["ms"] * 1e6),
        context=context,
        severity_text=text,
        severity_number=SeverityNumber(number),
        body=f"{fields['status']} in {fields['ms']:.0f} ms",
        attributes=clean,
        event_name=names.EVENT,
    )
    return ReadableLogRecord(record, resource, InstrumentationScope("pincite", schema_url=names.SCHEMA))
