"""Pincite as it is opened by default, and its parts: words alone, vectors alone, both, both reranked."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from app.compose import Pincite, open_pincite
from app.ingestion.split import split
from app.ingestion.writer import passage_texts
from app.registry.new_document import NewDocument
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.embedding.stored_vectors import StoredVectors
from app.retrieval.ranking.reranker import make_order
from app.retrieval.scope import make_scope
from app.retrieval.word_weights import index_weights
from app.settings import EmbeddingSettings, RerankSettings, Settings
from evals.benchmarks.index import load_item
from evals.benchmarks.peers.contract import DEPTH, Given
from evals.benchmarks.peers.harness import Built, KeptMiniLM, Search, main
from evals.benchmarks.public_data import DataItem
from evals.script import run_main

LEXICAL, DENSE, HYBRID, DEFAULT, LATE = (
    "Pincite, words only",
    "Pincite, dense only",
    "Pincite, hybrid",
    "Pincite, default (hybrid + windows)",
    "Pincite, hybrid + late interaction",
)


def build(documents: Sequence[Given], embedder: MiniLMEmbeddings, folder: Path) -> Built:
    """Write the documents one by one into a new data folder, as `pincite add` does.

    Vectors that ``embedder`` keeps are put where the product keeps its own.
    """
    settings = Settings(home=folder, embedding=EmbeddingSettings(threads=1))
    with ExitStack() as held:
        pincite = held.enter_context(open_pincite(settings))
        opened = time.perf_counter()
        new = [one for one in (_new(each, embedder.fingerprint, settings) for each in documents) if one]
        if isinstance(embedder, KeptMiniLM) and embedder.keeps:
            stored = StoredVectors(
                embedder, embedder.fingerprint, folder / settings.tenant / "embeddings.sqlite"
            )
            stored.embed_documents([text for one in new for text in passage_texts(one)])
        with pincite.corpus.writing() as (_, writer):
            for one in new:
                writer.put(one)
        seconds = time.perf_counter() - opened
        # Left open for the questions; the process ends after them.
        held.pop_all()
    return Built(sum(len(one.spans) for one in new), seconds, _systems(pincite, new))


def _new(given: Given, fingerprint: str, settings: Settings) -> NewDocument | None:
    loaded = load_item(DataItem(given.id, given.title, given.text))
    if loaded is None:  # an empty document, for instance
        return None
    lengths = settings.ingest
    spans = split(loaded, target_chars=lengths.passage_chars, max_chars=lengths.passage_max_chars)
    digest = hashlib.sha256(loaded.text.encode()).hexdigest()
    return NewDocument("bench", f"bench://{given.id}", digest, f"bench/{fingerprint}", loaded, spans)


def _systems(pincite: Pincite, new: Sequence[NewDocument]) -> dict[str, Search]:
    corpus, scope = pincite.corpus, make_scope()
    given_of = {passage: one.uri.removeprefix("bench://") for one in new for passage in one.passage_ids}
    settings = corpus.settings
    folder = settings.home / settings.tenant
    weigh = index_weights(corpus.words.document_frequencies)
    parts = EmbeddingCache(StoredVectors(corpus.embeddings, corpus.fingerprint, folder / "parts.sqlite"))

    def reranked(method: Literal["auto", "late_interaction"]) -> Search:
        order = make_order(
            RerankSettings(method=method), corpus.embeddings, parts, folder, weigh, corpus.windows
        )
        if order is None:
            raise RuntimeError(f"{method} needs the carried embedder")

        def search(question: str) -> list[str]:
            found = pincite.retriever.invoke(question, k=DEPTH)
            return [given_of[str(one.id)] for one in order.compress_documents(found, question)]

        return search

    def lexical(question: str) -> list[str]:
        return [given_of[hit.passage_id] for hit in corpus.words.search(question, DEPTH, scope)]

    def dense(question: str) -> list[str]:
        return [given_of[hit.passage_id] for hit in corpus.vectors.search(question, DEPTH, scope).hits]

    def hybrid(question: str) -> list[str]:
        return [given_of[str(one.id)] for one in pincite.retriever.invoke(question, k=DEPTH)]

    return {
        LEXICAL: lexical,
        DENSE: dense,
        HYBRID: hybrid,
        DEFAULT: reranked("auto"),
        LATE: reranked("late_interaction"),
    }


if __name__ == "__main__":
    run_main(lambda: main(build, []))
