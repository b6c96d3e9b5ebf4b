"""Whether more than the score pays: each model fitted on all sets but one, and judged on that one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from evals.benchmarks.answering.abstention_report import SEED
from evals.benchmarks.answering.gate_features import NAMES, fitted
from evals.metrics.selective import area, best_area

MODELS: dict[str, tuple[str, ...]] = {
    "score": ("score",),
    "score, margin": ("score", "margin"),
    "score, agreement of the legs": ("score", "both legs first", "legs' ranks"),
    "score, kind": ("score", "kind missing"),
    "score, words": ("score", "words covered", "rarest word missing"),
    "score, names": ("score", "names missing"),
    "all eight": NAMES,
}
DRAWS = 500


class Featured(Protocol):
    """As much of a question as is needed."""

    @property
    def set(self) -> str: ...
    @property
    def right(self) -> bool: ...
    @property
    def features(self) -> tuple[float, ...]: ...


def features_section(rows: Sequence[Featured], names: Sequence[str]) -> list[str]:
    """A table of areas under both curves for each model, set by set."""
    lines = [
        "## More than the score",
        "",
        "A logistic regression on what stands in the first column, fitted on all sets but the one it is "
        "judged on (sets weigh alike). AUROC: a right answer above a wrong one; in brackets the area under "
        "the risk-coverage curve above the least possible, where lower is better. The last column is the "
        "mean difference in AUROC to the score alone, with a 95 % bootstrap interval (questions drawn within "
        "sets).",
        "",
    ]
    scored = [row for row in rows if row.features]
    if len(names) < 2:
        return [*lines, "This takes two sets."]
    lines += ["| features | " + " | ".join(names) + " | mean | difference |"]
    lines += ["|---" * (len(names) + 3) + "|"]
    right = {name: np.array([row.right for row in scored if row.set == name]) for name in names}
    plain = _left_out(scored, names, MODELS["score"])
    for told, model in MODELS.items():
        found = _left_out(scored, names, model)
        values = [_auroc(found[name], right[name]) for name in names]
        cells = []
        for name, value in zip(names, values, strict=True):
            least = best_area(right[name].tolist()) or 0.0
            over = (area(found[name].tolist(), right[name].tolist()) or 0.0) - least
            cells.append(f"{value:.3f} ({over:.3f})")
        change = "" if told == "score" else _difference(found, plain, right)
        lines.append(f"| {told} | {' | '.join(cells)} | {np.mean(values):.3f} | {change} |")
    return lines


def _left_out(rows: Sequence[Featured], names: Sequence[str], model: Sequence[str]) -> dict[str, np.ndarray]:
    """The scores of each set by a model that was fitted on the others."""
    columns = [NAMES.index(one) for one in model]
    all_rows = np.array([row.features for row in rows])[:, columns]
    of = np.array([row.set for row in rows])
    right = np.array([float(row.right) for row in rows])
    found = {}
    for name in names:
        others = of != name
        counts = {other: int((of == other).sum()) for other in names}
        importance = np.array([len(rows) / len(names) / counts[other] for other in of[others]])
        made = fitted(all_rows[others], right[others], importance)
        found[name] = np.array(made.score(all_rows[of == name]))
    return found


def _difference(new: dict[str, np.ndarray], old: dict[str, np.ndarray], right: dict[str, np.ndarray]) -> str:
    chance = np.random.default_rng(SEED)
    means = []
    for _ in range(DRAWS):
        gains = []
        for name, ok in right.items():
            taken = chance.integers(len(ok), size=len(ok))
            gains.append(_auroc(new[name][taken], ok[taken]) - _auroc(old[name][taken], ok[taken]))
        means.append(np.nanmean(gains))
    mean = np.mean([_auroc(new[name], ok) - _auroc(old[name], ok) for name, ok in right.items()])
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]"


def _auroc(scores: np.ndarray, right: np.ndarray) -> float:
    """As ``selective.auroc``, by ranks, which many draws need (Mann and Whitney 1947)."""
    from scipy.stats import rankdata

    yes = int(right.sum())
    no = len(right) - yes
    if not yes or not no:
        return float("nan")
    return float((rankdata(scores)[right].sum() - yes * (yes + 1) / 2) / (yes * no))
