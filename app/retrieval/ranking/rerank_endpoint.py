"""A reranker behind HTTP: Cohere, Jina and the servers that speak as they do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document
from pydantic import SecretStr

from app.errors import PinciteError
from app.retrieval.ranking.scores import blend, embedded


class RerankError(PinciteError, RuntimeError):
    """The endpoint did not rank; the message says what to check."""

    code = "rerank"
    retryable = True
    status = 502


class RerankEndpoint(BaseDocumentCompressor):
    """Sends the first ``candidates`` documents to ``POST {base_url}/rerank`` and puts them in its order.

    The request is ``{model, query, documents, top_n}``; the answer ``{results: [{index, relevance_score}]}``.
    A score becomes ``(1 - weight) * fused + weight * score``, the endpoint's scores brought to 0 to 1; with
    ``weight`` 1 the endpoint alone decides. The rest of the documents follow in the order they came in.

    Raises:
        RerankError: no answer in time, an HTTP error, or an answer in another form.
    """

    base_url: str
    model: str | None = None
    api_key: SecretStr = SecretStr("")
    timeout_s: float
    candidates: int
    weight: float

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> list[Document]:
        first = documents[: self.candidates]
        if not first:
            return list(documents)
        scores = self._scores(query, [embedded(document) for document in first])
        # Some models score from 0 to 1, others without bounds.
        low, top = min(0.0, *scores), max(scores)
        return blend(documents, [(score - low) / ((top - low) or 1.0) for score in scores], self.weight)

    def _scores(self, query: str, texts: list[str]) -> list[float]:
        import httpx

        url = f"{self.base_url.rstrip('/')}/rerank"
        request: dict[str, Any] = {"query": query, "documents": texts, "top_n": len(texts)}
        if self.model:
            request["model"] = self.model
        key = self.api_key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            reply = httpx.post(url, json=request, headers=headers, timeout=self.timeout_s)
            reply.raise_for_status()
            results = reply.json()["results"]
            found = {int(item["index"]): float(item["relevance_score"]) for item in results}
            scores = [found[place] for place in range(len(texts))]
            if all(map(math.isfinite, scores)):
                return scores
            what = "a score that is not a number"
        except httpx.HTTPStatusError as error:
            what = f"HTTP {error.response.status_code}"
        except httpx.HTTPError as error:
            what = type(error).__name__
        except (KeyError, TypeError, ValueError):
            what = "an answer without a score for every document"
        raise RerankError(
            f"reranking at {url} failed ({what}); check PINCITE_RERANK__BASE_URL, __MODEL and __API_KEY"
        )
