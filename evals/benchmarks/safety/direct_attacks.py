"""Questions that are orders to the model: how many the injection guard sees.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.safety.direct_attacks

Recall by degree on deepset's injections, jailbreaks found in the wild and Giskard's list. The rules were read
against the development halves alone (``halves.in_dev``). Times are of the whole question guard, on one core.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import SettingsError
from app.safety.guard import in_turn
from app.safety.our_guards import question_guards
from app.safety.settings import SafetySettings
from evals.benchmarks.public_data import open_data
from evals.benchmarks.safety.halves import Half, items
from evals.benchmarks.scale.machine import machine, one_core
from evals.metrics.proportions import percentile, shown_share
from evals.script import run_main

PAGE = Path(__file__).parents[2] / "results" / "safety" / "direct_attacks.md"
SETS = (
    ("deepset_injections", "injection"),
    ("deepset_injections", "benign"),
    ("inthewild_jailbreaks", "jailbreak"),
    ("giskard_injections", "injection"),
)
INTRODUCTION = """# Questions that are orders to the model

The injection guard's degrees, over questions of public sets. It is a signal for the receipt and the
operator, and no boundary: it misses most of what is written around it (a quarter of deepset's set is seen).
What it misses reaches a model that sees nothing but what the asker may read, and whose sentences are
released for their sources alone ([obedient_model](obedient_model.md)). `log` refuses nothing; `block`
refuses what is malicious. Rules were read against the development halves only (first byte of the id's
sha256 even). Shares with counts and Wilson intervals, 95 %. By `python -m
evals.benchmarks.safety.direct_attacks`.
"""


@dataclass(frozen=True, slots=True)
class SeenQuestions:
    """What the guard saw of each text, and the milliseconds it took."""

    name: str
    half: Half
    degrees: tuple[str, ...]
    ms: tuple[float, ...]


def measure(folder: Path) -> Iterator[SeenQuestions]:
    """One after another: every set in both halves."""
    safety = SafetySettings(injection="block", max_question_chars=100_000)
    check = in_turn(question_guards(safety))
    check("warm")
    for name, label in SETS:
        for half in ("dev", "held"):
            degrees, ms = [], []
            for row in items(folder, name, half):
                if row["label"] != label:
                    continue
                begun = time.perf_counter()
                result = check(row["text"])
                ms.append((time.perf_counter() - begun) * 1000)
                degrees.append(next((run.saw for run in result.runs if run.guard == "injection"), "none"))
            yield SeenQuestions(f"{name}, {label}", half, tuple(degrees), tuple(ms))


def page(seen: Sequence[SeenQuestions]) -> str:
    lines = [
        INTRODUCTION,
        "| set | half | suspicious or malicious | malicious: refused by `block` | p50 ms | p95 ms |",
        "|---|---|---|---|--:|--:|",
    ]
    for one in seen:
        told = [shown_share(sum(d in degrees for d in one.degrees), len(one.degrees)) for degrees in _LEVELS]
        times = [f"{percentile(one.ms, share) or 0:.2f}" for share in (0.5, 0.95)]
        lines.append(f"| {' | '.join([one.name, one.half, *told, *times])} |")
    longest = max((ms for one in seen for ms in one.ms), default=0.0)
    lines += ["", f"Longest: {longest:.0f} ms. {machine()}."]
    return "\n".join(lines) + "\n"


_LEVELS = (("suspicious", "malicious"), ("malicious",))


def main() -> int:
    try:
        _, folder = open_data("deepset_injections")
    except SettingsError as error:
        print(error)
        return 2
    one_core()
    seen = [one for one in measure(folder) if one.degrees]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(seen), encoding="utf-8")
    print(f"{sum(len(one.degrees) for one in seen)} questions; {PAGE}")
    return 0


if __name__ == "__main__":
    run_main(main)
