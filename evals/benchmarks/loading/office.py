"""Does every file either load as text a reader recognises, or get one clear line? Over real office files.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.loading.office [--files] [--out FOLDER]

Reads every file of the public set ``office_samples`` through the product's own reading process, which is
killed after 30 s. Where the set has another tool's Markdown for a file, the words of both are compared.
Exit code 1: a file crashed its reader or took too long.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Literal

from app.errors import SettingsError
from app.ingestion.errors import LoadError
from app.ingestion.load import READABLE_SUFFIXES, LoadLimits, read_file
from app.ingestion.reader import FileReader
from app.settings import IngestSettings
from evals.benchmarks.public_data import open_data
from evals.script import run_main

SET = "office_samples"
RESULTS = Path(__file__).parents[2] / "results" / "office"
LIMIT_S = 30.0

State = Literal["loaded", "refused", "passed over", "crashed", "hung"]
STATES: tuple[State, ...] = ("loaded", "refused", "passed over", "crashed", "hung")

_REFERENCE = "groundtruth"
# Of a reference only words count: no picture marks, no link targets, no markup.
_MARKS = re.compile(r"<!--.*?-->|\]\([^)\s]*\)|&\w+;|</?\w[^>]*>", re.DOTALL)
# Scripts written without spaces are compared character by character.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)


@dataclass(frozen=True, slots=True)
class FileRun:
    """What became of one file. ``recall`` and ``precision`` only where there is a reference."""

    path: Path
    state: State
    seconds: float
    line: str = ""
    chars: int = 0
    recall: float | None = None
    precision: float | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; 0 when no file crashed or hung, 1 when one did, 2 when nothing ran."""
    chosen = _arguments(argv)
    try:
        _, folder = open_data(SET)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    runs = list(read_all(folder / SET, LIMIT_S))
    if chosen.files:
        print("\n".join(_file_lines(runs)))
    table = report(runs)
    print(table)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "office.md").write_text(table, encoding="utf-8")
    return int(any(run.state in ("crashed", "hung") for run in runs))


def read_all(folder: Path, limit_s: float) -> Iterator[FileRun]:
    """Read every file below ``folder`` but references and the folder's own README."""
    memory = int(IngestSettings().file_memory_mb * 1024 * 1024)
    with FileReader(LoadLimits(), limit_s, memory) as reader:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            if path.parent.name != _REFERENCE and path.parent != folder:
                yield read_one(path, reader)


def read_one(path: Path, reader: FileReader) -> FileRun:
    """Read one file and compare it with its reference, where there is one."""
    if path.suffix.lower() not in READABLE_SUFFIXES:
        return FileRun(path, "passed over", 0.0)
    begun = time.monotonic()
    try:
        text = reader.read(path.name, read_file(path)).text
    except LoadError as error:
        states: dict[str, State] = {
            "timed-out": "hung",
            "reader-crashed": "crashed",
            "reader-failed": "crashed",
        }
        return FileRun(
            path, states.get(error.code, "refused"), time.monotonic() - begun, f"{error.code}: {error}"
        )
    seconds = time.monotonic() - begun
    reference = _reference(path)
    if reference is None:
        return FileRun(path, "loaded", seconds, chars=len(text))
    recall, precision = compared(text, reference)
    return FileRun(path, "loaded", seconds, chars=len(text), recall=recall, precision=precision)


def _reference(path: Path) -> str | None:
    folder = path.parent.parent / _REFERENCE
    for name in (f"{path.name}.md", f"{path.stem}.md"):
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8")
    return None


def compared(text: str, reference: str) -> tuple[float, float]:
    """How many of the reference's words are in the text (each as often), and how many different words of the
    text are in the reference.

    >>> compared("Plan: Team; Plan: Solo", "| Plan |\\n| Team |\\n| Solo |\\n| Gold |")
    (0.75, 1.0)
    """
    ours, theirs = _words(text), _words(_MARKS.sub(" ", reference))
    recall = (ours & theirs).total() / theirs.total() if theirs else 1.0
    return recall, len(ours.keys() & theirs.keys()) / len(ours) if ours else 1.0


def _words(text: str) -> Counter[str]:
    return Counter(word.casefold() for word in _WORD.findall(text))


def report(runs: Sequence[FileRun]) -> str:
    """The result as Markdown."""
    lines = [
        "# Office and odd files",
        "",
        f"Every file of the public set `{SET}` ({len(runs)} files), read as `pincite add` reads it, in a "
        f"process that is killed after {LIMIT_S:.0f} s. Words are compared with the Markdown another tool "
        "makes of the file, where the set holds that: recall is the share of its words that our text has too "
        "(each as often), precision the share of our different words that it has. That tool is no truth: it "
        "writes out comments and charts of sheets, which we leave out, and cells of tables more than once. "
        "These files were looked at while loaders were mended.",
        "",
        f"| format | files | {' | '.join(STATES)} | slowest, s | compared | recall | precision |",
        f"|---|---|{'---|' * len(STATES)}---|---|---|---|",
    ]
    by_format: dict[str, list[FileRun]] = {}
    for run in runs:
        by_format.setdefault(run.path.suffix.lower() or "(none)", []).append(run)
    for name, some in [*sorted(by_format.items()), ("**all**", list(runs))]:
        lines.append(_row(name, some))
    refused = Counter(
        (run.path.suffix.lower(), run.line) for run in runs if run.state not in ("loaded", "passed over")
    )
    if refused:
        lines += ["", "What the others said:", ""]
        lines += [f"- {suffix} ({count}): {line}" for (suffix, line), count in sorted(refused.items())]
    return "\n".join([*lines, ""])


def _row(name: str, runs: Sequence[FileRun]) -> str:
    states = Counter(run.state for run in runs)
    compared_runs = [(run.recall, run.precision) for run in runs if run.recall is not None]
    recall = f"{fmean(r for r, _ in compared_runs if r is not None):.2f}" if compared_runs else "-"
    precision = f"{fmean(p for _, p in compared_runs if p is not None):.2f}" if compared_runs else "-"
    cells = [name, len(runs), *(states[state] for state in STATES), f"{max(run.seconds for run in runs):.1f}"]
    return f"| {' | '.join(map(str, [*cells, len(compared_runs), recall, precision]))} |"


def _file_lines(runs: Sequence[FileRun]) -> Iterator[str]:
    """One line a file, the least recognisable last."""
    for run in sorted(runs, key=lambda run: -(run.recall if run.recall is not None else 2.0)):
        scores = f"{run.recall:.2f} {run.precision:.2f}" if run.recall is not None else ""
        yield f"{run.state:12}{scores:11}{run.seconds:5.1f} s {run.chars:8} {run.path.name}  {run.line}"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.loading.office", description=__doc__)
    parser.add_argument("--files", action="store_true", help="print a line for each file first")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder the table is written to")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run_main(main)
