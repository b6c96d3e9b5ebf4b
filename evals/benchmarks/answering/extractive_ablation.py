"""What each rule of the answers without a model is worth: the same questions with the rule switched off.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.answering.extractive_ablation --homes FOLDER
        [--rules editions kinds] [--questions 100]

Prints one row a rule and set: recall in the marked words, recall in what is shown and precision, without the
rule less with it, with the paired intervals of ``extractive_report``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

from app.extractive import choose, pieces, sentence_scores
from evals.benchmarks.answering import extractive
from evals.script import run_main

RESULTS = Path(__file__).parents[2] / "results" / "extractive"

Rule = Callable[[], AbstractContextManager[Any]]


def rules() -> Mapping[str, tuple[str, Rule]]:
    """Each rule by name: what it does, and what switches it off."""
    return {
        "parts": (
            "a question's parts are looked at one by one",
            lambda: patch.object(sentence_scores, "_parts", lambda question: [question]),
        ),
        "kinds": (
            "a sentence with the kind of thing asked for is worth more",
            lambda: patch.object(sentence_scores, "KIND", 0.0),
        ),
        "complete": (
            "less is added to a sentence that holds what is asked for",
            lambda: patch.object(choose, "CLOSE_TO_COMPLETE", choose.CLOSE_TO_BEST),
        ),
        "editions": (
            "of editions the newest",
            lambda: patch.object(choose, "outdated", lambda question, titles: []),
        ),
        "compares": (
            "a question that compares gets the same thing of several",
            lambda: patch.object(choose, "compares", lambda question: False),
        ),
        "names": (
            "nothing is added of another product, plan or year",
            lambda: patch.object(choose, "_names", lambda question: set()),
        ),
        "introduced": (
            "a list or code goes with the sentence before it",
            lambda: patch.object(pieces, "_introduced", lambda *_: []),
        ),
        "several": (
            "more than the best sentence",
            lambda: patch.object(choose, "_wanted", lambda question, candidates, evidence: candidates[:1]),
        ),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; 2 when the data are not there."""
    known = rules()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rules", nargs="+", default=list(known), choices=list(known))
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--homes", type=Path, required=True, help="indexes are kept here, and used again")
    parser.add_argument("--out", type=Path, default=RESULTS / "ablation.md")
    chosen = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        base = _run(Path(scratch), "with", chosen, None)
        if base is None:
            return 2
        tables = {}
        for name in chosen.rules:
            with ExitStack() as stack:
                stack.enter_context(known[name][1]())
                tables[name] = _run(Path(scratch), name, chosen, base)
                assert tables[name] is not None
        pages = {name: Path(scratch, name, "extractive.md").read_text() for name in tables}
    chosen.out.write_text(_page(pages, {name: known[name][0] for name in tables}, chosen.questions))
    return 0


def _run(scratch: Path, name: str, chosen: argparse.Namespace, base: Path | None) -> Path | None:
    rows = scratch / f"{name}.json"
    given = ["--homes", str(chosen.homes), "--questions", str(chosen.questions), "--rows", str(rows)]
    given += ["--out", str(scratch / name), *(["--before", str(base)] if base else [])]
    print(f"{name} …", file=sys.stderr, flush=True)
    return rows if extractive.main(given) == 0 and json.loads(rows.read_text()) else None


MEASURES = ("recall in the marked words", "recall in what is shown", "citation precision")


def _page(pages: Mapping[str, str], what: Mapping[str, str], questions: int) -> str:
    """One table: a row a rule and set where anything changed, without the rule less with it."""
    lines = [
        "# What each rule of the extractive answer is worth",
        "",
        f"At most {questions} questions with and as many without an answer of each of the six sets of "
        "[extractive](extractive.md), asked again with one rule off. Without the rule less with it; "
        "95 % intervals paired by question. Sets in which nothing changed are left out. Printed by `python "
        "-m evals.benchmarks.answering.extractive_ablation`.",
        "",
        "| rule | set | " + " | ".join(MEASURES) + " |",
        "|---|---|" + "---|" * len(MEASURES),
    ]
    for name, page in pages.items():
        rows, title = [], ""
        for block in page.split("\n## ")[1:]:
            title = block.partition("\n")[0]
            found = {cell[0]: cell[3] for cell in map(_cells, block.split("\n")) if len(cell) == 4}
            said = [found.get(measure, "") for measure in MEASURES]
            if any(one and not one.lstrip("+-").startswith("0.000 (") for one in said):
                rows.append(f"| {name}: {what[name]} | {title} | {' | '.join(said)} |")
        lines += rows or [f"| {name}: {what[name]} | all | no change | no change | no change |"]
    return "\n".join(lines) + "\n"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []


if __name__ == "__main__":
    run_main(main)
