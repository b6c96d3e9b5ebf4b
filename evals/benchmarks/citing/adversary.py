"""What a careless or hostile model gets past the checks, over our own documents.

    python -m evals.benchmarks.citing.adversary [--seed 1] [--each 60] [--out FOLDER]

A scripted chat model answers through the whole graph with sentences made by ``adversary_cases``; the passages
it is shown are those our retrieval brings. A sentence counts as released with the verdict the reader sees.
Exit code 1: 3 % or more of the wrong sentences are released as verified, or fewer than 97 % of the right
ones are released.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.registry.schema import passages, readers
from app.settings import load_settings
from app.testing.scripted_chat import Fixed, ScriptedChat
from evals.benchmarks.citing.adversary_cases import KINDS, Case, Fact, cases, sentences_of
from evals.metrics.proportions import wilson
from evals.script import run_main
from graphs.answer import AnswerGraph, build_answer_graph
from graphs.contracts import Answer

RESULTS = Path(__file__).parents[2] / "results" / "adversary"
SAMPLES = Path(__file__).parents[3] / "samples" / "documents"
SHOWN = 6
MOST_WRONG, LEAST_KEPT = 0.03, 0.97
OUTCOMES = ("verified", "partial", "withheld")


def collect(pincite: Pincite) -> list[Fact]:
    """Every usable sentence of the index, with the passages that a search for it brings."""
    with pincite.registry.engine.connect() as connection:
        rows = list(connection.execute(select(passages.c.passage_id, passages.c.text)))
        groups = sorted(set(connection.scalars(select(readers.c.reader))))
    found: list[Fact] = []
    for passage_id, text in rows:
        sentences = sentences_of(text)
        for sentence in sentences:
            evidence = pincite.retriever.invoke(sentence, groups=groups)[:SHOWN]
            ids = [document.id for document in evidence]
            if passage_id in ids:
                others = [other for other in sentences if other != sentence]
                found.append(Fact(sentence, evidence, ids.index(passage_id) + 1, others))
    return found


async def outcome(graph: AnswerGraph, shelf: Fixed, chat: ScriptedChat, case: Case) -> str:
    """How the graph lets the case's sentence out."""
    shelf.documents = case.evidence
    chat.claims = [{"text": case.text, "sources": case.sources, "quotes": case.quotes}]
    result = await graph.ainvoke({"question": "What do the documents say?"})
    answer = Answer.model_validate(result["answer"])
    return next((claim.verdict for claim in answer.claims), "withheld")


async def run(made: Sequence[Case], stored_text: Any) -> list[tuple[Case, str]]:
    shelf, chat = Fixed(documents=[]), ScriptedChat()
    graph = build_answer_graph(retriever=shelf, model=chat, stored_text=stored_text)
    return [(case, await outcome(graph, shelf, chat, case)) for case in made]


def table(results: Sequence[tuple[Case, str]], seed: int) -> tuple[str, dict[str, Any]]:
    """The results as Markdown and as data."""
    lines = [
        "# What a scripted adversarial model gets past the checks",
        "",
        f"Sentences over our sample documents, seed {seed}, through the whole graph, no entailment check. "
        "Shares of a kind; the intervals are Wilson's, 95 %.",
        "",
        "| kind | n | verified | partial (released, labelled) | withheld |",
        "|---|---|---|---|---|",
    ]
    data: dict[str, Any] = {"seed": seed, "kinds": {}}
    for kind in KINDS:
        lines.append(_row(kind, Counter(how for case, how in results if case.kind == kind), data))
    for right, name in ((False, "**all wrong ones**"), (True, "**all right ones**")):
        lines.append(_row(name, Counter(how for case, how in results if case.right is right), data))
    return "\n".join(lines) + "\n", data


def _row(kind: str, counts: Counter[str], data: dict[str, Any]) -> str:
    total = sum(counts.values())
    data["kinds"][kind.strip("*")] = {"n": total, **{how: counts[how] for how in OUTCOMES}}
    cells = []
    for how in OUTCOMES:
        low, high = wilson(counts[how], total)
        cells.append(f"{counts[how] / total:.3f} ({low:.3f}, {high:.3f})" if total else "")
    return f"| {kind} | {total} | {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=60, help="cases of each kind")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="pincite-adversary-") as scratch:
        settings = load_settings(None).model_copy(update={"home": Path(scratch)})
        with open_pincite(settings) as pincite:
            with pincite.corpus.writing() as (pipeline, writer):
                for _ in pipeline.sync(discover([SAMPLES], "samples"), "samples", writer):
                    pass
            made = cases(collect(pincite), given.seed, given.each)
            results = asyncio.run(run(made, pincite.registry.text))
    text, data = table(results, given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "adversary.md").write_text(text, encoding="utf-8")
    (given.out / "adversary.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(text)
    wrong, right = data["kinds"]["all wrong ones"], data["kinds"]["all right ones"]
    kept = 1 - right["withheld"] / right["n"]
    return int(wrong["verified"] / wrong["n"] >= MOST_WRONG or kept < LEAST_KEPT)


if __name__ == "__main__":
    run_main(main)
