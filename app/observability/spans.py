"""A finished answer as OpenTelemetry spans: the question, its steps, and in them models, searches and tools.

They are made of the receipt when the answer is there, so nothing of it slows the answer down, and what is
not in the receipt cannot be sent.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.observability import names
from app.observability.facts import facts_of
from app.observability.known_values import KnownValues
from app.observability.redaction import redacted_text

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext, SpanKind

Attributes = Mapping[str, str | int | float | bool | None]

ROUNDED_MS = 0.2

_INSIDE = {"calls": names.CHAT, "retrievals": names.RETRIEVAL, "tools": names.EXECUTE_TOOL}
"""Lists of the receipt whose entries become spans inside their step, and the operation each is."""


def is_wanted(answer: Mapping[str, Any], share: float) -> bool:
    """Whether a trace is sent: as the caller decided, else by the trace's id, the same in every process."""
    trace = (answer.get("receipt") or {}).get("trace")
    if not trace:
        return False
    if trace["parent"]:
        return bool(trace["sampled"])
    # As OpenTelemetry's TraceIdRatioBased: the lower 64 bits against the share of them.
    return int(trace["id"][16:], 16) < share * 2**64


def root_span_id(receipt: Mapping[str, Any]) -> str:
    """The id of the question's own span, 16 hexadecimal digits, the same wherever it is asked for: log lines
    name it too. Empty where the receipt names no trace."""
    trace = (receipt.get("trace") or {}).get("id", "")
    return hashlib.sha256(f"{trace}\0{receipt.get('id', '')}".encode()).hexdigest()[:16] if trace else ""


def spans_of(answer: Mapping[str, Any], resource: Resource, *, words: bool = False) -> list[ReadableSpan]:
    """The spans, the question's first. ``words``: with the question, the queries and the answer, redacted."""
    from opentelemetry.trace import SpanKind

    receipt = answer["receipt"]
    make = _Spans(receipt, resource, answer["question"])
    root = make.context(root_span_id(receipt), remote=False)
    spans = []
    steps = receipt.get("steps", [])
    inside = [{**one, "list": kind} for kind in _INSIDE for one in receipt.get(kind, []) if "at" in one]
    for number, step in enumerate(steps):
        told: dict[str, Any] = {names.STEP: step["node"]}
        if step["node"] == "rerank":
            told |= _reranking(receipt, sum(one["node"] == "rerank" for one in steps[:number]))
        here = make.context()
        spans.append(make.span(step["node"], root, step, told, context=here))
        spans += [make.operation(one, here, words=words) for one in inside if _step_of(one, steps) == number]
    # What a step did that failed, and so is not among the steps.
    spans += [make.operation(one, root, words=words) for one in inside if _step_of(one, steps) is None]
    last = max((one.end_time or 0 for one in spans), default=make.begun)
    kind = SpanKind.SERVER if receipt["trace"]["parent"] else SpanKind.INTERNAL
    whole = {"at": 0.0, "ms": (last - make.begun) / 1e6}
    error = facts_of(answer).problem if answer["status"] == "failed" else ""
    described = _described(answer, words=words)
    return [make.span("invoke_agent pincite", None, whole, described, kind, error, root), *spans]


class _Spans:
    """Makes the spans of one receipt."""

    def __init__(self, receipt: Mapping[str, Any], resource: Resource, question: str) -> None:
        # A name that no document has is repeated in the answer, without what said that it is a password.
        self._values = KnownValues()
        for asked in (question, receipt.get("question", "")):
            self._values.remember(asked, redacted_text(asked))
        self._trace = receipt["trace"]
        self._tenant = receipt.get("tenant")
        self._resource = resource
        self.begun = int(datetime.fromisoformat(receipt["asked_at"]).timestamp() * 1_000_000) * 1000

    def context(self, span_id: str = "", *, remote: bool = True) -> SpanContext:
        from opentelemetry.trace import SpanContext, TraceFlags

        number = int(span_id or secrets.token_hex(8), 16)
        from_afar = remote and bool(span_id)
        return SpanContext(int(self._trace["id"], 16), number, from_afar, TraceFlags(TraceFlags.SAMPLED))

    def span(
        self,
        name: str,
        parent: SpanContext | None,
        took: Mapping[str, Any],
        attributes: Attributes,
        kind: SpanKind | None = None,
        error: str = "",
        context: SpanContext | None = None,
    ) -> ReadableSpan:
        """``took``: milliseconds ``at`` which it began after the question, and how many it lasted, ``ms``."""
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope
        from opentelemetry.trace import SpanKind, Status, StatusCode

        if parent is None and self._trace["parent"]:
            parent = self.context(self._trace["parent"])
        begun = self.begun + round(took["at"] * 1e6)
        known: dict[str, Any] = {key: value for key, value in attributes.items() if value is not None}
        if error:
            known[names.ERROR] = error
        clean = {key: self._clean(value) if isinstance(value, str) else value for key, value in known.items()}
        return ReadableSpan(
            name=self._clean(name),
            context=context or self.context(),
            parent=parent,
            resource=self._resource,
            attributes=clean,
            kind=kind or SpanKind.INTERNAL,
            status=Status(StatusCode.ERROR) if error else Status(),
            start_time=begun,
            end_time=begun + round(took["ms"] * 1e6),
            instrumentation_scope=InstrumentationScope("pincite", schema_url=names.SCHEMA),
        )

    def _clean(self, text: str) -> str:
        return self._values.masked(redacted_text(text))

    def operation(self, one: Mapping[str, Any], parent: SpanContext, *, words: bool) -> ReadableSpan:
        """A model's call, a search or a tool's call."""
        from opentelemetry.trace import SpanKind

        told: dict[str, Any] = {names.OPERATION: _INSIDE[one["list"]]}
        error = ""
        if one["list"] == "calls":
            name, kind = f"chat {one['model']}", SpanKind.CLIENT
            told[names.PROVIDER] = one.get("provider")
            told[names.REQUEST_MODEL] = one["model"]
            told[names.RESPONSE_MODEL] = one.get("served") or None
            told[names.INPUT_TOKENS] = one["input_tokens"]
            told[names.OUTPUT_TOKENS] = one["output_tokens"]
            error = "" if one["outcome"] == "answered" else "model_failed"
        elif one["list"] == "retrievals":
            name, kind = "retrieval passages", SpanKind.INTERNAL
            told[names.DATA_SOURCE] = self._tenant
            told[names.RETRIEVAL_K] = one["k"]
            told[names.RETRIEVED] = len(one["found"])
            told[names.QUERY] = one["query"] if words else None
        else:
            name, kind = f"execute_tool {one['tool']}", SpanKind.INTERNAL
            told[names.TOOL] = one["tool"]
            told[names.DECISION] = one["decision"]
            error = str(one.get("failed") or "")
        return self.span(name, parent, one, told, kind, error)


def _step_of(one: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> int | None:
    """The last step it can have begun in; times are rounded to a tenth of a millisecond."""
    found: int | None = None
    for number, step in enumerate(steps):
        if step["at"] - ROUNDED_MS <= one["at"] <= step["at"] + step["ms"] + ROUNDED_MS:
            found = number
    return found


def _reranking(receipt: Mapping[str, Any], number: int) -> dict[str, Any]:
    made: Sequence[Mapping[str, Any]] = receipt.get("rerankings", [])
    if number >= len(made):
        return {}
    one = made[number]
    return {names.SCORE: one["score"], names.NEEDED: one["needed"], names.EVIDENCE: len(one["evidence"])}


def _described(answer: Mapping[str, Any], *, words: bool) -> dict[str, Any]:
    """The attributes of the question's own span."""
    facts, receipt = facts_of(answer), answer["receipt"]
    told: dict[str, Any] = {
        names.OPERATION: names.INVOKE_AGENT,
        names.AGENT: "pincite",
        names.PROVIDER: "pincite",
        names.REQUEST_MODEL: receipt.get("model"),
        names.INPUT_TOKENS: facts.input_tokens,
        names.OUTPUT_TOKENS: facts.output_tokens,
        names.ANSWER_ID: answer.get("id"),
        names.ANSWER_STATUS: facts.status,
        names.ANSWER_MODE: facts.mode or None,
        names.CHAIN: (receipt.get("context") or {}).get("chain") or None,
        names.CACHE: receipt.get("cache"),
        names.COST: facts.usd,
        names.PRICES: (receipt.get("cost") or {}).get("price_version"),
        names.FALLBACKS: len(receipt.get("fallbacks", [])),
        names.GENERATION: receipt.get("index_generation"),
        names.SETTINGS: receipt.get("settings"),
        names.REQUEST_ID: (receipt.get("request") or {}).get("id"),
        **{f"{names.VERDICT}{name}": count for name, count in facts.verdicts.items()},
    }
    if words:
        said = (("user", answer["question"], None), ("assistant", answer["text"], "stop"))
        asked, answered = (_message(role, text, ended) for role, text, ended in said)
        told |= {names.INPUT_MESSAGES: asked, names.OUTPUT_MESSAGES: answered}
    return told


def _message(role: str, text: str, ended: str | None) -> str:
    """One message as the conventions write them; what makes of them JSON comes after the redaction of
    words."""
    message: dict[str, Any] = {
        "role": role,
        "parts": [{"type": "text", "content": redacted_text(text)}],
        **({"finish_reason": ended} if ended else {}),
    }
    return json.dumps([message], ensure_ascii=False)
