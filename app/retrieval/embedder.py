"""Choose the embedder the settings ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langchain_core.embeddings import Embeddings

from app.retrieval.minilm_embeddings import MiniLMEmbeddings
from app.settings import EmbeddingSettings


@dataclass(frozen=True, slots=True)
class NamedEmbeddings:
    """Embeddings and the fingerprint of the space their vectors live in."""

    embeddings: Embeddings
    fingerprint: str


def make_embedder(settings: EmbeddingSettings) -> NamedEmbeddings:
    """The carried MiniLM, or an OpenAI-compatible endpoint where ``provider`` is ``openai``."""
    if settings.provider == "minilm":
        minilm = MiniLMEmbeddings(settings.threads)
        return NamedEmbeddings(minilm, minilm.fingerprint)
    from langchain_openai import OpenAIEmbeddings

    options: dict[str, Any] = {
        "model": settings.model,
        "base_url": settings.base_url,
        "api_key": settings.api_key,
        "timeout": settings.timeout_s,
        "max_retries": 2,
        # Send plain text: counting tokens first needs a tokenizer from the network.
        "check_embedding_ctx_length": False,
    }
    remote = OpenAIEmbeddings(**{name: value for name, value in options.items() if value is not None})
    return NamedEmbeddings(remote, f"openai-{settings.model}".lower())
