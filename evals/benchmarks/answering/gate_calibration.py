"""At most so many of the answers wrong: calibrates the gate on half of four sets, reports on the other.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.answering.gate_calibration [--sets isbrook] [--carry]

Each set is indexed by the product with default settings; answers are extractive. A question is scored as the
gate last scored it, after the second look that a low score leads to, and the answer that is judged is the one
given at exactly that gate. A hash of the gold document says which half a question is in. ``--carry`` writes
the calibration that the product carries: counts by score, not a word of a question.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.compose import Pincite
from app.errors import SettingsError
from app.extractive.sentence_scores import SentenceScorer
from app.gate.calibration import CARRIED, GateCalibration, counted, written
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.stored_vectors import StoredVectors
from app.retrieval.word_weights import index_weights
from evals.benchmarks.answering import gate_calibration_report as report
from evals.benchmarks.answering.abstention import NEVER
from evals.benchmarks.answering.extractive_sets import Task, said, shown
from evals.benchmarks.answering.gate_calibration_report import GateRow, outcomes
from evals.benchmarks.answering.gate_features import Scored, features
from evals.benchmarks.answering.gate_sets import GateSet, gate_sets
from evals.benchmarks.public_data import open_data
from evals.script import run_main
from graphs.contracts import Answer
from graphs.state import AskContext
from graphs.text.words import content_words

RESULTS = Path(__file__).parents[2] / "results" / "abstention"
KEYS = ["answer", "standalone", "evidence"]
State = dict[str, Any]
"""What the graph leaves under ``KEYS``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write the page; 2 when nothing ran."""
    chosen = _arguments(argv)
    try:
        _, folder = open_data()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    rows: list[GateRow] = read_rows(chosen.rows) if chosen.rows and chosen.rows.is_file() else []
    done = {row.set for row in rows}
    for one in gate_sets().values():
        if one.name not in chosen.sets or one.name in done:
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
        chosen.rows.write_text(json.dumps([asdict(row) for row in rows], indent=0) + "\n", encoding="utf-8")
    page = report.markdown(rows)
    print(page)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "most_wrong.md").write_text(page, encoding="utf-8")
    if chosen.carry:
        for name, file in CARRIED.items():
            file.write_text(written(carried(rows, name)), encoding="utf-8")
    return 0


def carried(rows: Sequence[GateRow], by: str) -> GateCalibration:
    """The calibration of the half that is not reported on, ``by`` the words that are marked or shown."""
    sets = gate_sets()
    some = [row for row in rows if not row.held_out and sets[row.set].natural]
    names = dict.fromkeys(row.set for row in some)
    told = "; ".join(f"{name}: {sets[name].right_when}" for name in names)
    return counted(
        outcomes(some, by),
        name=f"public-{by}",
        wrong_means=f"an answer where the documents hold none, or whose {by} words are not such: {told}",
        embedder=some[0].embedder,
        questions=len(some),
    )


def measure(one: GateSet, folder: Path, homes: Path | None, most: int) -> list[GateRow]:
    """Ask the questions of one set; its index stays in ``homes`` where that is given."""
    tasks = one.tasks(folder, most)
    with ExitStack() as stack:
        home = homes / one.name if homes else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pincite = stack.enter_context(one.open(folder, home))
        measure_features = _features_of(pincite)
        return [ask(pincite, one, task, measure_features) for task in tasks]


def ask(
    pincite: Pincite, one: GateSet, task: Task, measure_features: Callable[[State], tuple[float, ...]]
) -> GateRow:
    """Score one question, and judge the answer it gets at the highest gate that lets it by."""
    silent = _state(pincite, task, NEVER)
    ranked = Answer.model_validate(silent["answer"]).receipt.get("rerankings", [])
    score = max((entry["score"] or 0.0 for entry in ranked), default=0.0)
    state = _state(pincite, task, score)
    answer = Answer.model_validate(state["answer"])
    answered = answer.status == "answered"
    judged = answered and (task.answerable or one.elsewhere)
    return GateRow(
        set=one.name,
        id=task.id,
        of=task.of,
        answerable=task.answerable,
        # Whatever the gate: where a name is absent, or nothing stood up to checking, there is no answer.
        score=score if answered else 0.0,
        answered=answered,
        right=judged and one.right(task, answer, said(answer)),
        shown=judged and one.right(task, answer, shown(answer)),
        features=measure_features(state) if answered else (),
        embedder=pincite.corpus.fingerprint,
    )


def _state(pincite: Pincite, task: Task, gate: float) -> State:
    given: dict[str, Any] = {"question": task.text, "filters": dict(task.filters)}
    if task.messages:
        given["messages"] = list(task.messages)
    context = AskContext(extractive=True, gate=gate, groups=list(task.groups))
    # Not `ask`: the evidence itself is wanted, and answers hold places only.
    graph: Any = pincite.graph
    found: State = asyncio.run(graph.ainvoke(given, context=context, output_keys=KEYS))
    return found


def _features_of(pincite: Pincite) -> Callable[[State], tuple[float, ...]]:
    corpus, settings = pincite.corpus, pincite.settings
    weigh = index_weights(corpus.words.document_frequencies)
    file = settings.home / settings.tenant / "parts.sqlite"
    stored = StoredVectors(corpus.questions, corpus.fingerprint, file, settings.rerank.stored_parts)
    scorer = SentenceScorer(EmbeddingCache(stored), weigh, corpus.registry.texts)

    def measured(state: State) -> tuple[float, ...]:
        question, evidence = state["standalone"], state["evidence"]
        searches = state["answer"]["receipt"].get("retrievals", [])
        return features(
            Scored(
                question,
                evidence,
                scorer.candidates(question, evidence),
                weigh(sorted(set(content_words(question)))),
                [hit["scores"] for search in searches for hit in search["found"]],
            )
        )

    return measured


def read_rows(path: Path) -> list[GateRow]:
    """Rows of an earlier run; they hold no words of the sets."""
    return [
        GateRow(**{**row, "features": tuple(row["features"])})
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m evals.benchmarks.answering.gate_calibration", description=__doc__
    )
    parser.add_argument("--sets", nargs="+", default=list(gate_sets()), choices=list(gate_sets()))
    parser.add_argument("--questions", type=int, default=1200, help="so many of each set at most")
    parser.add_argument("--homes", type=Path, help="keep the indexes in this folder, and use them again")
    parser.add_argument("--rows", type=Path, help="keep what became of each question; sets in it stand")
    parser.add_argument("--carry", action="store_true", help="write the calibration that the product carries")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder the page is written to")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run_main(main)
