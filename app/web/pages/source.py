"""``/documents/{id}/source``: a document at the exact words that a citation names."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from app.api.auth.required import Asker
from app.api.routes.path_names import PathName
from app.web.site import Site, by_script
from app.web.source_view import source_view

AT_ONCE = 4
"""Sources made into pages at the same time: a hostile text takes a second."""


def add_source_pages(app: FastAPI, site: Site) -> None:
    """The routes."""
    service = site.service
    making = asyncio.Semaphore(AT_ONCE)

    @app.get("/documents/{id}/source", include_in_schema=False)
    async def source(
        request: Request,
        id: PathName,
        caller: Asker,
        version: Annotated[str, Query(max_length=64)] = "",
        start: Annotated[int | None, Query(ge=0)] = None,
        end: Annotated[int | None, Query(ge=0)] = None,
        since: Annotated[int | None, Query(ge=0, alias="from")] = None,
    ) -> Response:
        """The source's words in their place, as a page of its own or beside an answer."""
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        words = (start, end) if start is not None and end is not None else None
        beside = by_script(request)
        async with making:
            view = await asyncio.to_thread(
                source_view, corpus, who, id, version, words, since, depth=2 if beside else 1
            )
        if beside:
            return site.part(request, "source_part.html", view=view, beside=True)
        return site.page(request, "source.html", title=view.record.title, view=view, beside=False)
