"""``/documents``: what there is to ask about, found by words and narrowed by metadata."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from app.api.auth.required import Asker
from app.web.document_list import SORTS, ListAsked, page_of_list, shown_list
from app.web.site import Site, by_script

LIST = "/documents"


def add_documents_pages(app: FastAPI, site: Site) -> None:
    """The route."""
    service = site.service

    @app.get(LIST, include_in_schema=False)
    async def documents_page(
        request: Request,
        caller: Asker,
        words: Annotated[str, Query(max_length=1000)] = "",
        sort: Annotated[str, Query(max_length=20)] = "title",
        filters: Annotated[list[str], Query(max_length=50)] = [],  # noqa: B006 - FastAPI copies it
        cursor: Annotated[str, Query(max_length=8000)] = "",
        done: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        """The list; its next rows alone, where a script asks with a cursor."""
        registry, who = service.pincite(caller).registry, service.requester(caller)
        lines = tuple(dict.fromkeys(line.strip() for line in filters if line.strip()))
        asked = ListAsked(words.strip(), sort, lines)
        if cursor and by_script(request):
            page = await asyncio.to_thread(page_of_list, registry, who, asked, cursor)
            return site.part(request, "document_rows.html", asked=asked, page=page, further=True)
        shown = await asyncio.to_thread(shown_list, registry, who, asked)
        page = shown.page
        if cursor:
            page = await asyncio.to_thread(page_of_list, registry, who, asked, cursor)
        return site.page(
            request,
            "documents.html",
            title="Documents",
            asked=asked,
            page=page,
            further=bool(cursor),
            shown=shown,
            sorts=SORTS,
            done=done,
        )
