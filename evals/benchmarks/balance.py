"""Fit how much meaning counts beside words: `python -m evals.benchmarks.balance`.

The product's index and reranker over public sets; for every question nDCG@10 at each of several weights. Then
the linear rule of ``app.retrieval.balance`` that gains most, weights between two of the grid read off a
smooth curve. It is fitted on the sets in FIT and judged on those in SIX, of which it sees nothing; and, to
tell whether it holds at all, on each set in FIT by a rule fitted on the others. Nothing is written: the
numbers are printed and live in the product's code.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from app.ingestion.pipeline import PassageLength
from app.retrieval.balance import LEAST, MOST
from app.retrieval.embedder import make_embedder
from app.retrieval.embedding_cache import EmbeddingCache
from app.retrieval.fusion import USUAL_WEIGHT
from app.retrieval.window_rerank import WindowRerank
from app.settings import Settings, SettingsError
from evals.benchmarks.index import build_index
from evals.benchmarks.legs import both_legs, looked_at
from evals.benchmarks.public_data import find_sets, load_set, open_data
from evals.benchmarks.retrieval import best_of_units, sample
from evals.benchmarks.retrieval_report import SIX
from evals.benchmarks.vector_cache import CachedEmbeddings, VectorCache, open_vector_cache
from evals.metrics.retrieval import ndcg, ranking

FIT = (
    "nq_oracle",
    "squad2_dev",
    "dtc_faq",
    "hotpotqa_100",
    "morehopqa_150",
    "confusebench/hotpotqa",
    "confusebench/ambigqa",
    "clapnq_dev",
    "single_topic_qa",
    "chunking_eval",
)
WEIGHTS = np.array([0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9])
SMOOTH = 0.06
"""Width of the bell over the grid by which a weight between two of its points is judged."""
SHRINK = 0.5
"""Penalty on the squares of the rule's slopes, in units of a standard deviation of each signal: the strongest
whose gain on sets left out is within a standard error of the best (of .05, .1, .2, .3, .5 and 1)."""
STEPS, RATE = 250, 0.012


@dataclass(frozen=True, slots=True)
class Asked:
    """One set: signals of shape (questions, 3), nDCG@10 of shape (questions, weights)."""

    signals: np.ndarray
    gains: np.ndarray


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, fit and print; 2 when nothing ran."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.balance", description=__doc__)
    parser.add_argument(
        "--questions", type=int, default=600, help="a seeded sample of at most this many a set"
    )
    parser.add_argument("--cache", type=Path, help="file that keeps vectors (default: in PINCITE_HOME)")
    chosen = parser.parse_args(argv)
    try:
        settings, folder = open_data()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    there = find_sets(folder)
    cache = chosen.cache or settings.home / "bench" / "vectors.sqlite"
    asked: dict[str, Asked] = {}
    with open_vector_cache(cache, make_embedder(settings.embedding)) as vectors:
        for name in (*FIT, *SIX):
            if name not in there:
                print(f"{name}: absent, skipped", file=sys.stderr)
                continue
            asked[name] = ask(folder, name, chosen.questions, settings, vectors)
            print(f"{name}: asked", file=sys.stderr, flush=True)
    fitted = [name for name in FIT if name in asked]
    if len(fitted) < 2:
        print("too few of the sets are there to fit anything", file=sys.stderr)
        return 2
    rule = fit([asked[name] for name in fitted])
    print("intercept, words, flatness, crowding:", ", ".join(f"{number:.3f}" for number in rule))
    for name in SIX:
        if name in asked:
            print(_line(name, asked[name], rule))
    for name in fitted:
        others = fit([asked[other] for other in fitted if other != name])
        print(_line(f"{name} (fitted on the others)", asked[name], others))
    return 0


def ask(folder: Path, name: str, questions: int, settings: Settings, vectors: VectorCache) -> Asked:
    """Every question of one set at every weight."""
    data = sample(load_set(folder, name), questions)
    length = PassageLength(settings.ingest.passage_chars, settings.ingest.passage_max_chars)
    reranker = WindowRerank(vectors=EmbeddingCache(CachedEmbeddings(vectors), size=500_000))
    rows: list[tuple[float, ...]] = []
    gains: list[list[float]] = []
    with tempfile.TemporaryDirectory() as place:
        index = build_index(data, Path(place) / "registry.sqlite", "split", length)
        try:
            passages = vectors.vectors(index.texts)
            unit_of = dict(zip(index.passage_ids, index.units, strict=True))
            asked = vectors.vectors(list(data.questions.values()))
            for (question, text), vector in zip(data.questions.items(), asked, strict=True):
                legs = both_legs(index, passages, text, vector, settings.retrieval.candidates)
                out = data.left_out.get(question, frozenset())
                found = []
                for weight in WEIGHTS.tolist():
                    near = looked_at(index, legs, weight, text, reranker, settings.retrieval.top_k)
                    units = [unit for unit in ranking(best_of_units(near, unit_of)) if unit not in out]
                    found.append(ndcg(units, index.qrels[question]))
                rows.append(astuple(legs.signals))
                gains.append(found)
        finally:
            index.engine.dispose()
    return Asked(np.array(rows), np.array(gains))


def fit(sets: Sequence[Asked]) -> tuple[float, ...]:
    """Intercept and slopes that gain most; a set of four times the questions counts twice as much."""
    raw = np.concatenate([one.signals for one in sets])
    gains = np.concatenate([one.gains for one in sets])
    share = np.concatenate([np.full(len(one.gains), 1 / math.sqrt(len(one.gains))) for one in sets])
    share /= share.sum()
    mean, spread = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    given = np.column_stack([np.ones(len(raw)), (raw - mean) / spread])
    rule = np.array([USUAL_WEIGHT, 0.0, 0.0, 0.0])
    first, second = np.zeros(4), np.zeros(4)
    for step in range(1, STEPS + 1):
        slope = -_slope(given, gains, share, rule) + 2 * SHRINK * rule * [0, 1, 1, 1]
        # Adam (Kingma and Ba, 2015) with its usual constants.
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        rule = rule - RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    slopes = rule[1:] / spread
    return (float(rule[0] - slopes @ mean), *slopes.tolist())


def _slope(given: np.ndarray, gains: np.ndarray, share: np.ndarray, rule: np.ndarray) -> np.ndarray:
    """How the mean gain changes with the rule; the gain at a weight is a bell-weighted mean of the grid."""
    weight = given @ rule
    inside = (weight > LEAST) & (weight < MOST)
    apart = np.clip(weight, LEAST, MOST)[:, None] - WEIGHTS
    bell = np.exp(-(apart**2) / (2 * SMOOTH**2))
    bell /= bell.sum(axis=1, keepdims=True)
    pull = -apart / SMOOTH**2
    change = (bell * (pull - (bell * pull).sum(axis=1, keepdims=True)) * gains).sum(axis=1)
    found: np.ndarray = (share * inside * change) @ given
    return found


def mean_gain(one: Asked, rule: Sequence[float]) -> float:
    """Mean nDCG@10 of a set where the rule sets each question's weight."""
    weights = np.clip(rule[0] + one.signals @ np.array(rule[1:]), LEAST, MOST)
    return float(
        np.mean([np.interp(at, WEIGHTS, gains) for at, gains in zip(weights, one.gains, strict=True)])
    )


def _line(name: str, one: Asked, rule: Sequence[float]) -> str:
    fixed = mean_gain(one, (USUAL_WEIGHT, 0.0, 0.0, 0.0))
    found = mean_gain(one, rule)
    return f"{name}: {USUAL_WEIGHT} for all {fixed:.4f}, by the question {found:.4f} ({found - fixed:+.4f})"


if __name__ == "__main__":
    sys.exit(main())
