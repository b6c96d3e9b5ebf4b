"""What a run's judges said, with how far each is to be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evals.experiments.runfile import Run
from evals.judges.calibrate import Calibration
from evals.judges.rates import ENOUGH, corrected_rate

FEW = 30


@dataclass(frozen=True, slots=True)
class JudgeLine:
    """One judge in one run: what it found or why it did not run, and what speaks against believing it."""

    name: str
    said: str
    warning: str = ""


def judge_lines(run: Run, known: Mapping[str, Calibration]) -> list[JudgeLine]:
    """A line for each judge that the run was asked for. One that did not run is never a pass."""
    lines: list[JudgeLine] = []
    for name, about in run.header.judges.items():
        if "not_run" in about:
            lines.append(JudgeLine(name, f"not run: {about['not_run']}"))
            continue
        verdicts = [item.judgements.get(name, {}) for item in run.items]
        judged = [bool(one["pass"]) for one in verdicts if one.get("pass") is not None]
        failed = sum(one.get("pass") is None and one.get("why") != "does not apply" for one in verdicts)
        left = f", {failed} could not be judged" if failed else ""
        said = f"{sum(judged)} of {len(judged)} pass{left} (model {about['model']})"
        calibration = known.get(str(about["judge"]))
        if calibration is None:
            warning = "Not calibrated: nobody knows how often it is right."
            lines.append(JudgeLine(name, said, warning))
            continue
        found = corrected_rate(sum(judged), len(judged), calibration.agreement)
        if found is not None:
            said += f"; as people would judge {found.rate:.2f} ({found.low:.2f} to {found.high:.2f})"
        lines.append(JudgeLine(name, f"{said}; {worth(calibration)}", weakness(calibration)))
    return lines


def worth(calibration: Calibration) -> str:
    """TPR and TNR with their intervals."""
    found = calibration.agreement
    parts = []
    for title, rate, (low, high), n in (
        ("TPR", found.tpr, found.tpr_interval, found.passed_of),
        ("TNR", found.tnr, found.tnr_interval, found.failed_of),
    ):
        parts.append(
            f"{title} unknown" if rate is None else f"{title} {rate:.2f} ({low:.2f} to {high:.2f}, n={n})"
        )
    return ", ".join(parts)


def weakness(calibration: Calibration) -> str:
    """Why not to rely on a judge; empty where nothing speaks against it."""
    found = calibration.agreement
    if found.tpr is None or found.tnr is None:
        return "Calibrated on labels of one kind only: one of its rates is unknown."
    if not found.good_enough:
        return f"TPR or TNR is under {ENOUGH}: do not rely on this judge."
    if min(found.passed_of, found.failed_of) < FEW:
        return f"Fewer than {FEW} labels of a kind: its rates are uncertain."
    return ""
