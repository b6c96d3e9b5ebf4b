"""Vector indexes for tests, without the settings they are usually made from."""

from __future__ import annotations

from pathlib import Path

from langchain_core.embeddings import Embeddings
from sqlalchemy import Engine

from app.retrieval.vectors.choose import make_store
from app.retrieval.vectors.vector_index import VectorIndex


def vector_index(
    folder: Path, embeddings: Embeddings, fingerprint: str, engine: Engine, store: str = "rows"
) -> VectorIndex:
    named = make_store(store, None, folder, fingerprint, lambda: "test")
    return VectorIndex(named, embeddings, fingerprint, engine)
