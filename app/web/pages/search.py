"""``/search``: passages for words, with what narrows them; no model is asked."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from app.api.auth.required import Asker
from app.api.searching import MOST_PASSAGES, FoundPassages, search_passages
from app.documents.facets import facets
from app.web.document_list import ChipRow, FacetChip
from app.web.document_words import kind_words
from app.web.search_words import SearchAsked, found_pieces
from app.web.site import Site
from tools.filters import FilterCondition, print_filter

ON_A_PAGE = 10
SHOWN_FACETS = 6
SHOWN_VALUES = 8


def add_search_pages(app: FastAPI, site: Site) -> None:
    """The route."""
    service = site.service

    @app.get("/search", include_in_schema=False)
    async def search_page(
        request: Request,
        caller: Asker,
        q: Annotated[str, Query(max_length=2000)] = "",
        filters: Annotated[list[str], Query(max_length=50)] = [],  # noqa: B006 - FastAPI copies it
        page: Annotated[int, Query(ge=1, le=MOST_PASSAGES // ON_A_PAGE)] = 1,
    ) -> Response:
        """The passages, and links to each at its exact place."""
        lines = tuple(dict.fromkeys(line.strip() for line in filters if line.strip()))
        asked = SearchAsked(q.strip(), lines, page)
        found = FoundPassages([], False, [])
        if asked.words:
            found = await search_passages(
                service, request, caller, asked.words, lines, ON_A_PAGE, (page - 1) * ON_A_PAGE
            )
        registry, who = service.pincite(caller).registry, service.requester(caller)
        offered = await asyncio.to_thread(facets, registry, who, filters=lines, limit=SHOWN_VALUES)
        rows = []
        for facet in offered:
            key = "kind" if facet.key == "media_type" else facet.key
            chips = []
            for one in facet.values:
                line = print_filter(FilterCondition(facet.key, "in", (one.value,)))
                if line not in lines:
                    label = kind_words(one.value) if key == "kind" else one.value
                    chips.append(FacetChip(label, one.documents, asked.also(line).address))
            rows += [ChipRow(key, chips, facet.more)] if chips and facet.key != "title" else []
        return site.page(
            request,
            "search.html",
            title=asked.words[:80] or "Search",
            asked=asked,
            found=found,
            first=(page - 1) * ON_A_PAGE + 1,
            narrowed=[(line, asked.without(line).address) for line in lines],
            rows=rows[:SHOWN_FACETS],
            found_pieces=found_pieces,
        )
