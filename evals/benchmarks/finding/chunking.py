"""Which splitter finds the answer in fewer tokens? Pincite's against LangChain's recursive one.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.finding.chunking [--cache FILE]

Over the public set ``chunking_eval``, whose questions name the exact characters that answer them. Embedder,
full-text index and fusion are the product's for every splitter. Passages are taken in rank order and the last
is cut where the budget ends, so that all splitters spend the same number of tokens. "In windows" is the
product's evidence by windows: of the first passages what is nearest to the question.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from langchain_core.documents import Document

from app.errors import SettingsError
from app.ingestion.split import split
from app.registry.document import LoadedDocument, PassageSpan
from app.registry.schema import EVERYONE
from app.retrieval.embedding.embedder import make_embedder
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.lexical_index import LexicalIndex
from app.retrieval.ranking.balance import dense_weight
from app.retrieval.ranking.evidence_windows import by_nearness
from app.retrieval.ranking.fusion import convex_fusion
from app.retrieval.ranking.scores import embedded
from app.retrieval.ranking.window_rerank import WindowRerank
from app.retrieval.scope import make_scope, scope_terms
from app.settings import Settings
from evals.benchmarks.finding import chunking_report
from evals.benchmarks.finding.chunking_report import SplitterResult
from evals.benchmarks.finding.retrieval import sample
from evals.benchmarks.index import load_item, nearest
from evals.benchmarks.public_data import RetrievalSet, load_set, open_data
from evals.benchmarks.vector_cache import CachedEmbeddings, VectorCache, open_vector_cache, stored_windows
from evals.metrics.retrieval import ranking
from evals.metrics.token_spans import TokenText, hits_by_budget
from evals.script import run_main

SET = "chunking_eval"
RESULTS = Path(__file__).parents[2] / "results" / "chunking"
MOST_TOKENS = 4000
RECURSIVE = ((700, 0), (1000, 200), (800, 400), (400, 0))
"""Characters and overlap of the recursive splitter: the first as long as our passages aim to be."""

Cut = Callable[[LoadedDocument], Sequence[PassageSpan]]


@dataclass(frozen=True, slots=True)
class Splitter:
    """A way to cut documents. Its passages are embedded with their headings where it gives any."""

    name: str
    cut: Cut
    in_windows: bool = False
    """Whether of its passages only the windows are taken, as the product does it in evidence by windows."""
    alone: bool = False
    """Whether every window is embedded by itself, which the product does for a few only."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write the page; 2 when nothing ran."""
    chosen = _arguments(argv)
    try:
        settings, folder = open_data(f"{SET}/corpora")
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    data = sample(load_set(folder, SET), chosen.questions)
    cache = chosen.cache or settings.home / "bench" / "vectors.sqlite"
    with open_vector_cache(cache, make_embedder(settings.embedding)) as vectors:
        results = [measure(data, one, settings, vectors) for one in splitters(settings)]
    page = chunking_report.markdown(results, len(data.items))
    print(page)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "chunking.md").write_text(page, encoding="utf-8")
    return 0


def splitters(settings: Settings) -> list[Splitter]:
    """Ours first, then what it is compared with."""
    target, limit = settings.ingest.passage_chars, settings.ingest.passage_max_chars
    ours = partial(split, target_chars=target, max_chars=limit)
    return [
        Splitter(f"Pincite {target}/{limit}, in windows", ours, in_windows=True),
        Splitter(f"Pincite {target}/{limit}, windows alone", ours, in_windows=True, alone=True),
        Splitter(f"Pincite {target}/{limit}", ours),
        *(Splitter(f"recursive {size}/{overlap}", recursive(size, overlap)) for size, overlap in RECURSIVE),
    ]


def recursive(size: int, overlap: int) -> Cut:
    """LangChain's ``RecursiveCharacterTextSplitter`` with its default separators."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=size, chunk_overlap=overlap, add_start_index=True)

    def cut(document: LoadedDocument) -> list[PassageSpan]:
        found = splitter.create_documents([document.text])
        starts = [(int(one.metadata["start_index"]), len(one.page_content)) for one in found]
        return [PassageSpan(start, start + length) for start, length in starts]

    return cut


def measure(
    data: RetrievalSet, splitter: Splitter, settings: Settings, vectors: VectorCache
) -> SplitterResult:
    """Cut, index and ask every question, and follow each ranking token by token.

    Raises:
        ValueError: loading changes a document, so that the gold spans no longer fit.
    """
    tokens: dict[str, TokenText] = {}
    places: list[tuple[str, PassageSpan]] = []
    passages: list[Document] = []
    for item in data.items:
        loaded = load_item(item)
        if loaded is None or loaded.text != item.text:
            raise ValueError(f"{data.name}: loading changes {item.id}, so its gold spans no longer fit")
        tokens[item.id] = TokenText(loaded.text)
        for span in splitter.cut(loaded):
            places.append((item.id, span))
            known = {"headings": list(span.headings), "start": span.start, "end": span.end}
            passages.append(Document(loaded.text[span.start : span.end], metadata=known))
    texts = [embedded(passage) for passage in passages]
    ids = [f"{number:06}" for number in range(len(places))]
    taken = [(item, tokens[item].within(span.start, span.end)) for item, span in places]
    wanted = {
        question: {
            (gold.item, token) for gold in golds for token in tokens[gold.item].within(gold.start, gold.end)
        }
        for question, golds in data.spans.items()
        if question in data.questions
    }
    hits: dict[str, list[np.ndarray]] = {"hybrid": [], "dense": []}
    retrieval = settings.retrieval
    rows = vectors.vectors(texts)
    asked = vectors.vectors(list(data.questions.values()))
    parts = EmbeddingCache(CachedEmbeddings(vectors), size=500_000)
    with tempfile.TemporaryDirectory() as folder:
        stored = None if splitter.alone else stored_windows(vectors.embeddings, Path(folder))
        reranker = WindowRerank(vectors=parts, stored=stored)
        words = LexicalIndex(Path(folder) / "words")
        words.add(ids, texts, [scope_terms([EVERYONE], {})] * len(ids))
        words.end_writing()
        for (question, text), vector in zip(data.questions.items(), asked, strict=True):
            lexical = {
                hit.passage_id: hit.bm25 for hit in words.search(text, retrieval.candidates, make_scope())
            }
            cosines = rows @ vector
            dense = {ids[row]: cosine for row, cosine in nearest(rows, vector, retrieval.candidates)}
            every = dense | {one: float(cosines[int(one)]) for one in lexical}
            weight = dense_weight(max(every.values()), float(cosines.mean()))
            fused = convex_fusion(every, lexical, weight)
            if splitter.in_windows:
                found = []
                for one in list(fused)[: retrieval.top_k]:
                    scores = {"fused": fused[one], "dense": every[one], "lexical": lexical.get(one)}
                    known = {**passages[int(one)].metadata, "scores": {**scores, "dense_weight": weight}}
                    found.append(Document(passages[int(one)].page_content, id=one, metadata=known))
                looked_at = reranker.compress_documents(found, text)
                ranked: list[tuple[str, range]] = []
                for place, (start, end, _) in by_nearness(looked_at):
                    name, span = places[int(looked_at[place].id or 0)]
                    ranked.append((name, tokens[name].within(span.start + start, span.start + end)))
                hits["hybrid"].append(hits_by_budget(ranked, wanted[question], MOST_TOKENS))
                continue
            for view, leg in {"hybrid": fused, "dense": dense}.items():
                ranked = [taken[int(one)] for one in ranking(leg)]
                hits[view].append(hits_by_budget(ranked, wanted[question], MOST_TOKENS))
    return SplitterResult(
        splitter.name,
        len(places),
        float(np.mean([len(one) for _, one in taken])),
        {view: np.stack(counts) for view, counts in hits.items() if counts},
        np.array([len(wanted[question]) for question in data.questions]),
    )


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.finding.chunking", description=__doc__)
    parser.add_argument("--questions", type=int, default=0, help="a seeded sample of so many; 0 is all")
    parser.add_argument("--cache", type=Path, help="file that keeps vectors (default: in PINCITE_HOME)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder the page is written to")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run_main(main)
