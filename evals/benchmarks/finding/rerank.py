"""What reranking gains and what it costs: `python -m evals.benchmarks.finding.rerank [--sets …]`.

For each of the product's own rerankers and each number of candidates: nDCG@10 of the fused list so reranked,
and the time it takes, first with vectors that have to be made (cold), then with those on disk (warm). Every
window is embedded by itself here, as for an embedder of one's own; evals.benchmarks.scale.first_question
measures what the product does with the carried one. One thread. A seeded sample of questions a set; the sets
come through PINCITE_EVAL_DATA.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from langchain_core.documents import BaseDocumentCompressor, Document

from app.errors import SettingsError
from app.ingestion.pipeline import PassageLength
from app.retrieval.embedding.embedder import NamedEmbeddings
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.embedding.stored_vectors import StoredVectors
from app.retrieval.embedding.token_store import TokenStore
from app.retrieval.ranking.late_interaction import LateInteraction
from app.retrieval.ranking.window_rerank import WindowRerank
from app.retrieval.word_weights import WordWeights, index_weights
from app.settings import Settings
from evals.benchmarks.finding.legs import as_found, both_legs
from evals.benchmarks.finding.retrieval import SEED, sample
from evals.benchmarks.finding.retrieval_report import SIX
from evals.benchmarks.index import build_index
from evals.benchmarks.public_data import find_sets, load_set, open_data
from evals.benchmarks.scale.machine import machine
from evals.benchmarks.vector_cache import VectorCache, open_vector_cache
from evals.metrics.retrieval import ndcg, paired_interval
from evals.script import run_main

RESULTS = Path(__file__).parents[2] / "results" / "rerank"
COUNTS = (5, 10, 20, 30)
Key = tuple[str, int]
NONE: Key = ("none", 0)
OTHERS = ("chunking_eval", "nq_oracle", "squad2_dev", "confusebench/hotpotqa", "single_topic_qa", "dtc_faq")


METHODS = ("windows", "late interaction")


@dataclass
class RerankerResult:
    """One set: for each reranker and number of candidates the nDCG@10 of every question, and milliseconds."""

    name: str
    scores: dict[Key, list[float]] = field(default_factory=dict)
    cold_ms: dict[Key, list[float]] = field(default_factory=dict)
    warm_ms: dict[Key, list[float]] = field(default_factory=dict)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write the table; 2 when nothing could be measured."""
    chosen = _arguments(argv)
    try:
        settings, folder = open_data()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    present = set(find_sets(folder))
    names = [name for name in chosen.sets if name in present]
    for name in chosen.sets:
        if name not in present:
            print(f"{name}: absent, skipped", file=sys.stderr)
    if not names:
        print("none of the sets is there; nothing was measured", file=sys.stderr)
        return 2
    encoder = MiniLMEmbeddings(threads=1)
    cache = chosen.cache or settings.home / "bench" / "vectors.sqlite"
    results = []
    with open_vector_cache(cache, NamedEmbeddings(encoder, encoder.fingerprint)) as vectors:
        for name in names:
            results.append(measure(folder, name, chosen.questions, settings, encoder, vectors))
            print(f"{name}: measured", file=sys.stderr, flush=True)
    table = markdown(results)
    print(table)
    if chosen.out is not None:
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / "rerank.md").write_text(table, encoding="utf-8")
    return 0


def measure(
    folder: Path,
    name: str,
    questions: int,
    settings: Settings,
    encoder: MiniLMEmbeddings,
    vectors: VectorCache,
) -> RerankerResult:
    """Index one set and rerank every sampled question at every number of candidates."""
    data = sample(load_set(folder, name), questions)
    length = PassageLength(settings.ingest.passage_chars, settings.ingest.passage_max_chars)
    done = RerankerResult(name)
    with tempfile.TemporaryDirectory() as place:
        index = build_index(data, Path(place) / "registry.sqlite", "split", length)
        try:
            passages = vectors.vectors(index.texts)
            asked = vectors.vectors(list(data.questions.values()))
            unit_of = dict(zip(index.passage_ids, index.units, strict=True))
            made = _Rerankers(encoder, Path(place), index_weights(index.words.document_frequencies), settings)
            for (question, text), vector in zip(data.questions.items(), asked, strict=True):
                legs = both_legs(index, passages, text, vector, settings.retrieval.candidates)
                found = as_found(index, legs, legs.weight(settings.retrieval), max(COUNTS))
                ranked: dict[Key, Sequence[Document]] = {NONE: found}
                for method in METHODS:
                    for count in COUNTS:
                        began = time.perf_counter()
                        made.reranker(method, count, question).compress_documents(found, text)
                        done.cold_ms.setdefault((method, count), []).append(_ms(began))
                        again = made.reranker(method, count, question)
                        began = time.perf_counter()
                        ranked[method, count] = again.compress_documents(found, text)
                        done.warm_ms.setdefault((method, count), []).append(_ms(began))
                out = data.left_out.get(question, frozenset())
                for key, documents in ranked.items():
                    units = dict.fromkeys(unit_of[str(one.id)] for one in documents)
                    order = [unit for unit in units if unit not in out]
                    done.scores.setdefault(key, []).append(ndcg(order, index.qrels[question]))
        finally:
            index.engine.dispose()
    return done


class _Rerankers:
    """Makes rerankers that know nothing yet but what their files hold: one file a question and number."""

    def __init__(
        self, encoder: MiniLMEmbeddings, folder: Path, weigh: WordWeights, settings: Settings
    ) -> None:
        self._encoder = encoder
        self._folder = folder
        self._weigh = weigh
        self._settings = settings

    def reranker(self, method: str, count: int, question: str) -> BaseDocumentCompressor:
        file = self._folder / f"{method[:4]}-{count}-{hashlib.sha256(question.encode()).hexdigest()[:16]}"
        if method == "windows":
            stored = StoredVectors(self._encoder, self._encoder.fingerprint, file)
            return WindowRerank(vectors=EmbeddingCache(stored), candidates=count)
        return LateInteraction(
            encoder=self._encoder,
            store=TokenStore(self._encoder, file, 1_000_000),
            weigh=self._weigh,
            candidates=count,
            weight=self._settings.rerank.weight,
        )


def _ms(began: float) -> float:
    return (time.perf_counter() - began) * 1e3


def markdown(results: Sequence[RerankerResult]) -> str:
    """The curve, and each set."""
    before = [score for one in results for score in one.scores[NONE]]
    base = float(np.mean([np.mean(one.scores[NONE]) for one in results]))
    lines = [
        "# Reranking: what is gained for how many milliseconds",
        "",
        f"{machine()}. One thread; {len(before)} questions of {len(results)} sets, among the first "
        f"{max(COUNTS)} passages of the product's fused list, which alone has nDCG@10 {base:.4f} (mean of "
        "the sets). The interval (95 %) is that of the difference, by paired bootstrap over all questions. "
        "Warm: what is compared is on disk. Cold: nothing is, every vector must be made.",
        "",
        "| reranker | candidates | nDCG@10 | gained | interval over questions | cold ms p50 / p95 "
        "| warm ms p50 / p95 |",
        "|---|--:|--:|--:|---|--:|--:|",
    ]
    for method in METHODS:
        for count in COUNTS:
            key = (method, count)
            mean = float(np.mean([np.mean(one.scores[key]) for one in results]))
            after = [score for one in results for score in one.scores[key]]
            low, high = paired_interval(after, before, seed=SEED)
            cold = [ms for one in results for ms in one.cold_ms[key]]
            warm = [ms for one in results for ms in one.warm_ms[key]]
            lines.append(
                f"| {method} | {count} | {mean:.4f} | {mean - base:+.4f} | [{low:+.4f}, {high:+.4f}] "
                f"| {np.percentile(cold, 50):.0f} / {np.percentile(cold, 95):.0f} "
                f"| {np.percentile(warm, 50):.1f} / {np.percentile(warm, 95):.1f} |"
            )
    keys: list[Key] = [NONE, *((method, count) for method in METHODS for count in COUNTS)]
    names = ["none", *(f"{method[:7].strip()} {count}" for method, count in keys[1:])]
    lines += ["", "| set | questions | " + " | ".join(names) + " |", "|---|--:|" + "--:|" * len(keys)]
    lines += [
        f"| {one.name} | {len(one.scores[NONE])} | "
        + " | ".join(f"{np.mean(one.scores[key]):.3f}" for key in keys)
        + " |"
        for one in results
    ]
    return "\n".join(lines) + "\n"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.finding.rerank", description=__doc__)
    parser.add_argument("--sets", nargs="+", default=[*SIX, *OTHERS])
    parser.add_argument("--questions", type=int, default=60, help="a seeded sample of so many a set at most")
    parser.add_argument("--cache", type=Path, help="file that keeps vectors (default: in PINCITE_HOME)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder the table is written to")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run_main(main)
