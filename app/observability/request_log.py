"""One log line for every finished question: numbers and names of closed sets, no word of what was asked."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from app.observability.facts import facts_of
from app.observability.redaction import RedactingFilter, redacted_text
from app.observability.spans import root_span_id

REQUESTS = "pincite.requests"
"""The logger of the lines, which are of level INFO. Nothing of the process's logging is changed for them:
where nobody listens they go nowhere."""

FIELDS = "pincite_fields"
"""What of a log record holds the line's fields."""

requests = logging.getLogger(REQUESTS)


def user_hash(user: str, key: bytes) -> str:
    """Stands for a person in logs: the same for the same person and key, and no way back without the key."""
    return hmac.new(key, b"user\0" + user.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:16]


def request_fields(answer: Mapping[str, Any], user: str) -> dict[str, Any]:
    """The fields of a finished answer's line. ``user``: as ``user_hash`` gives it."""
    facts, receipt = facts_of(answer), answer.get("receipt") or {}
    request = receipt.get("request") or {}
    return {
        "answer": answer.get("id", ""),
        "request": request.get("id", ""),
        "route": request.get("route", ""),
        "trace_id": (receipt.get("trace") or {}).get("id", ""),
        "span_id": root_span_id(receipt),
        "user": user,
        "status": facts.status,
        "mode": facts.mode,
        "problem": facts.problem,
        "ms": facts.ms,
        "input_tokens": facts.input_tokens,
        "output_tokens": facts.output_tokens,
        "usd": facts.usd,
        "verdicts": dict(facts.verdicts),
    }


def log_request(answer: Mapping[str, Any], user: str) -> None:
    """Log the line of a finished answer."""
    if requests.isEnabledFor(logging.INFO):
        fields = request_fields(answer, user)
        requests.info("%s in %.0f ms", fields["status"], fields["ms"], extra={FIELDS: fields})


class JsonFormatter(logging.Formatter):
    """Any record as one line of JSON: ``time`` (UTC), ``level``, ``logger``, ``message``, a request's
    fields, and ``error`` with the traceback where there is one. Redacted by itself."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted_text(record.getMessage()),
        }
        fields = getattr(record, FIELDS, None)
        if isinstance(fields, Mapping):
            line |= {k: redacted_text(v) if isinstance(v, str) else v for k, v in fields.items()}
        if record.exc_info or record.exc_text:
            line["error"] = redacted_text(record.exc_text or self.formatException(record.exc_info))  # type: ignore[arg-type]
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """A record as people read it; of a request's line, its fields too."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, FIELDS, None)
        if not isinstance(fields, Mapping):
            return super().format(record)
        told = [f"{key}={value}" for key, value in fields.items() if isinstance(value, str | int | float)]
        return f"{super().format(record)} {' '.join(redacted_text(one) for one in told)}"


def request_log_config(form: Literal["text", "json"]) -> dict[str, Any]:
    """For ``logging.config.dictConfig``, incremental to none: handlers and formatters for a server of our
    own.

    ``handlers.pincite`` is redacted and writes to standard error; the line of each question goes there.
    """
    formatter = JsonFormatter if form == "json" else TextFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"pincite": {"()": RedactingFilter}},
        "formatters": {"pincite": {"()": formatter}},
        "handlers": {
            "pincite": {
                "class": "logging.StreamHandler",
                "stream": sys.stderr,
                "formatter": "pincite",
                "filters": ["pincite"],
            }
        },
        "loggers": {REQUESTS: {"level": "INFO", "handlers": ["pincite"], "propagate": False}},
    }
