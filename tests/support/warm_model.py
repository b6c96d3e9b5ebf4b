"""Importing this makes the embedding model load once a process; forked processes inherit it."""

from __future__ import annotations

from functools import cache

import pytest

from app.retrieval.embedding import minilm_embeddings

load_model = minilm_embeddings._load

minilm_embeddings._load = cache(load_model)


def load_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of the loading itself."""
    monkeypatch.setattr(minilm_embeddings, "_load", load_model)


def load_now() -> None:
    minilm_embeddings.MiniLMEmbeddings().embed_query("ready")
