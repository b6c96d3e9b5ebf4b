"""``/v1/search``: passages for words, without an answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query, Request

from app.api.auth.required import Asker
from app.api.contract.searching import SearchResult
from app.api.routes.facets import FilterLinesQuery
from app.api.searching import MOST_PASSAGES, search_passages
from app.api.service import Service


def add_search_routes(app: FastAPI, service: Service) -> None:
    """The route."""

    @app.get("/v1/search", tags=["documents"])
    async def search(
        request: Request,
        caller: Asker,
        query: Annotated[str, Query(min_length=1, max_length=2000, description="What is looked for.")],
        filters: FilterLinesQuery = [],  # noqa: B006 - FastAPI copies it
        limit: Annotated[int, Query(ge=1, le=50)] = 10,
        offset: Annotated[int, Query(ge=0, lt=MOST_PASSAGES)] = 0,
    ) -> SearchResult:
        """Passages of documents that you may read, the best first; no model writes, and nothing is kept.

        A search counts as a question against limits.
        """
        found = await search_passages(service, request, caller, query, filters, limit, offset)
        return SearchResult(passages=list(found.passages), more=found.more, notices=list(found.notices))
