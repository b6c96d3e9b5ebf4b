"""``/v1/documents/{id}``: where words stand on pages, and what pages look like."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Annotated

from fastapi import FastAPI, Path, Query
from fastapi.responses import Response

from app.api.auth.required import Asker
from app.api.contract.documents import PlacedRectangle
from app.api.routes.documents import NONE
from app.api.service import Service
from app.documents.pages import LEAST_SCALE, MOST_SCALE, page_image, page_rectangles, rectangles_of_page
from app.registry.page_layout import Rectangle

AT_ONCE = 2
"""Pages drawn at the same time: each takes a process and the memory of reading one file."""

PNG = "image/png"
PageNumber = Annotated[int, Path(ge=1, le=1_000_000, description="Counted from 1.")]


def add_page_routes(app: FastAPI, service: Service) -> None:
    """The routes, for PDFs; other formats have no places."""
    drawing = asyncio.Semaphore(AT_ONCE)

    @app.get("/v1/documents/{id}/rectangles", tags=["documents"], responses=NONE)
    async def rectangles(
        id: str,
        caller: Asker,
        start: Annotated[int, Query(ge=0)],
        end: Annotated[int, Query(ge=0)],
        version: Annotated[str, Query(max_length=64)] = "",
    ) -> list[PlacedRectangle]:
        """Where the words from ``start`` to ``end`` of the canonical text stand, a rectangle a line."""
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        return _placed(await asyncio.to_thread(page_rectangles, corpus, who, id, start, end, version))

    @app.get("/v1/documents/{id}/pages/{page}", tags=["documents"], responses=NONE)
    async def lines(id: str, page: PageNumber, caller: Asker) -> list[PlacedRectangle]:
        """Where the lines of one page of the current version stand."""
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        return _placed(await asyncio.to_thread(rectangles_of_page, corpus, who, id, page))

    @app.get(
        "/v1/documents/{id}/pages/{page}/image",
        tags=["documents"],
        response_class=Response,
        responses={200: {"content": {PNG: {}}}, **NONE},
    )
    async def image(
        id: str,
        page: PageNumber,
        caller: Asker,
        scale: Annotated[
            float, Query(ge=LEAST_SCALE, le=MOST_SCALE, description="Pixels a point; 1 is 72 to the inch.")
        ] = 1.5,
    ) -> Response:
        """A page of an uploaded PDF as a PNG; of files of folders and of the web no bytes are kept."""
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        async with drawing:
            drawn = await asyncio.to_thread(page_image, corpus, who, id, page, scale)
        return Response(drawn, media_type=PNG)


def _placed(found: Iterable[Rectangle]) -> list[PlacedRectangle]:
    return [PlacedRectangle(page=p, x0=x0, y0=y0, x1=x1, y1=y1) for p, x0, y0, x1, y1 in found]
