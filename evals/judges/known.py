"""What a run's judges said, with how far each is to be believed."""

from __future__ import annotations

from dataclasses import dataclass

from evals.experiments.runfile import Run


@dataclass(frozen=True, slots=True)
class JudgeLine:
    """One judge in one run: what it is called, and a sentence on what it found or why it did not run."""

    name: str
    said: str
    warning: str = ""


def judge_lines(run: Run) -> list[JudgeLine]:
    """A line for each judge that the run was asked for."""
    return []
