"""The retriever: dense and lexical legs in one scope, fused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from app.errors import PinciteError
from app.registry.registry import Registry
from app.registry.schema import passages
from app.retrieval.lexical_index import WordIndexError
from app.retrieval.ranking.balance import dense_weight
from app.retrieval.ranking.fusion import USUAL_WEIGHT, convex_fusion
from app.retrieval.scope import Scope, make_scope, resolved
from app.retrieval.stored_passages import stored_passages
from app.retrieval.vectors.vector_index import VectorIndex, VectorsElsewhereError
from app.retrieval.word_index import WordIndex
from graphs.calling.redacted_error import redacted
from tools.filters import Filters
from tools.scoped_search import RequestError

logger = logging.getLogger(__name__)


class IndexDamagedError(PinciteError, RequestError):
    """What is left of a damaged index finds nothing; the message says what to do."""

    code = "index-damaged"
    status = 503


class HybridRetriever(BaseRetriever):
    """Passages by meaning and by words, filtered by who is asking.

    ``invoke(question, groups=[…], filters={…}, k=…)`` returns LangChain documents whose metadata holds
    ``doc_id, version, start, end, page, headings, uri, title, source, metadata`` and ``scores`` (``fused``
    0 to 1, ``dense`` cosine, ``lexical`` BM25, the ``dense_weight`` these were fused by). ``page_content`` is
    the passage, character for character.
    Where the dense leg fails, the lexical one answers alone and every document says so in ``degraded``.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    registry: Registry
    vectors: VectorIndex
    lexical: WordIndex
    fingerprint: str
    candidates: int
    top_k: int
    dense_weight: float | None = None
    """Weight of the dense leg; None: by how far its cosines lie apart (``app.retrieval.ranking.balance``)."""
    missing: Callable[[], str] = lambda: ""
    """What of the index is missing or damaged, in one line; empty where nothing is."""
    link_hosts: frozenset[str] = frozenset()
    """Hosts that titles and headings may link to. They are a document's own words, and are shown as names."""

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun | None = None,
        groups: Sequence[str] = (),
        filters: Filters | None = None,
        k: int | None = None,
    ) -> list[Document]:
        scope = resolved(self.registry.engine, make_scope(groups, filters))
        wanted = k or self.top_k
        depth = max(self.candidates, wanted)
        lexical, damaged = self._words(query, depth, scope)
        dense, mean, degraded = self._dense(query, depth, scope, list(lexical))
        if damaged and degraded:
            raise IndexDamagedError(f"neither words nor vectors can be searched: {damaged}")
        damaged = damaged or self.missing()
        degraded = "; ".join(filter(None, [degraded, damaged]))
        weight = self._weight(dense, mean)
        fused = convex_fusion(dense, lexical, weight)
        found = self._passages(list(fused)[: wanted * 2], scope)
        results: list[Document] = []
        for passage_id, score in fused.items():
            if passage_id not in found:
                continue
            scores = {
                "fused": score,
                "dense": dense.get(passage_id),
                "lexical": lexical.get(passage_id),
                "dense_weight": weight,
            }
            metadata = {**found[passage_id], "scores": scores}
            if degraded:
                metadata["degraded"] = degraded
            results.append(Document(metadata.pop("text"), id=passage_id, metadata=metadata))
            if len(results) == wanted:
                break
        if damaged and not results:
            # Nobody is told that the documents do not say it, where they were not all searched.
            raise IndexDamagedError(damaged)
        return results

    def _words(self, query: str, depth: int, scope: Scope) -> tuple[dict[str, float], str]:
        try:
            return {hit.passage_id: hit.bm25 for hit in self.lexical.search(query, depth, scope)}, ""
        except WordIndexError as error:
            logger.warning("%s; vectors alone are searched", error)
            return {}, "found by meaning only: the index of words is damaged; run: pincite rebuild"

    def _dense(
        self, query: str, depth: int, scope: Scope, also: Sequence[str]
    ) -> tuple[dict[str, float], float | None, str]:
        built_with = self.registry.state("fingerprint")
        if built_with is None:
            return {}, None, ""
        if built_with != self.fingerprint:
            return (
                {},
                None,
                f"found by words only: the index was built with {built_with}, not {self.fingerprint}",
            )
        try:
            hits, mean = self.vectors.search(query, depth, scope, also)
        except VectorsElsewhereError as error:
            return {}, None, f"found by words only: {error}"
        except Exception as error:  # any embedder or vector store may be configured; words still find
            logger.warning(
                "embedding or vector search failed; words alone are searched", exc_info=redacted(error)
            )
            return (
                {},
                None,
                f"found by words only: embedding or vector search failed ({type(error).__name__})",
            )
        return {hit.passage_id: hit.cosine for hit in hits}, mean, ""

    def _weight(self, dense: Mapping[str, float], mean: float | None) -> float:
        if self.dense_weight is not None:
            return self.dense_weight
        if mean is None or not dense:
            return USUAL_WEIGHT
        return dense_weight(max(dense.values()), mean)

    def _passages(self, passage_ids: Sequence[str], scope: Scope) -> dict[str, dict[str, Any]]:
        # The scope is applied here once more: a vector the registry does not know, or whose document the
        # reader may not see, is dropped whatever the vector index said.
        wanted = passages.c.passage_id.in_(passage_ids)
        return stored_passages(self.registry.engine, scope, self.link_hosts, wanted)
