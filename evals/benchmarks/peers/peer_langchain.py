"""LangChain as its tutorial has it: RecursiveCharacterTextSplitter 1000/200, Chroma, its retriever."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from evals.benchmarks.peers.contract import DEPTH, Given
from evals.benchmarks.peers.harness import Built, main
from evals.script import run_main

_AT_ONCE = 2000  # Chroma refuses more than some five thousand


def build(documents: Sequence[Given], embedder: MiniLMEmbeddings, folder: Path) -> Built:
    """The tutorial's index over the documents."""
    from chromadb.config import Settings
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    store = Chroma(
        collection_name="example_collection",
        embedding_function=embedder,
        persist_directory=str(folder),
        client_settings=Settings(
            anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder)
        ),
    )
    began = time.perf_counter()
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    chunks = splitter.split_documents(
        [Document(one.with_title, metadata={"doc": one.id}) for one in documents]
    )
    for first in range(0, len(chunks), _AT_ONCE):
        store.add_documents(chunks[first : first + _AT_ONCE])
    seconds = time.perf_counter() - began
    retriever = store.as_retriever(search_kwargs={"k": DEPTH})

    def search(question: str) -> list[str]:
        return [found.metadata["doc"] for found in retriever.invoke(question)]

    return Built(len(chunks), seconds, {"LangChain, Chroma retriever": search})


if __name__ == "__main__":
    run_main(
        lambda: main(build, ["langchain-core", "langchain-chroma", "langchain-text-splitters", "chromadb"])
    )
