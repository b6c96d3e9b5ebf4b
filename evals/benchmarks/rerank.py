"""What reranking gains and what it costs: `python -m evals.benchmarks.rerank [--sets …]`.

For each number of candidates: nDCG@10 of the product's hybrid with late interaction over that many passages,
and the time it takes, first with token vectors that have to be made (cold), then with those on disk (warm).
One thread. A seeded sample of questions a set; the sets come through PINCITE_EVAL_DATA.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from langchain_core.documents import Document

from app.ingestion.pipeline import PassageLength
from app.models.sentence_scores import index_idf
from app.retrieval.embedder import NamedEmbeddings
from app.retrieval.fusion import convex_fusion
from app.retrieval.late_interaction import LateInteraction
from app.retrieval.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.scope import make_scope
from app.retrieval.token_store import TokenStore
from app.settings import Settings, SettingsError
from evals.benchmarks.index import build_index, nearest
from evals.benchmarks.public_data import find_sets, load_set, open_data
from evals.benchmarks.retrieval import SEED, best_of_units, sample
from evals.benchmarks.scale_machine import machine
from evals.benchmarks.vector_cache import VectorCache, open_vector_cache
from evals.metrics.retrieval import ndcg, paired_interval, ranking

RESULTS = Path(__file__).parents[1] / "results" / "rerank"
COUNTS = (0, 5, 10, 20, 30)
SIX = ("scifact", "cranfield", "anthropic_docs", "mtrag_un", "tatqa_dev", "dbpedia_small")
"""Sets that tell designs apart, by the README of the data."""

OTHERS = ("chunking_eval", "nq_oracle", "squad2_dev", "confusebench/hotpotqa", "single_topic_qa", "dtc_faq")


@dataclass
class Measured:
    """One set: for each number of candidates the nDCG@10 of every question, and milliseconds a question."""

    name: str
    scores: dict[int, list[float]] = field(default_factory=dict)
    cold_ms: dict[int, list[float]] = field(default_factory=dict)
    warm_ms: dict[int, list[float]] = field(default_factory=dict)


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
    table = markdown(results, settings)
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
) -> Measured:
    """Index one set and rerank every sampled question at every number of candidates."""
    data = sample(load_set(folder, name), questions)
    length = PassageLength(settings.ingest.passage_chars, settings.ingest.passage_max_chars)
    done = Measured(name)
    with tempfile.TemporaryDirectory() as place:
        index = build_index(data, Path(place) / "registry.sqlite", "split", length)
        try:
            passages = vectors.vectors(index.texts)
            asked = vectors.vectors(list(data.questions.values()))
            unit_of = dict(zip(index.passage_ids, index.units, strict=True))
            row_of = {passage_id: row for row, passage_id in enumerate(index.passage_ids)}
            store = TokenStore(encoder, Path(place) / "tokens.sqlite", 1_000_000)
            idf = index_idf(index.words.document_frequency)
            for (question, text), vector in zip(data.questions.items(), asked, strict=True):
                hits = index.words.search(text, settings.retrieval.candidates, make_scope())
                lexical = {hit.passage_id: hit.bm25 for hit in hits}
                near = nearest(passages, vector, settings.retrieval.candidates)
                dense = {index.passage_ids[row]: cosine for row, cosine in near}
                dense |= {one: float(passages[row_of[one]] @ vector) for one in lexical}
                fused = convex_fusion(dense, lexical, settings.retrieval.dense_weight)
                # The widest first: it makes the token vectors, which the others then find.
                for count in sorted(COUNTS, reverse=True):
                    ranked = dict(fused)
                    if count:
                        late = LateInteraction(
                            encoder=encoder,
                            store=store,
                            idf=idf,
                            candidates=count,
                            weight=settings.rerank.weight,
                        )
                        documents = [
                            _document(one, index.texts[row_of[one]], score) for one, score in fused.items()
                        ]
                        if count == max(COUNTS):
                            began = time.perf_counter()
                            late.compress_documents(documents, text)
                            done.cold_ms.setdefault(count, []).append((time.perf_counter() - began) * 1e3)
                        began = time.perf_counter()
                        found = late.compress_documents(documents, text)
                        done.warm_ms.setdefault(count, []).append((time.perf_counter() - began) * 1e3)
                        ranked = {str(one.id): float(-place) for place, one in enumerate(found)}
                    out = data.left_out.get(question, frozenset())
                    order = [unit for unit in ranking(best_of_units(ranked, unit_of)) if unit not in out]
                    done.scores.setdefault(count, []).append(ndcg(order, index.qrels[question]))
        finally:
            index.engine.dispose()
    return done


def _document(passage_id: str, text: str, score: float) -> Document:
    return Document(text, id=passage_id, metadata={"scores": {"fused": score}})


def markdown(results: Sequence[Measured], settings: Settings) -> str:
    """The curve, and each set."""
    lines = [
        "# Reranking: what is gained for how many milliseconds",
        "",
        f"{machine()}. Late interaction over the carried embedder's token vectors, weight "
        f"{settings.rerank.weight}, one thread; {sum(len(one.scores[0]) for one in results)} questions of "
        f"{len(results)} sets. nDCG@10 is the mean of the sets; the interval (95 %) of the difference to no "
        "reranking, by paired bootstrap over all questions. Warm: token vectors are on disk. Cold: the time "
        f"for {max(COUNTS)} passages whose vectors must be made first, most of which were new to this index.",
        "",
        "| candidates | nDCG@10 | gained | interval over questions | warm ms p50 | warm ms p95 |",
        "|--:|--:|--:|---|--:|--:|",
    ]
    base = float(np.mean([np.mean(one.scores[0]) for one in results]))
    before = [score for one in results for score in one.scores[0]]
    for count in COUNTS:
        mean = float(np.mean([np.mean(one.scores[count]) for one in results]))
        after = [score for one in results for score in one.scores[count]]
        low, high = paired_interval(after, before, seed=SEED)
        warm = [ms for one in results for ms in one.warm_ms.get(count, [])] or [0.0]
        lines.append(
            f"| {count} | {mean:.4f} | {mean - base:+.4f} | [{low:+.4f}, {high:+.4f}] "
            f"| {np.percentile(warm, 50):.1f} | {np.percentile(warm, 95):.1f} |"
        )
    cold = [ms for one in results for ms in one.cold_ms.get(max(COUNTS), [])] or [0.0]
    lines += [
        "",
        f"Cold, {max(COUNTS)} passages: p50 {np.percentile(cold, 50):.0f} ms, "
        f"p95 {np.percentile(cold, 95):.0f} ms.",
        "",
        "| set | questions | " + " | ".join(str(count) for count in COUNTS) + " |",
        "|---|--:|" + "--:|" * len(COUNTS),
    ]
    lines += [
        f"| {one.name} | {len(one.scores[0])} | "
        + " | ".join(f"{np.mean(one.scores[count]):.3f}" for count in COUNTS)
        + " |"
        for one in results
    ]
    return "\n".join(lines) + "\n"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.rerank", description=__doc__)
    parser.add_argument("--sets", nargs="+", default=[*SIX, *OTHERS])
    parser.add_argument("--questions", type=int, default=60, help="a seeded sample of so many a set at most")
    parser.add_argument("--cache", type=Path, help="file that keeps vectors (default: in PINCITE_HOME)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder the table is written to")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
