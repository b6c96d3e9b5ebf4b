"""Check the gate itself: `python -m evals.gates.check_gate`.

Noise must pass: 20 pairs of runs of one system, each run with its questions typed anew (see ``perturb``), may
give one false alarm at most. Planted regressions must not. Writes ``gate.md`` and ``gate.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from app.settings import Settings
from evals.datasets.suite import Suite, load_suite
from evals.experiments.header import make_header
from evals.experiments.opened_suite import Opened, open_suite
from evals.experiments.presets import settings_for
from evals.experiments.run import run_questions
from evals.experiments.runfile import Item, Run
from evals.gates.compare import Comparison, compare
from evals.gates.faults import FAULTS
from evals.gates.perturb import perturbed
from evals.langsmith_examples import offline_examples
from evals.metrics.proportions import wilson
from evals.metrics.table import GATING, METRICS
from evals.script import run_main

RESULT = Path(__file__).resolve().parents[1] / "results" / "gate"
PAIRS = 20
SEED = 20261122
RESAMPLES = 400


def noisy_run(suite: Suite, opened: Opened, header: Any, seed: int) -> Run:
    """A run of the suite as typed by the hand ``seed``."""
    typed = perturbed(suite, seed)
    items = run_questions(
        typed, opened, stage="answer", judges={}, examples=offline_examples(typed), probes=False
    )
    return Run(header=header, items=items)


def resampled(runs: Sequence[Run], random: np.random.Generator) -> Run:
    """A run whose every item is drawn from one of ``runs``: item-level noise, as often as one likes."""
    items: list[Item] = [
        runs[int(chosen)].items[at]
        for at, chosen in enumerate(random.integers(0, len(runs), len(runs[0].items)))
    ]
    return Run(header=runs[0].header, items=items)


def alarms(pairs: Sequence[tuple[Run, Run]]) -> list[Comparison]:
    """The comparisons that block."""
    return [found for old, new in pairs if (found := compare(old, new)).blocks]


def check(suite: Suite, settings: Settings, pairs: int = PAIRS, resamples: int = RESAMPLES) -> dict[str, Any]:
    """Run everything; the numbers that the report shows."""
    now = datetime.now(UTC)
    with open_suite(suite, settings) as opened:
        header = make_header(
            suite,
            settings,
            opened,
            preset="extractive",
            overrides={},
            stage="answer",
            judges={},
            items=len(suite.questions),
            started=now,
            finished=now,
        )
        runs = []
        for number in range(2 * pairs):
            runs.append(noisy_run(suite, opened, header, SEED + number))
            print(f"run {number + 1} of {2 * pairs}", file=sys.stderr)
        planted = {}
        for number, (name, fault) in enumerate(FAULTS.items()):
            with fault():
                broken = noisy_run(suite, opened, header, SEED + 1000 + number)
            planted[name] = compare(runs[0], broken)
            print(f"{name}: {'blocked' if planted[name].blocks else 'PASSED'}", file=sys.stderr)
    disjoint = [(runs[2 * n], runs[2 * n + 1]) for n in range(pairs)]
    everything = list(combinations(runs, 2))
    random = np.random.default_rng(SEED)
    drawn = [(resampled(runs, random), resampled(runs, random)) for _ in range(resamples)]
    right = np.array([[item.metrics["correct"] or 0 for item in run.items] for run in runs])
    return {
        "commit": header.commit,
        "items": header.items,
        "pairs": pairs,
        "false_alarms": len(alarms(disjoint)),
        "false_alarm_reasons": [reason for found in alarms(disjoint) for reason in found.reasons],
        "all_pairs": len(everything),
        "all_pairs_alarms": len(alarms(everything)),
        "resamples": resamples,
        "resample_alarms": len(alarms(drawn)),
        "right": {
            "mean": float(right.mean()),
            "lowest": float(right.mean(1).min()),
            "highest": float(right.mean(1).max()),
        },
        "discordance": float(
            np.mean([np.mean(right[a] != right[b]) for a, b in combinations(range(len(runs)), 2)])
        ),
        "naive_alarms": int(sum(right[2 * n + 1].mean() < right[2 * n].mean() for n in range(pairs))),
        "planted": {
            name: {
                "blocked": found.blocks,
                "reasons": found.reasons,
                "zeros": {zero.metric: zero.candidate for zero in found.zeros},
                "changes": {
                    line.metric: round(line.difference.mean, 4) for line in found.lines if line.gates
                },
            }
            for name, found in planted.items()
        },
    }


def report(found: dict[str, Any]) -> str:
    """The numbers as Markdown."""
    right, pairs = found["right"], found["pairs"]
    low, high = wilson(found["resample_alarms"], found["resamples"])
    share = f"{found['resample_alarms']} ({low:.1%} to {high:.1%})"
    lines = [
        "# The gate, checked",
        "",
        f"{found['items']} questions. Noise: both runs of a pair ask the same questions, typed anew by "
        "another hand (case, punctuation, greetings, thanks, a slip of two letters); nothing else differs. "
        f"One wording against another changes whether an answer is right in {found['discordance']:.1%} of "
        f"items; right answers lay between {right['lowest']:.3f} and {right['highest']:.3f}.",
        "",
        "| the same system twice | comparisons | false alarms |",
        "|---|---|---|",
        f"| {pairs} pairs of separate runs | {pairs} | **{found['false_alarms']}** |",
        f"| every pair of the {2 * pairs} runs | {found['all_pairs']} | {found['all_pairs_alarms']} |",
        f"| runs with each item drawn from any of them | {found['resamples']} | {share} |",
        f'| not the gate, but "the share of right answers fell" | {pairs} | {found["naive_alarms"]} |',
        "",
        "| planted regression | verdict | what changed |",
        "|---|---|---|",
    ]
    for name, one in found["planted"].items():
        changes = ", ".join(
            f"{METRICS[key].title} {one['changes'][key]:+.3f}" for key in GATING if one["changes"].get(key)
        )
        zeros = "; ".join(f"{METRICS[key].title} {count}" for key, count in one["zeros"].items() if count)
        lines.append(f"| {name} | {'blocked' if one['blocked'] else 'PASSED'} | {zeros or changes} |")
    return "\n".join([*lines, ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=RESULT, help="folder the result is written to")
    out = parser.parse_args().out
    settings, _ = settings_for("extractive")
    found = check(load_suite("isbrook"), settings)
    out.mkdir(parents=True, exist_ok=True)
    (out / "gate.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (out / "gate.md").write_text(report(found), encoding="utf-8")
    print(report(found))
    return int(found["false_alarms"] > 1 or not all(one["blocked"] for one in found["planted"].values()))


if __name__ == "__main__":
    run_main(main)
