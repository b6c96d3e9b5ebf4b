"""`pincite eval gate`: from a run over one's own questions to the score that keeps wrong answers few."""

from __future__ import annotations

from pathlib import Path

from app.gate.calibration import GateCalibration, counted, not_shown, written
from app.gate.risk_control import CONFIDENCE, least_score
from app.settings import load_settings
from evals.errors import EvalError
from evals.experiments.find import find_run
from evals.experiments.runfile import Run
from evals.metrics.proportions import shown_share

SHARES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)


def run_gate(run: str, most_wrong: float | None, out: Path | None) -> int:
    """Print what each share takes, write the calibration; 1 when the share asked for is not shown."""
    settings = load_settings()
    made = calibration_of(find_run(run, settings.eval_runs))
    file = (out or settings.eval_runs.parent / f"gate-{made.name}.json").absolute()
    print(f"{made.name}: {made.questions} questions; wrong: {made.wrong_means}")
    print(f"{'at most wrong':>13}  {'score':>5}  {'answered':>8}  wrong here")
    tallies = made.tallies()
    held = most_wrong
    for share in sorted({*SHARES, *([most_wrong] if most_wrong else [])}):
        found = least_score(tallies, share)
        held = held or (share if found else None)
        if found is None:
            print(f"{share:13.2f}  {'none':>5}")
            continue
        answered = found.answered / made.questions
        wrong = shown_share(found.wrong, found.answered)
        print(f"{share:13.2f}  {found.score:5.2f}  {answered:8.2f}  {wrong}")
    print(f"each with {CONFIDENCE:.0%} confidence, for questions like these, if they do not hang together")
    if most_wrong and least_score(tallies, most_wrong) is None:
        print(f"not written: {not_shown(made, most_wrong)}; more questions show more")
        return 1
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(written(made), encoding="utf-8")
    print(f"written: {file}")
    if held:
        print(f"to use it: PINCITE_ANSWER__CALIBRATION={file} PINCITE_ANSWER__MOST_WRONG={held:g}")
    return 0


def calibration_of(run: Run) -> GateCalibration:
    """A run as a calibration. A question that no gate answers counts as a wrong answer.

    Raises:
        EvalError: a model answered, answers were not asked for, or none was scored.
    """
    header = run.header
    if header.models:
        raise EvalError(f"{run.name} was answered by {header.models[0]}; calibrate on a run without a model")
    known = [
        (one.score, one.ungated) for one in run.items if one.score is not None and one.ungated is not None
    ]
    if not known:
        raise EvalError(f"{run.name} has no scored answers; make a run with: pincite eval run")
    return counted(
        known,
        name=run.name,
        wrong_means="an answer that lacks a fact of the reference, or to a question without one",
        embedder=header.embedder,
        questions=len(run.items),
    )
