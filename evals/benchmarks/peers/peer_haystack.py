"""Haystack's hybrid: DocumentSplitter's 200 words, BM25 and embeddings in memory, reciprocal rank fusion."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from evals.benchmarks.peers.contract import DEPTH, Given
from evals.benchmarks.peers.harness import Built, main
from evals.script import run_main


def build(documents: Sequence[Given], embedder: MiniLMEmbeddings, folder: Path) -> Built:
    """The components are called one after the other, as a Haystack pipeline would."""
    from haystack import Document
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    began = time.perf_counter()
    whole = [Document(content=one.with_title, meta={"doc": one.id}) for one in documents]
    chunks = DocumentSplitter().run(documents=whole)["documents"]
    vectors = embedder.embed_documents([chunk.content for chunk in chunks])
    store = InMemoryDocumentStore(shared=False)
    store.write_documents(
        [replace(chunk, embedding=vector) for chunk, vector in zip(chunks, vectors, strict=True)]
    )
    seconds = time.perf_counter() - began
    by_words = InMemoryBM25Retriever(store, top_k=DEPTH)
    by_meaning = InMemoryEmbeddingRetriever(store, top_k=DEPTH)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def search(question: str) -> list[str]:
        words = by_words.run(query=question)["documents"]
        meaning = by_meaning.run(query_embedding=embedder.embed_query(question))["documents"]
        return [found.meta["doc"] for found in joiner.run(documents=[words, meaning])["documents"]]

    return Built(len(chunks), seconds, {"Haystack, BM25 + embeddings": search})


if __name__ == "__main__":
    run_main(lambda: main(build, ["haystack-ai"]))
