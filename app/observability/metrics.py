"""Prometheus metrics of finished answers, whichever road a question came by.

Labels come from closed sets: who asks, with which key, and what, are never among them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from app.observability.facts import AnswerFacts, facts_of
from graphs.answer import NAMES_IN_USE
from graphs.calling.budget import BudgetUnavailableError

OTHER = "other"

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 45.0, 90.0)
"""Bounds of the histograms: from a step of a few milliseconds to twice the default deadline."""

PROBLEMS = frozenset(
    (
        *("question-refused", "empty-question", "unknown-chain", "identity-refused", "withheld"),
        *("state-changed", "not-your-conversation", "budget-exceeded", "budget-unavailable"),
    )
) | {f"{step}-{how}" for step in NAMES_IN_USE for how in ("failed", "timeout")}
ACTIONS = frozenset(("allow", "log", "block", "redact", "mend", "none"))
UNAVAILABLE = "unavailable"
BUDGETS = frozenset(("user", "key", "tenant", "request", UNAVAILABLE))
"""Whose bound it was; ``unavailable``: what was spent, or how many run, cannot be counted."""

Gauges = Callable[[], Mapping[str, float | Mapping[str, float]]]
"""Values by the name of their metric, or values by label, read when a page is asked for."""

COUNTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pincite_answers": ("Finished questions.", ("status", "mode")),
    "pincite_problems": ("Questions refused or failed, by the problem's code.", ("status", "code")),
    "pincite_abstentions": ("Answers withheld for want of evidence, by the step that decided.", ("step",)),
    "pincite_verdicts": ("Sentences by verdict; unsupported ones are never shown.", ("verdict",)),
    "pincite_guard_runs": ("Runs of guards that saw something or were noted.", ("guard", "action")),
    "pincite_guard_faults": ("Runs of guards that failed or took too long.", ("guard",)),
    "pincite_fallbacks": ("Models that failed or were passed over, by step.", ("step",)),
    "pincite_model_calls": ("Models asked, retries counted as one.", ("chain", "model", "outcome")),
    "pincite_tokens": ("Tokens of chat models.", ("chain", "model", "direction")),
    "pincite_cost_usd": ("US dollars, of answers whose whole cost is known.", ("chain",)),
    "pincite_cost_unknown": ("Answers with a call whose cost is not known.", ("chain",)),
    "pincite_cache": ("Questions looked up among remembered drafts.", ("outcome",)),
    "pincite_cache_saved_seconds": ("What remembered drafts took when they were made.", ()),
    "pincite_cache_saved_tokens": ("Tokens of remembered drafts when they were made.", ("direction",)),
    "pincite_cache_saved_usd": ("US dollars of remembered drafts, where known.", ()),
    "pincite_prompt_cache_tokens": ("Tokens that providers read from their cache of prompts.", ()),
    "pincite_prompt_cache_saved_usd": ("US dollars that saved, where known.", ()),
    "pincite_budget_refusals": ("Questions refused for a budget or limit, by whose it is.", ("scope",)),
}
"""Each is exposed with ``_total`` at its end."""

HISTOGRAMS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pincite_answer_seconds": ("Seconds that the steps of a question took together.", ("status",)),
    "pincite_step_seconds": ("Seconds that one step took.", ("step",)),
    "pincite_first_sentence_seconds": ("Seconds until the first sentence was let out.", ("mode",)),
}

GAUGES: Mapping[str, str] = {
    "pincite_in_flight": "Questions being answered.",
    "pincite_waiting": "Questions that wait for their turn.",
    "pincite_index_passages": "Passages in the index.",
    "pincite_index_documents": "Documents in the index.",
    "pincite_index_age_seconds": "Seconds since a document was last added or changed.",
    "pincite_traces_lost": "Questions whose OpenTelemetry trace could not be sent.",
    "pincite_online_checked": "Kept answers that were checked, ever.",
}
"""Those that nobody gives a value for are left out."""

SERIES: Mapping[str, tuple[str, str]] = {
    "pincite_online_check": ("Mean of a check over the newest answers, 0 to 1.", "check"),
    "pincite_online_rate": ("Rate in the newest whole group of answers.", "rate"),
    "pincite_online_rate_low": ("The least rate of a group that is within its control limits.", "rate"),
    "pincite_online_rate_high": ("The greatest rate of a group that is within its control limits.", "rate"),
    "pincite_online_rate_out": ("Groups that a rate has been out of its control limits, 0: within.", "rate"),
    "pincite_online_drift": ("Population stability index against the baseline, newest window.", "of"),
    "pincite_online_drift_limit": ("The index that is exceeded by chance in 1 of 200 windows.", "of"),
    "pincite_online_judged": ("Share of answers that a judge passes, estimated from its sample.", "judge"),
}
"""Gauges with one label, and its name."""


class Metrics:
    """Counts every answer it is told of. ``chains`` and ``tools``: the names there are; others count as
    ``other``. The client library is imported with the first answer or page."""

    def __init__(self, chains: Collection[str] = (), gauges: Gauges | None = None) -> None:
        self._chains = frozenset(chains)
        self._gauges: list[Gauges] = [gauges] if gauges else []
        self._made: dict[str, Any] = {}
        self._registry: Any = None
        self._lock = threading.Lock()

    def watch(self, gauges: Gauges) -> None:
        """Read values of ``GAUGES`` from here too, whenever a page is asked for."""
        self._gauges.append(gauges)

    def count_budget_refusal(self, scope: str) -> None:
        """A question refused since a budget or a limit was used up. ``scope``: whose."""
        self._add("pincite_budget_refusals", 1, scope=scope if scope in BUDGETS else OTHER)

    def observe(self, answer: Mapping[str, Any]) -> None:
        """Count a finished answer (``graphs.contracts.Answer``) by its receipt."""
        facts, receipt = facts_of(answer), answer.get("receipt") or {}
        mode = facts.mode or "none"
        self._add("pincite_answers", 1, status=facts.status, mode=mode)
        self._take("pincite_answer_seconds", facts.ms, status=facts.status)
        for step in receipt.get("steps", []):
            self._take("pincite_step_seconds", step["ms"], step=_step(step["node"]))
        if (first := receipt.get("sentence_after_ms")) is not None:
            self._take("pincite_first_sentence_seconds", first, mode=mode)
        if facts.problem:
            code = facts.problem if facts.problem in PROBLEMS else OTHER
            self._add("pincite_problems", 1, status=facts.status, code=code)
        # Also where the answer was then made without a model.
        if refused := (receipt.get("budget") or {}).get("refused"):
            unavailable = refused.get("code") == BudgetUnavailableError.code
            self.count_budget_refusal(UNAVAILABLE if unavailable else refused.get("of", ""))
        if facts.status == "abstained":
            self._add("pincite_abstentions", 1, step=_decided_by(receipt))
        for verdict, count in facts.verdicts.items():
            self._add("pincite_verdicts", count, verdict=verdict)
        for entry in receipt.get("fallbacks", []):
            self._add("pincite_fallbacks", 1, step=_step(entry["step"]))
        self._observe_guards(facts)
        self._observe_models(facts, receipt)
        self._observe_cache(receipt)

    def page(self) -> tuple[bytes, str]:
        """All of it as Prometheus reads it, and the type of that content."""
        from prometheus_client import generate_latest
        from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0

        return generate_latest(self._ready()), CONTENT_TYPE_PLAIN_1_0_0

    def families(self) -> Iterable[Any]:
        """All of it as the client library has it: counters, histograms and gauges."""
        families: Iterable[Any] = self._ready().collect()
        return families

    def collect(self) -> Iterator[Any]:
        """The gauges, for the registry."""
        from prometheus_client.core import GaugeMetricFamily

        values: dict[str, float | Mapping[str, float]] = {}
        for gauges in self._gauges:
            # A page without a number tells more than no page.
            with suppress(Exception):
                values |= gauges()
        for name, value in values.items():
            if isinstance(value, Mapping):
                told, label = SERIES[name]
                family = GaugeMetricFamily(name, told, labels=[label])
                for of, one in value.items():
                    family.add_metric([of], one)
                yield family
            else:
                yield GaugeMetricFamily(name, GAUGES[name], value=value)

    def _observe_guards(self, facts: AnswerFacts) -> None:
        for guard, action, fault in facts.guards:
            self._add("pincite_guard_runs", 1, guard=guard, action=action if action in ACTIONS else OTHER)
            if fault:
                self._add("pincite_guard_faults", 1, guard=guard)

    def _observe_models(self, facts: AnswerFacts, receipt: Mapping[str, Any]) -> None:
        name = (receipt.get("context") or {}).get("chain") or "default"
        chain = name if name in {*self._chains, "default"} else OTHER
        for call in receipt.get("calls", []):
            self._add("pincite_model_calls", 1, chain=chain, model=call["model"], outcome=call["outcome"])
        for model, usage in receipt.get("usage", {}).items():
            for direction in ("input", "output"):
                spent = usage[f"{direction}_tokens"]
                self._add("pincite_tokens", spent, chain=chain, model=model, direction=direction)
        if facts.usd is None:
            self._add("pincite_cost_unknown", 1, chain=chain)
        else:
            self._add("pincite_cost_usd", facts.usd, chain=chain)

    def _observe_cache(self, receipt: Mapping[str, Any]) -> None:
        if prompts := receipt.get("prompt_cache"):
            self._add("pincite_prompt_cache_tokens", prompts["read_tokens"])
            # Writing to a cache may cost more than it saves at first; a counter only rises.
            if (prompts["saved_usd"] or 0) > 0:
                self._add("pincite_prompt_cache_saved_usd", prompts["saved_usd"])
        if receipt.get("cache") not in ("hit", "miss"):
            return
        self._add("pincite_cache", 1, outcome=receipt["cache"])
        if saved := receipt.get("saved"):
            self._add("pincite_cache_saved_seconds", saved["ms"] / 1000)
            self._add("pincite_cache_saved_usd", saved["usd"] or 0.0)
            for direction in ("input", "output"):
                self._add("pincite_cache_saved_tokens", saved[f"{direction}_tokens"], direction=direction)

    def _add(self, name: str, amount: float, **labels: str) -> None:
        self._ready()
        metric = self._made[name]
        (metric.labels(**labels) if labels else metric).inc(amount)

    def _take(self, name: str, ms: float, **labels: str) -> None:
        self._ready()
        self._made[name].labels(**labels).observe(ms / 1000)

    def _ready(self) -> Any:
        with self._lock:
            if self._registry is None:
                from prometheus_client import CollectorRegistry, Counter, Histogram

                registry = CollectorRegistry()
                for name, (told, labels) in COUNTERS.items():
                    self._made[name] = Counter(name, told, labels, registry=registry)
                for name, (told, labels) in HISTOGRAMS.items():
                    self._made[name] = Histogram(name, told, labels, registry=registry, buckets=SECONDS)
                registry.register(self)
                self._registry = registry
            return self._registry


def metrics_page(metrics: Metrics) -> tuple[bytes, str]:
    """What ``/metrics`` answers: (body, content type)."""
    return metrics.page()


def _step(name: str) -> str:
    return name if name in NAMES_IN_USE else "tool"


def _decided_by(receipt: Mapping[str, Any]) -> str:
    """The step before the last: what led to abstaining."""
    steps = [step["node"] for step in receipt.get("steps", []) if step["node"] != "abstain"]
    return _step(steps[-1]) if steps else OTHER
