"""LlamaIndex with all its defaults: VectorStoreIndex over SentenceSplitter's 1024 tokens, in memory."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from evals.benchmarks.peers.contract import DEPTH, Given
from evals.benchmarks.peers.harness import Built, main
from evals.script import run_main


def build(documents: Sequence[Given], embedder: MiniLMEmbeddings, folder: Path) -> Built:
    """The starter's index; a title is metadata, which LlamaIndex embeds with every chunk."""
    from llama_index.core import Document, VectorStoreIndex

    embedding = _embedding(embedder)
    began = time.perf_counter()
    index = VectorStoreIndex.from_documents(
        [
            Document(text=one.text, id_=one.id, metadata={"title": one.title} if one.title else {})
            for one in documents
        ],
        embed_model=embedding,
    )
    seconds = time.perf_counter() - began
    retriever = index.as_retriever(similarity_top_k=DEPTH)

    def search(question: str) -> list[str]:
        return [found.node.ref_doc_id for found in retriever.retrieve(question)]

    return Built(len(index.docstore.docs), seconds, {"LlamaIndex, VectorStoreIndex": search})


def _embedding(embedder: MiniLMEmbeddings) -> Any:
    from llama_index.core.embeddings import BaseEmbedding

    class MiniLM(BaseEmbedding):  # type: ignore[misc]
        def _get_text_embedding(self, text: str) -> list[float]:
            return embedder.embed_documents([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return embedder.embed_documents(texts)

        def _get_query_embedding(self, query: str) -> list[float]:
            return embedder.embed_query(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return embedder.embed_query(query)

    return MiniLM(model_name=embedder.fingerprint)


if __name__ == "__main__":
    run_main(lambda: main(build, ["llama-index-core"]))
