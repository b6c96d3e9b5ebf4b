"""Choose the embedder the settings ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from langchain_core.embeddings import Embeddings

from app.errors import PinciteError
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.settings import EmbeddingSettings
from graphs.calling.call import RETRYABLE_STATUS


class EmbeddingError(PinciteError, RuntimeError):
    """The embedding endpoint cannot be used; the message says what to check."""

    code = "embedding"
    status = 502


@dataclass(frozen=True, slots=True)
class NamedEmbeddings:
    """Embeddings and the fingerprint of the space their vectors live in."""

    embeddings: Embeddings
    fingerprint: str


def make_embedder(settings: EmbeddingSettings) -> NamedEmbeddings:
    """The carried MiniLM, or an OpenAI-compatible endpoint where ``provider`` is ``openai``.

    Raises:
        EmbeddingError: the endpoint has no key.
    """
    if settings.provider == "minilm":
        minilm = MiniLMEmbeddings(settings.threads)
        return NamedEmbeddings(minilm, minilm.fingerprint)
    options: dict[str, Any] = {
        "model": settings.model,
        "base_url": settings.base_url,
        "api_key": settings.api_key,
        "timeout": settings.timeout_s,
        "max_retries": 2,
        # Send plain text: counting tokens first needs a tokenizer from the network.
        "check_embedding_ctx_length": False,
    }
    remote = RemoteEmbeddings({name: value for name, value in options.items() if value is not None})
    return NamedEmbeddings(remote, f"openai-{settings.model}".lower())


class RemoteEmbeddings(Embeddings):
    """``OpenAIEmbeddings`` whose failures are one clear line."""

    def __init__(self, options: dict[str, Any]) -> None:
        from langchain_openai import OpenAIEmbeddings

        self._where = f"{options['model']} at {options.get('base_url', 'its endpoint')}"
        with self._clear_errors():
            self._remote = OpenAIEmbeddings(**options)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        with self._clear_errors():
            return self._remote.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        with self._clear_errors():
            return self._remote.embed_query(text)

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        import openai

        try:
            yield
        except openai.OpenAIError as error:
            status = getattr(error, "status_code", None)
            what = f"{type(error).__name__}, HTTP {status}" if status else type(error).__name__
            failure = EmbeddingError(
                f"embeddings of {self._where} failed ({what}); check PINCITE_EMBEDDING__BASE_URL, the name "
                "of the model and the key (PINCITE_EMBEDDING__API_KEY or OPENAI_API_KEY)"
            )
            failure.retryable = isinstance(error, openai.APIConnectionError) or status in RETRYABLE_STATUS
            raise failure from error
