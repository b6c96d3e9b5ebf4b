"""Choose what orders the evidence."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from langchain_core.documents import BaseDocumentCompressor
from langchain_core.embeddings import Embeddings
from pydantic import SecretStr

from app.errors import SettingsError
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.ranking.window_rerank import LOOKED_AT, WindowRerank
from app.retrieval.ranking.window_vectors import WindowVectors
from app.retrieval.word_weights import WordWeights
from app.settings import RerankSettings

OTHERS_LOOK_AT = 20
"""Passages that a reranker orders which looks at them whole."""


def make_order(
    settings: RerankSettings,
    embeddings: Embeddings,
    parts: EmbeddingCache,
    folder: Path,
    weigh: WordWeights,
    windows: WindowVectors | None = None,
) -> BaseDocumentCompressor | None:
    """The reranker the settings ask for; None keeps the fused order.

    The vectors of windows are those of ``windows``; where there are none, ``parts`` embeds them. ``auto`` is
    windows with the carried embedder, and none with another one: its calls may cost money. Late interaction
    uses the carried embedder, and knows its language; where another one makes the vectors, it is left out.
    Its token vectors are kept in ``folder``.

    Raises:
        SettingsError: the endpoint has no address, or what is to be imported is not there or no reranker.
    """
    method = settings.method
    if method == "auto":
        method = "windows" if isinstance(embeddings, MiniLMEmbeddings) else "none"
    match method:
        case "windows":
            candidates = settings.candidates or LOOKED_AT
            return WindowRerank(vectors=parts, stored=windows, candidates=candidates)
        case "late_interaction":
            from app.retrieval.embedding.token_store import TokenStore
            from app.retrieval.ranking.late_interaction import LateInteraction

            if not isinstance(embeddings, MiniLMEmbeddings):
                return None
            return LateInteraction(
                encoder=embeddings,
                store=TokenStore(embeddings, folder / "tokens.sqlite", settings.stored_passages),
                weigh=weigh,
                candidates=settings.candidates or OTHERS_LOOK_AT,
                weight=settings.weight,
            )
        case "endpoint":
            from app.retrieval.ranking.rerank_endpoint import RerankEndpoint

            if not settings.base_url:
                raise SettingsError("PINCITE_RERANK__METHOD is endpoint: set PINCITE_RERANK__BASE_URL too")
            return RerankEndpoint(
                base_url=settings.base_url,
                model=settings.model,
                api_key=settings.api_key or SecretStr(""),
                timeout_s=settings.timeout_s,
                candidates=settings.candidates or OTHERS_LOOK_AT,
                weight=settings.weight,
            )
        case "import":
            return _imported(settings.factory or "")
        case _:
            return None


def _imported(name: str) -> BaseDocumentCompressor:
    where = f"PINCITE_RERANK__FACTORY={name!r}"
    module, _, function = name.partition(":")
    if not module or not function:
        raise SettingsError(f"{where}: write it as package.module:function")
    try:
        made = getattr(import_module(module), function)()
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"{where} cannot be imported ({error})") from None
    if not isinstance(made, BaseDocumentCompressor):
        raise SettingsError(f"{where} gives a {type(made).__name__}, not a BaseDocumentCompressor")
    return made
