"""What guards cost a question, in milliseconds: without, as shipped, and with personal data masked too.

    python -m evals.benchmarks.safety.guard_cost [--rounds N]

Our own questions through the whole product without a model, each level in turn for each question, best of
the rounds; then what each guard takes alone of texts of 10 kB: prose, and letters that repeat.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app.compose import open_pincite
from app.safety.our_guards import answer_guards, draft_guards, question_guards
from app.safety.settings import SafetySettings
from app.settings import load_settings
from evals.benchmarks.safety.false_alarms import fill
from evals.benchmarks.scale.machine import load, machine, one_core
from evals.datasets.suite import load_suite
from evals.script import run_main

PAGE = Path(__file__).parents[2] / "results" / "safety" / "guard_cost.md"
LEVELS: dict[str, dict[str, Any]] = {
    "without secrets and injection": {"injection": "off", "secrets": "allow"},
    "as shipped": {},
    "personal data masked too": {"personal_data": "redact", "question_personal_data": "redact"},
}
REPEATED = ("a", "12 ", "password: ", "eyJ", "-----BEGIN PRIVATE KEY-----", "ignore all ", "token:", "a@b.")
TEN_KB = 10_000


def of_questions(rounds: int) -> tuple[dict[str, float], int]:
    """Median over questions of the best round, by level; and how many questions."""
    suite = load_suite("isbrook")
    asked = [one.question for one in suite.questions if not one.history and not one.groups]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        settings = load_settings(None).model_copy(update={"home": Path(folder), "model": None})
        opened = {
            level: stack.enter_context(
                open_pincite(settings.model_copy(update={"safety": SafetySettings(**how)}))
            )
            for level, how in LEVELS.items()
        }
        fill(next(iter(opened.values())), suite)
        took: dict[str, list[list[float]]] = {level: [[] for _ in asked] for level in LEVELS}
        for turn in range(rounds + 1):
            for place, question in enumerate(asked):
                for level, pincite in opened.items():
                    begun = time.perf_counter()
                    pincite.ask(question)
                    if turn:  # the first opens files and builds validators
                        took[level][place].append((time.perf_counter() - begun) * 1000)
    return {level: statistics.median(map(min, times)) for level, times in took.items()}, len(asked)


def of_texts() -> Iterator[tuple[str, float, float, str]]:
    """(guard, ms for prose, the most ms for what repeats, and what that is), of 10 kB each."""
    safety = SafetySettings(
        max_question_chars=TEN_KB, personal_data="redact", question_personal_data="redact", injection="block"
    )
    prose = " ".join(one.question for one in load_suite("isbrook").questions)[:TEN_KB]
    for guard in (*question_guards(safety), *draft_guards(safety, "a" * 16), *answer_guards(safety)):
        guard("warm")
        worst = max((_milliseconds(guard, (unit * TEN_KB)[:TEN_KB]), unit) for unit in REPEATED)
        yield guard.name, _milliseconds(guard, prose), *worst


def _milliseconds(guard: Any, text: str) -> float:
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        guard(text)
        took.append((time.perf_counter() - begun) * 1000)
    return min(took)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often each question is asked")
    rounds = parser.parse_args(argv).rounds
    one_core()
    levels, n = of_questions(rounds)
    lines = [
        "# What guards cost",
        "",
        f"{n} of our own questions, without a model, the levels in turn for each: median of the best of "
        f"{rounds}. By `python -m evals.benchmarks.safety.guard_cost`.",
        "",
        "| level | ms a question |",
        "|---|--:|",
        *(f"| {level} | {ms:.1f} |" for level, ms in levels.items()),
        "",
        "Each guard alone, of 10 kB, best of five:",
        "",
        "| guard | prose, ms | the worst of what repeats, ms | which |",
        "|---|--:|--:|---|",
        *(f"| {name} | {prose:.1f} | {worst:.1f} | `{unit}` |" for name, prose, worst, unit in of_texts()),
        "",
        f"{machine()}, load {load() or 0:.0f}: compare the lines with each other.",
    ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(PAGE)
    return 0


if __name__ == "__main__":
    run_main(main)
