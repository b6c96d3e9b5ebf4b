"""What the report says, worked out from the runs: no HTML here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evals.experiments.runfile import Item, Run
from evals.gates.compare import Comparison
from evals.judges.known import JudgeLine
from evals.metrics.proportions import none_seen, percentile
from evals.metrics.selective import RiskPoint, risk_coverage
from evals.metrics.stages import ABOUT
from evals.metrics.summary import cost, latencies, losses, means, selective, tokens
from evals.metrics.table import METRICS
from evals.reports.svg import risk_curve, trend, whiskers
from evals.reports.worst import card, worst

KEY_FIGURES = ("correct", "nugget_recall", "evidence_recall", "citation_f1", "abstained", "span_ndcg@10")
SLICES = ("evidence_recall", "correct", "nugget_recall", "citation_f1", "abstained")
RUNS_SHOWN = 30


def page(
    run: Run, others: Sequence[Run], comparison: Comparison | None, judges: Sequence[JudgeLine], most: int
) -> dict[str, Any]:
    """Everything the template shows. ``others`` are older runs of the same suite, oldest first."""
    items = run.items
    runs = [*others, run][-RUNS_SHOWN:]
    chosen = selective(items)
    total = cost(items)
    return {
        "run": run,
        "header": run.header,
        "figures": [_figure(key, run, comparison) for key in KEY_FIGURES if _mean(items, key) is not None],
        "zeros": _zeros(items),
        "comparison": comparison,
        "differences": _differences(comparison),
        "trends": _trends(runs),
        "runs": runs,
        "slices": _slices(items),
        "slice_titles": [METRICS[key].title for key in SLICES],
        "losses": _losses(items),
        "selective": chosen,
        "risk": _risk(items),
        "latencies": latencies(items),
        "steps": _steps(items),
        "cost": _money(total, items),
        "tokens": tokens(items),
        "judges": judges,
        "means": [(METRICS[mean.metric], mean) for mean in means(items) if not METRICS[mean.metric].zero],
        "worst": [card(item) for item in worst(items, most)],
        "wrong": sum(not item.metrics.get("correct") for item in items),
    }


def _mean(items: Sequence[Item], key: str) -> float | None:
    values = [value for item in items if (value := item.metrics.get(key)) is not None]
    return sum(values) / len(values) if values else None


def _figure(key: str, run: Run, comparison: Comparison | None) -> dict[str, Any]:
    change = None
    if comparison is not None:
        change = next((line.difference.mean for line in comparison.lines if line.metric == key), None)
    return {
        "title": METRICS[key].title,
        "about": METRICS[key].about,
        "value": _mean(run.items, key),
        "change": change,
        "n": sum(item.metrics.get(key) is not None for item in run.items),
    }


def _zeros(items: Sequence[Item]) -> list[dict[str, Any]]:
    found = []
    for key, metric in METRICS.items():
        values = [value for item in items if (value := item.metrics.get(key)) is not None]
        if metric.zero and values:
            found.append({"title": metric.title, "count": int(sum(values)), "bound": none_seen(len(values))})
    return found


def _differences(comparison: Comparison | None) -> list[dict[str, Any]]:
    if comparison is None:
        return []
    ends = [abs(end) for line in comparison.lines for end in (line.difference.low, line.difference.high)]
    reach = min(max([0.05, *(end for end in ends if end < 1)]) * 1.1, 1.0)
    return [
        {
            "line": line,
            "title": METRICS[line.metric].title,
            "chart": whiskers(
                line.difference.mean,
                line.difference.low,
                line.difference.high,
                reach,
                f"{line.difference.mean:+.3f} ({line.difference.low:+.3f} to {line.difference.high:+.3f})",
            ),
        }
        for line in sorted(comparison.lines, key=lambda line: not line.gates)
    ]


def _trends(runs: Sequence[Run]) -> list[dict[str, Any]]:
    labels = [run.name for run in runs]
    found = []
    for key in KEY_FIGURES:
        values = [_mean(run.items, key) for run in runs]
        if any(value is not None for value in values):
            title = METRICS[key].title
            found.append({"title": title, "now": values[-1], "chart": trend(values, labels, title)})
    return found


def _slices(items: Sequence[Item]) -> list[dict[str, Any]]:
    kinds = [*dict.fromkeys(item.kind for item in items), None]
    return [
        {
            "kind": kind or "all",
            "n": len(some),
            "cells": [_mean(some, key) for key in SLICES],
            "p90": percentile([item.latency_ms for item in some], 0.9),
        }
        for kind in kinds
        if (some := [item for item in items if kind in (item.kind, None)])
    ]


def _losses(items: Sequence[Item]) -> list[dict[str, Any]]:
    counts = losses(items)
    total = sum(counts.values())
    return [
        {"stage": stage, "about": ABOUT[stage], "count": count, "share": count / total}
        for stage, count in counts.items()
    ]


def _risk(items: Sequence[Item]) -> dict[str, Any] | None:
    known = [(item.score or 0.0, bool(item.ungated)) for item in items if item.ungated is not None]
    if not known:
        return None
    points = risk_coverage([score for score, _ in known], [ok for _, ok in known])
    right = sorted((ok for _, ok in known), reverse=True)
    best = risk_coverage([float(-place) for place in range(len(right))], right)
    given = [item for item in items if item.status == "answered"]
    here = None
    if given:
        here = (len(given) / len(items), sum(not item.metrics.get("correct") for item in given) / len(given))
    title = "Risk-coverage curve: " + "; ".join(
        f"{point.coverage:.0%} answered, {point.risk:.0%} wrong" for point in _thinned(points)
    )
    return {
        "chart": risk_curve(points, best, here, title),
        "points": _thinned(points),
        "whole": len(known) == len(items),
    }


def _money(total: float | None, items: Sequence[Item]) -> str:
    if not any(item.usage for item in items):
        return "nothing: no model was asked"
    return "unknown" if total is None else f"USD {total:.4f}"


def _thinned(points: Sequence[RiskPoint]) -> list[RiskPoint]:
    """The points nearest to each tenth of coverage."""
    nearest = [min(points, key=lambda p: abs(p.coverage - tenth / 10)) for tenth in range(1, 11)]
    return list(dict.fromkeys(nearest))


def _steps(items: Sequence[Item]) -> list[dict[str, Any]]:
    names = dict.fromkeys(name for item in items for name in item.steps_ms)
    found: list[dict[str, Any]] = []
    for name in names:
        values = [item.steps_ms[name] for item in items if name in item.steps_ms]
        middle, most = percentile(values, 0.5) or 0.0, percentile(values, 0.9) or 0.0
        found.append({"name": name, "p50": middle, "p90": most, "n": len(values)})
    longest = max([float(one["p90"]) for one in found], default=0.0) or 1.0
    return [{**one, "share": one["p90"] / longest, "half": one["p50"] / longest} for one in found]
