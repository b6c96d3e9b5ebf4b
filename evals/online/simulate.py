"""How good the limits are that answers are held to: false alarms while nothing changes, delay when it does.

    python -m evals.online.simulate [--runs 400] [--out FOLDER]

Answers are drawn at random: no model, no documents, no data folder. For each rate a baseline of 1,000 answers
and groups of 100; for drift a baseline of 1,000 and windows of 250.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from app.online.control_limits import Baseline, charts
from app.online.drift import counts_of, drift, edges_of
from app.online.topics import find_topics, topic_of
from evals.metrics.proportions import wilson
from evals.script import run_main

RESULTS = Path(__file__).parents[1] / "results" / "online"
BASELINE, GROUP, WINDOW = 1000, 100, 250
GROUPS = 50
"""Groups of a run without a change, and before and after one."""

SEED = 20261130
RATES = {"abstained": 0.2, "partly supported": 0.1, "thumbs down": 0.03, "failed": 0.005}
SHIFTS = (1.5, 2.0, 3.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    random = np.random.default_rng(SEED)
    page = "\n".join(
        [
            "# Control limits and drift, on answers drawn at random\n",
            f"{given.runs} runs for each row, seed {SEED}; brackets: Wilson, 95 %. By "
            "`python -m evals.online.simulate`.\n",
            *rates(random, given.runs),
            *drifts(random, given.runs),
        ]
    )
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "limits.md").write_text(page, encoding="utf-8")
    print(page)
    return 0


def rates(random: np.random.Generator, runs: int) -> list[str]:
    """A row for each rate: groups out of limits without a change, and groups until a change is seen."""
    rows = []
    for name, rate in RATES.items():
        out = whole = ever = 0
        for _ in range(runs):
            seen = _out(random, rate, [rate] * GROUPS)
            out += sum(seen)
            whole += len(seen)
            ever += any(seen)
        delays = [_delay(random, rate, rate * shift, runs) for shift in SHIFTS]
        low, high = wilson(out, whole)
        cells = [f"{statistics.median(one):.0f} / {np.percentile(one, 90):.0f}" for one in delays]
        rows.append(
            f"| {name} | {rate:.1%} | {out / whole:.2%} ({low:.2%} to {high:.2%}) | {ever / runs:.0%} | "
            f"{' | '.join(cells)} |"
        )
    shifts = " | ".join(f"× {shift:g}: groups, p50 / p90" for shift in SHIFTS)
    return [
        f"## Rates: baseline of {BASELINE} answers, groups of {GROUP}\n",
        f"Out: groups outside of their limits while nothing changes. Ever: runs of {GROUPS} groups "
        f"({GROUPS * GROUP:,} answers) with one alarm or more; the baseline is drawn anew in each, and "
        "one that is off by chance stays so. The rest: groups from a lasting change to the alarm, of "
        f"{GROUPS} at most, after {GROUPS // 2} without.\n",
        f"| rate | of answers | out | ever | {shifts} |",
        "|---|---|---|---|" + "---|" * len(SHIFTS),
        *rows,
    ]


def _out(random: np.random.Generator, rate: float, groups: Sequence[float]) -> list[bool]:
    """For each group whether the chart was out when it was the newest."""
    baseline = Baseline(int(random.binomial(BASELINE, rate)), BASELINE)
    counts = [(int(random.binomial(GROUP, one)), GROUP) for one in groups]
    return [one.out for one in charts(counts, baseline)]


def _delay(random: np.random.Generator, rate: float, shifted: float, runs: int) -> list[int]:
    before = GROUPS // 2
    delays = []
    for _ in range(max(runs // 4, 25)):
        after = _out(random, rate, [rate] * before + [shifted] * GROUPS)[before:]
        delays.append(after.index(True) + 1 if any(after) else GROUPS)
    return delays


def drifts(random: np.random.Generator, runs: int) -> list[str]:
    """Topics by clusters of made-up vectors, scores by their classes: windows taken for drift."""
    kinds: dict[str, tuple[Callable[[], bool], dict[str, Callable[[], bool]]]] = {
        "topics": (
            lambda: _topics(random, 0.0),
            {
                f"{share:.0%} of questions are of a new topic": _new_topic(random, share)
                for share in (0.1, 0.2, 0.4)
            },
        ),
        "score": (
            lambda: _scores(random, 0.0),
            {f"scores lower by {less}": _lower(random, less) for less in (0.03, 0.05, 0.1)},
        ),
    }
    rows = []
    for name, (still, changed) in kinds.items():
        for what, draw in {"nothing changes": still, **changed}.items():
            seen = sum(draw() for _ in range(runs))
            low, high = wilson(seen, runs)
            rows.append(f"| {name} | {what} | {seen / runs:.1%} ({low:.1%} to {high:.1%}) |")
    return [
        f"\n## Drift: baseline of {BASELINE} answers, a window of {WINDOW}\n",
        "Windows that are taken for drift; while nothing changes that should be 0.5 %.\n",
        "| of | what changes | windows seen |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _new_topic(random: np.random.Generator, share: float) -> Callable[[], bool]:
    return lambda: _topics(random, share)


def _lower(random: np.random.Generator, less: float) -> Callable[[], bool]:
    return lambda: _scores(random, less)


def _topics(random: np.random.Generator, share: float) -> bool:
    """Twelve topics of unequal size in 32 dimensions; a thirteenth has ``share`` of the window."""
    centres = random.normal(0, 1, (13, 32))
    sizes = random.dirichlet(np.ones(12))

    def asked(count: int, fresh: float) -> np.ndarray:
        of = random.choice(12, count, p=sizes)
        of[random.random(count) < fresh] = 12
        made: np.ndarray = centres[of] + random.normal(0, 0.7, (count, 32))
        return made

    then = asked(BASELINE, 0.0)
    topics = find_topics(then, 8)
    counts = [
        np.bincount(topic_of(vectors, topics), minlength=len(topics)).tolist()
        for vectors in (then, asked(WINDOW, share))
    ]
    return drift(counts[0], counts[1]).drifted


def _scores(random: np.random.Generator, less: float) -> bool:
    """Scores as Beta(5, 2) has them, in tenths of the baseline."""
    then = random.beta(5, 2, BASELINE).tolist()
    now = np.clip(random.beta(5, 2, WINDOW) - less, 0, 1).tolist()
    edges = edges_of(then, 10)
    return drift(counts_of(then, edges), counts_of(now, edges)).drifted


if __name__ == "__main__":
    run_main(main)
