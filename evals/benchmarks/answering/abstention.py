"""Does it know when to be silent? Asks questions that the documents answer and some that they do not.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.answering.abstention [--sets squad2_dev] [--questions 150]

Each set is indexed by the product in a temporary folder; answers are extractive, without a model. A question
is scored as the evidence gate last scored it, after the second look that a low score leads to, and its
answer is the one given at exactly that gate.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.compose import Pincite, open_pincite
from app.errors import SettingsError
from app.ingestion.split import split
from app.registry.new_document import NewDocument, doc_id_of
from app.settings import Settings
from evals.benchmarks.answering import abstention_report
from evals.benchmarks.answering.abstention_report import SEED, AskedQuestion
from evals.benchmarks.index import load_item
from evals.benchmarks.public_data import RetrievalSet, load_set, open_data
from evals.script import run_main
from graphs.state import AskContext

SETS = ("single_topic_qa", "clapnq_dev", "squad2_dev")
RESULTS = Path(__file__).parents[2] / "results" / "abstention"

NEVER = 2.0
"""A gate that no score reaches."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write the page; 2 when nothing ran."""
    chosen = _arguments(argv)
    try:
        settings, folder = open_data()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    rows: list[AskedQuestion] = []
    for name in chosen.sets:
        if not (folder / name / "queries.jsonl").is_file():
            print(f"{name}: absent, skipped", file=sys.stderr)
            continue
        began = time.monotonic()
        rows += measure(folder, name, chosen.questions)
        print(f"{name}: asked in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    if not rows:
        print("none of the sets is there; nothing was measured", file=sys.stderr)
        return 2
    page = abstention_report.markdown(rows, settings.answer.gate_extractive)
    print(page)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "abstention.md").write_text(page, encoding="utf-8")
    drawn = abstention_report.curve(rows, settings.answer.gate_extractive)
    (chosen.out / "abstention.svg").write_text(drawn, encoding="utf-8")
    return 0


def measure(folder: Path, name: str, most: int) -> list[AskedQuestion]:
    """Index one set with default settings and ask a seeded sample of its questions, half of them answerable.

    Raises:
        ValueError: a judgement of the set names what is not there.
    """
    data = load_set(folder, name)
    questions = drawn(_questions(folder / name), most)
    with (
        tempfile.TemporaryDirectory() as home,
        open_pincite(Settings(home=Path(home), eval_data=None)) as pincite,
    ):
        fill(pincite, data)
        return [ask(pincite, data, question) for question in questions]


def fill(pincite: Pincite, data: RetrievalSet) -> None:
    """Write the set's corpus into the index as the pipeline would; what the loaders refuse is left out."""
    ingest = pincite.settings.ingest
    pipeline = f"bench/{ingest.passage_chars}-{ingest.passage_max_chars}/{pincite.corpus.fingerprint}"
    documents = []
    for item in data.items:
        if loaded := load_item(item):
            spans = split(loaded, target_chars=ingest.passage_chars, max_chars=ingest.passage_max_chars)
            documents.append(
                NewDocument("bench", uri_of(data.name, item.id), loaded.version, pipeline, loaded, spans)
            )
    with pincite.corpus.writing() as (_, writer):
        writer.put(*documents)


def ask(pincite: Pincite, data: RetrievalSet, question: Mapping[str, Any]) -> AskedQuestion:
    """Score one row of ``queries.jsonl`` and judge the answer it gets at the highest gate that lets it by."""
    text = question["text"]
    silent = pincite.ask(text, context=AskContext(extractive=True, gate=NEVER))
    scores = [one["score"] or 0.0 for one in silent.receipt.get("rerankings", [])]
    score = max(scores, default=0.0)
    answer = pincite.ask(text, context=AskContext(extractive=True, gate=score))
    gold = {doc_id_of(uri_of(data.name, item)) for item in data.qrels.get(question["id"], {})}
    right = answer.status == "answered" and any(one.doc_id in gold for one in answer.citations)
    return AskedQuestion(
        data.name, question["id"], question["answerable"], score, question["answerable"] and right
    )


def uri_of(name: str, item: str) -> str:
    """The address an item of a set gets in the index."""
    return f"bench://{name}/{item}"


def drawn(questions: Sequence[Mapping[str, Any]], most: int) -> list[Mapping[str, Any]]:
    """At most so many questions by a fixed seed, as many answerable as not where there are enough of both."""
    chance = random.Random(SEED)
    kinds = [[one for one in questions if one["answerable"] is kind] for kind in (True, False)]
    for kind in kinds:
        kind.sort(key=lambda one: str(one["id"]))
        chance.shuffle(kind)
    few = min(len(kind) for kind in kinds)
    half = max(most // 2, most - few)
    return [one for kind in kinds for one in kind[: half if len(kind) > few else most // 2]]


def _questions(folder: Path) -> list[Mapping[str, Any]]:
    return list(_rows(folder / "queries.jsonl"))


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m evals.benchmarks.answering.abstention", description=__doc__
    )
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--questions", type=int, default=150, help="a seeded sample of so many a set at most")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder the page is written to")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run_main(main)
