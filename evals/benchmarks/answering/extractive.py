"""How good are answers without a model? Asks through the whole product: search, gate and extractor.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.answering.extractive [--sets squad2_dev]
        [--before rows.json]

Each set is indexed with default settings. A question that is not answered is asked again with the gate just
open, so that what the extractor says is known for every question. ``--before`` sets an earlier run's rows
beside this one's, question by question.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from app.compose import Pincite
from app.errors import SettingsError
from evals.benchmarks.answering import extractive_report
from evals.benchmarks.answering.extractive_report import ExtractiveRow
from evals.benchmarks.answering.extractive_sets import Task, TaskSet, said, shown, task_sets
from evals.benchmarks.public_data import open_data
from evals.script import run_main
from graphs.contracts import Answer
from graphs.state import AskContext

RESULTS = Path(__file__).parents[2] / "results" / "extractive"
MOST = {"squad2_dev": 600, "tatqa_dev": 300}
"""Questions asked of the sets that have more; of the others all."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write the page; 2 when nothing ran."""
    chosen = _arguments(argv)
    try:
        _, folder = open_data()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    rows: list[ExtractiveRow] = []
    for one in task_sets().values():
        if one.name not in chosen.sets:
            continue
        if one.name != "isbrook" and not (folder / one.name).is_dir():
            print(f"{one.name}: absent, skipped", file=sys.stderr)
            continue
        began = time.monotonic()
        rows += measure(one, folder, chosen.homes, chosen.questions)
        print(f"{one.name}: asked in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    if not rows:
        print("none of the sets is there; nothing was measured", file=sys.stderr)
        return 2
    if chosen.rows:
        write_rows(chosen.rows, rows)
    before = read_rows(chosen.before) if chosen.before else []
    page = extractive_report.markdown(rows, before)
    print(page)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "extractive.md").write_text(page, encoding="utf-8")
    data = json.dumps(extractive_report.numbers(rows, before), indent=1)
    (chosen.out / "extractive.json").write_text(data + "\n", encoding="utf-8")
    return 0


def measure(one: TaskSet, folder: Path, homes: Path | None, most: int | None) -> list[ExtractiveRow]:
    """Ask the questions of one set; its index stays in ``homes`` where that is given."""
    tasks = one.tasks(folder, most or MOST.get(one.name, 10_000))
    with ExitStack() as stack:
        home = homes / one.name if homes else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pincite = stack.enter_context(one.open(folder, home))
        return [ask(pincite, one.name, task) for task in tasks]


def ask(pincite: Pincite, name: str, task: Task) -> ExtractiveRow:
    """Ask one question at the default gate, and once more just under its score where that keeps silent."""
    answer = _ask(pincite, task, None)
    scores = [one["score"] or 0.0 for one in answer.receipt.get("rerankings", [])]
    score = max(scores, default=0.0)
    steps = answer.receipt.get("steps", [])
    answered = answer.status == "answered"
    if not answered:
        answer = _ask(pincite, task, score)
    text, seen = said(answer), shown(answer)
    return ExtractiveRow(
        set=name,
        id=task.id,
        of=task.of,
        answerable=task.answerable,
        answered=answered,
        score=score,
        recall=task.recall(text) if task.answerable else None,
        precision=task.precise(answer) if task.answerable else None,
        sentences=len(answer.claims),
        characters=len(text),
        ms=sum(step["ms"] for step in steps if step["node"] in ("rerank", "generate")),
        text=text,
        shown=task.recall(seen) if task.answerable else None,
        read=len(seen),
    )


def _ask(pincite: Pincite, task: Task, gate: float | None) -> Answer:
    context = AskContext(extractive=True, gate=gate, groups=list(task.groups))
    return pincite.ask(task.text, messages=task.messages, filters=task.filters, context=context)


def write_rows(path: Path, rows: Sequence[ExtractiveRow]) -> None:
    """Keep rows for a later comparison. They hold words of the sets: keep them out of the project."""
    path.write_text(json.dumps([asdict(row) for row in rows], indent=0) + "\n", encoding="utf-8")


def read_rows(path: Path) -> list[ExtractiveRow]:
    """Rows that ``write_rows`` kept."""
    data: list[Mapping[str, object]] = json.loads(path.read_text(encoding="utf-8"))
    return [ExtractiveRow(**row) for row in data]  # type: ignore[arg-type]


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m evals.benchmarks.answering.extractive", description=__doc__
    )
    parser.add_argument("--sets", nargs="+", default=list(task_sets()), choices=list(task_sets()))
    parser.add_argument("--questions", type=int, help="so many of each set at most")
    parser.add_argument("--homes", type=Path, help="keep the indexes in this folder, and use them again")
    parser.add_argument("--rows", type=Path, help="write what became of each question to this file")
    parser.add_argument("--before", type=Path, help="rows of an earlier run to compare with")
    parser.add_argument(
        "--out", type=Path, default=None, help=f"folder the page is written to, e.g. {RESULTS}"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    run_main(main)
