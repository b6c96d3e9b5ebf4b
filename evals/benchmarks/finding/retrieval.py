"""How well the product finds: nDCG@10 and recall of its legs, their fusion and its default on public sets.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.finding.retrieval [--sets scifact cranfield]
        [--layouts split]

The parts are the product's own: loaders, splitter, registry, full-text index, embedder, fusion, and the
candidates each leg brings. Only the vector search is exact instead of Chroma's. A document scores what its
best passage scores. A run over everything writes the results; exit code 1: the default is below a floor.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np

from app.errors import SettingsError
from app.ingestion.pipeline import PassageLength
from app.retrieval.embedding.embedder import make_embedder
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.ranking.window_rerank import WindowRerank
from app.settings import RetrievalSettings, Settings
from evals.benchmarks.finding import retrieval_report
from evals.benchmarks.finding.bm25_floor import Bm25Floor
from evals.benchmarks.finding.legs import both_legs, looked_at
from evals.benchmarks.finding.retrieval_report import LEGS, SIX, SetResult
from evals.benchmarks.index import BenchIndex, Layout, build_index
from evals.benchmarks.public_data import EXPECTED, FLOORS, RetrievalSet, find_sets, load_set, open_data
from evals.benchmarks.vector_cache import CachedEmbeddings, VectorCache, open_vector_cache, stored_windows
from evals.metrics.retrieval import ndcg, paired_interval, ranking, recall
from evals.script import run_main

RRF_K = 60
RESULTS = Path(__file__).parents[2] / "results" / "retrieval"
SEED = 20261122

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class QuestionRun:
    """What each leg ranked for one question: keys of documents (or passages) by falling score."""

    question: str
    ranked: Mapping[str, list[str]]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; 0 when the default is at every floor or above, 1 when one is below, 2 when nothing ran."""
    chosen = _arguments(argv)
    try:
        settings, folder = open_data()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    names, absent = _present(find_sets(folder), chosen.sets)
    for name in absent:
        print(f"{name}: absent, skipped", file=sys.stderr)
    results: list[SetResult] = []
    embedder = make_embedder(settings.embedding)
    cache = chosen.cache or settings.home / "bench" / "vectors.sqlite"
    with open_vector_cache(cache, embedder) as vectors:
        for name in names:
            data = sample(load_set(folder, name), 0 if name in SIX else chosen.max_questions)
            # Where passages are judged, a document in one piece would always be right.
            layouts: list[Layout] = ["split"] if data.spans else chosen.layouts
            for layout in layouts:
                results.append(measure(data, layout, settings, vectors, _say(f"{name} {layout}: ")))
    if not results:
        print("none of the sets is there; nothing was measured", file=sys.stderr)
        return 2
    conditions = retrieval_report.conditions(settings, embedder.fingerprint, absent, SEED)
    print(retrieval_report.markdown(results, conditions))
    out = chosen.out or (None if chosen.sets or chosen.max_questions else RESULTS)
    if out is not None:
        retrieval_report.write(out, results, conditions)
    held = [result for result in results if result.layout == chosen.layouts[0]]
    for result in held:
        if result.is_below_bm25:
            kind = "the floor" if result.is_below_floor else "a plain BM25 (no floor is stated)"
            found = result.scores["default"]["ndcg@10"]
            print(
                f"{result.name}: the default {found:.3f} is below {kind}, {result.floor:.3f}", file=sys.stderr
            )
    return int(any(result.is_below_floor for result in held))


def measure(
    data: RetrievalSet, layout: Layout, settings: Settings, vectors: VectorCache, say: Say
) -> SetResult:
    """Index one set, ask it every question, and score the legs."""
    length = PassageLength(settings.ingest.passage_chars, settings.ingest.passage_max_chars)
    with tempfile.TemporaryDirectory() as folder:
        index = build_index(data, Path(folder) / "registry.sqlite", layout, length, say)
        try:
            passages = vectors.vectors(index.texts, say)
            questions = vectors.vectors(list(data.questions.values()), say)
            started = time.monotonic()
            reranker = WindowRerank(
                vectors=EmbeddingCache(CachedEmbeddings(vectors), size=500_000),
                stored=stored_windows(vectors.embeddings, Path(folder)),
            )
            runs = list(ask(data, index, passages, questions, settings.retrieval, reranker))
            say(f"asked {len(runs)} questions in {time.monotonic() - started:.0f} s")
        finally:
            index.engine.dispose()
    return score(data, layout, index, runs, floor_scores(data, index))


def ask(
    data: RetrievalSet,
    index: BenchIndex,
    passages: np.ndarray,
    questions: np.ndarray,
    settings: RetrievalSettings,
    reranker: WindowRerank,
) -> Iterator[QuestionRun]:
    """Each question through both legs, fused and reranked as the product does it by default, and by RRF."""
    unit_of = dict(zip(index.passage_ids, index.units, strict=True))
    for (name, text), vector in zip(data.questions.items(), questions, strict=True):
        found = both_legs(index, passages, text, vector, settings.candidates)
        weight = found.weight(settings)
        fused = found.fused(weight)
        legs = {
            "lexical": found.lexical,
            "dense": found.near,
            "hybrid": fused,
            "rrf": reciprocal_rank_fusion(found.near, found.lexical),
        }
        near = looked_at(index, found, weight, text, reranker, settings.top_k)
        # What was not looked at follows, in its order.
        legs["default"] = {key: 1.0 + near.get(key, score - 1.0) for key, score in fused.items()}
        out = data.left_out.get(name, frozenset())
        yield QuestionRun(
            name,
            {
                leg: [unit for unit in ranking(best_of_units(found, unit_of)) if unit not in out]
                for leg, found in legs.items()
            },
        )


def best_of_units(scores: Mapping[str, float], unit_of: Mapping[str, str]) -> dict[str, float]:
    """What each document scores: as much as its best passage.

    >>> best_of_units({"a:1": 0.2, "a:2": 0.7, "b:1": 0.5}, {"a:1": "a", "a:2": "a", "b:1": "b"})
    {'a': 0.7, 'b': 0.5}
    """
    best: dict[str, float] = {}
    for key, value in scores.items():
        unit = unit_of[key]
        best[unit] = max(value, best.get(unit, value))
    return best


def reciprocal_rank_fusion(*legs: Mapping[str, float]) -> dict[str, float]:
    """RRF, the usual fusion; here only to compare with the product's."""
    fused: dict[str, float] = {}
    for scores in legs:
        for rank, key in enumerate(ranking(scores), 1):
            fused[key] = fused.get(key, 0.0) + 1.0 / (RRF_K + rank)
    return fused


def floor_scores(data: RetrievalSet, index: BenchIndex) -> list[float]:
    """nDCG@10 of the plain BM25 for each question: over documents, or passages where these are judged."""
    units, texts = index.passage_ids, index.texts
    if not data.spans:
        units = tuple(item.id for item in data.items)
        texts = tuple(f"{item.title}\n{item.text}" for item in data.items)
    bm25 = Bm25Floor(texts)
    found: list[float] = []
    names = list(data.questions)
    for first in range(0, len(names), 500):  # in portions: one row is as long as the corpus
        portion = names[first : first + 500]
        for name, scores in zip(portion, bm25.scores([data.questions[n] for n in portion]), strict=True):
            out = data.left_out.get(name, frozenset())
            best = np.argsort(-scores, kind="stable")[: 10 + len(out)]
            ranked = [units[row] for row in best if scores[row] > 0 and units[row] not in out]
            found.append(ndcg(ranked, index.qrels[name]))
    return found


def score(
    data: RetrievalSet,
    layout: Layout,
    index: BenchIndex,
    runs: Sequence[QuestionRun],
    bm25: Sequence[float],
) -> SetResult:
    """The means over all questions, and the intervals of what the default adds."""
    each = {leg: [ndcg(run.ranked[leg], index.qrels[run.question]) for run in runs] for leg in LEGS}
    scores = {
        leg: {
            "ndcg@10": float(np.mean(each[leg])),
            **{
                f"recall@{k}": float(
                    np.mean([recall(run.ranked[leg], index.qrels[run.question], k) for run in runs])
                )
                for k in (10, 100)
            },
        }
        for leg in LEGS
    }
    stated = FLOORS.get(data.name)
    return SetResult(
        name=data.name,
        layout=layout,
        part=data.part,
        questions=len(runs),
        unjudged=data.unjudged,
        documents=len(data.items),
        refused=index.refused,
        passages=len(index.passage_ids),
        scores=scores,
        floor_stated=stated.ndcg10 if stated else None,
        floor_questions=stated.questions if stated else None,
        floor_here=float(np.mean(bm25)),
        over_lexical=paired_interval(each["default"], each["lexical"], seed=SEED),
        over_hybrid=paired_interval(each["default"], each["hybrid"], seed=SEED),
        over_floor=paired_interval(each["default"], bm25, seed=SEED),
    )


def sample(data: RetrievalSet, most: int) -> RetrievalSet:
    """The set with at most this many questions, drawn by a fixed seed; 0 means all."""
    if not most or len(data.questions) <= most:
        return data
    kept = set(random.Random(SEED).sample(sorted(data.questions), most))
    return replace(data, questions={name: text for name, text in data.questions.items() if name in kept})


def _present(found: Sequence[str], wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of the wanted sets (all, where none is named), those that are there and those that are not."""
    if not wanted:
        return list(found), [name for name in EXPECTED if name not in found]
    names = [name for name in found if any(name == one or name.startswith(f"{one}/") for one in wanted)]
    return names, [one for one in wanted if not any(n == one or n.startswith(f"{one}/") for n in names)]


def _say(prefix: str) -> Say:
    return lambda message: print(prefix + message, file=sys.stderr, flush=True)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.finding.retrieval", description=__doc__)
    parser.add_argument("--sets", nargs="+", default=[], help="only these sets; nothing is written then")
    parser.add_argument(
        "--layouts",
        nargs="+",
        choices=get_args(Layout),
        default=["split", "whole"],
        help="how documents are indexed; floors are held by the first (default: split whole)",
    )
    parser.add_argument(
        "--max-questions",
        type=int,
        default=0,
        help="a seeded sample of at most this many a set; of the six that tell designs apart, all",
    )
    parser.add_argument("--cache", type=Path, help="file that keeps vectors (default: in PINCITE_HOME)")
    parser.add_argument("--out", type=Path, help="folder the results are written to")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run_main(main)
