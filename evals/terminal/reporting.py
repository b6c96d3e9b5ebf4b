"""`pincite eval report`: runs as one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.settings import load_settings
from evals.errors import EvalError
from evals.experiments.find import baseline_file, find_run, stored_runs
from evals.experiments.runfile import Run, read_run
from evals.gates.compare import Comparison, compare
from evals.judges.calibrate import calibrations_folder, known_calibrations
from evals.judges.known import judge_lines
from evals.reports.html import render, write_page


def run_report(runs: Sequence[str], out: Path | None, against: str, most: int) -> int:
    """Write the page of the newest of ``runs``; the others are its history."""
    folder = load_settings().eval_runs
    found = [find_run(name, folder) for name in runs] or _all(folder)
    if not found:
        raise EvalError(f"there are no runs in {folder}; make one with: pincite eval run")
    found.sort(key=lambda run: run.header.started)
    newest = found[-1]
    others = [run for run in found[:-1] if _alike(run, newest)]
    comparison = _compared(newest, against, folder)
    known = known_calibrations(calibrations_folder(folder))
    file = out or folder.parent / "report.html"
    write_page(file, render(newest, others, comparison, judge_lines(newest, known), most))
    left = len(found) - 1 - len(others)
    print(f"written: {file} ({newest.name}, {len(others)} runs before it)")
    if left:
        print(f"left out: {left} runs of other suites or stages")
    return 0


def _all(folder: Path) -> list[Run]:
    found = []
    for path in stored_runs(folder):
        try:
            found.append(read_run(path))
        except EvalError as error:
            print(f"left out: {error}")
    return found


def _alike(run: Run, newest: Run) -> bool:
    return (run.header.suite, run.header.stage) == (newest.header.suite, newest.header.stage)


def _compared(newest: Run, against: str, folder: Path) -> Comparison | None:
    """With the baseline where there is one and it can be compared; a named run must be comparable."""
    if against:
        return compare(find_run(against, folder, newest.header.suite), newest)
    if not baseline_file(folder, newest.header.suite).is_file():
        return None
    try:
        return compare(find_run("baseline", folder, newest.header.suite), newest)
    except EvalError as error:
        print(f"not compared: {error}")
        return None
