"""Runs by name."""

from __future__ import annotations

import json
from pathlib import Path

from evals.errors import EvalError
from evals.experiments.runfile import Run, read_run


def baseline_file(runs: Path, suite: str) -> Path:
    """Where the baseline of a suite is kept: beside the folder of runs.

    >>> baseline_file(Path("evals/results/runs"), "isbrook").as_posix()
    'evals/results/baseline/isbrook.jsonl'
    """
    return runs.parent / "baseline" / f"{suite}.jsonl"


def find_run(name: str, runs: Path, suite: str = "isbrook") -> Run:
    """The run of a file, of a name in the folder ``runs``, the ``latest`` there, or the ``baseline``.

    Raises:
        EvalError: there is none, or it cannot be read.
    """
    if name == "latest":
        found = stored_runs(runs)
        if not found:
            raise EvalError(f"there are no runs in {runs}; make one with: pincite eval run")
        return read_run(found[-1])
    if name == "baseline":
        file = baseline_file(runs, suite)
        if not file.is_file():
            raise EvalError(f"there is no baseline at {file}; keep a run with: pincite eval baseline")
        return read_run(file)
    for path in (Path(name), runs / name, runs / f"{name}.jsonl"):
        if path.is_file():
            return read_run(path)
    raise EvalError(f"there is no run {name!r}, neither as a file nor in {runs}")


def stored_runs(runs: Path) -> list[Path]:
    """The files of runs in a folder, oldest first."""
    return [path for _, path in sorted((_started(path), path) for path in runs.glob("*.jsonl"))]


def _started(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return str(json.loads(file.readline()).get("started", ""))
    except (OSError, ValueError, AttributeError):
        return ""
