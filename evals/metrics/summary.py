"""A run in a few numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from evals.metrics.proportions import percentile, wilson
from evals.metrics.selective import AbstentionRates, abstention, area, auroc, best_area
from evals.metrics.stages import STAGES
from evals.metrics.table import METRICS


class Measured(Protocol):
    """As much of an item as a summary needs."""

    @property
    def answerable(self) -> bool: ...
    @property
    def status(self) -> str: ...
    @property
    def score(self) -> float | None: ...
    @property
    def ungated(self) -> bool | None: ...
    @property
    def lost(self) -> str: ...
    @property
    def metrics(self) -> dict[str, float | None]: ...
    @property
    def latency_ms(self) -> float: ...
    @property
    def cost_usd(self) -> float | None: ...
    @property
    def usage(self) -> dict[str, dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Mean:
    """A metric's mean over the items it applies to; an interval (Wilson) where it is a share of items."""

    metric: str
    n: int
    mean: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Selective:
    """Abstention, the area under the risk-coverage curve with the best it could be, and over how many."""

    abstention: AbstentionRates
    auroc: float | None
    area: float | None
    best_area: float | None
    n: int


def means(items: Sequence[Measured]) -> list[Mean]:
    """Every metric that applies to at least one item, in the order of the table."""
    found: list[Mean] = []
    for key in METRICS:
        values = [value for item in items if (value := item.metrics.get(key)) is not None]
        if not values:
            continue
        mean = sum(values) / len(values)
        if set(values) <= {0.0, 1.0}:
            found.append(Mean(key, len(values), mean, *wilson(int(sum(values)), len(values))))
        else:
            found.append(Mean(key, len(values), mean))
    return found


def selective(items: Sequence[Measured]) -> Selective:
    """How well the score tells what can be answered; over items whose answer with the gate open is known."""
    scored = [item for item in items if item.score is not None]
    known = [(item.score or 0.0, item.ungated) for item in items if item.ungated is not None]
    scores, right = [score for score, _ in known], [bool(ok) for _, ok in known]
    return Selective(
        abstention([i.answerable for i in items], [i.status == "answered" for i in items]),
        auroc([item.score or 0.0 for item in scored], [item.answerable for item in scored]),
        area(scores, right),
        best_area(right) if right else None,
        len(known),
    )


def losses(items: Sequence[Measured]) -> dict[str, int]:
    """Questions with gold by the step that lost it, in the order of the steps."""
    counts = Counter(item.lost for item in items if item.lost != "none")
    return {stage: counts[stage] for stage in (*STAGES, "retrieved", "failed") if counts[stage]}


def latencies(items: Sequence[Measured]) -> dict[str, float]:
    """Milliseconds a question took, at a few percentiles."""
    values = [item.latency_ms for item in items]
    return {
        name: round(percentile(values, share) or 0.0, 1)
        for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))
    }


def cost(items: Sequence[Measured]) -> float | None:
    """US dollars of all items; None as soon as one is unknown."""
    costs = [item.cost_usd for item in items]
    return None if any(one is None for one in costs) else sum(one or 0.0 for one in costs)


def tokens(items: Sequence[Measured]) -> dict[str, int]:
    """Tokens by model, and calls that did not report any."""
    total: Counter[str] = Counter()
    for item in items:
        for model, line in item.usage.items():
            for what in ("input_tokens", "output_tokens", "calls_without_usage"):
                total[f"{model} {what}"] += int(line.get(what, 0))
    return {name: count for name, count in total.items() if count}
