"""``/v1/facets``: what filters can name."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

from fastapi import FastAPI, Query

from app.api.auth.required import Asker
from app.api.contract.facets import KeyFacet
from app.api.service import Service
from app.documents.facets import MOST_KEYS, MOST_VALUES, facets

FilterLinesQuery = Annotated[
    list[str],
    Query(
        alias="filter",
        max_length=50,
        description="Only documents with this metadata, e.g. `version>=2.4`; may be repeated.",
    ),
]


def add_facet_routes(app: FastAPI, service: Service) -> None:
    """The route."""

    @app.get("/v1/facets", tags=["documents"])
    async def listed(
        caller: Asker,
        filters: FilterLinesQuery = [],  # noqa: B006 - FastAPI copies it
        keys: Annotated[
            list[str],
            Query(alias="key", max_length=MOST_KEYS, description="Left out: those with few values."),
        ] = [],  # noqa: B006
        limit: Annotated[int, Query(ge=1, le=1000, description="Values of a key.")] = MOST_VALUES,
    ) -> list[KeyFacet]:
        """Keys of metadata with their values, and how many of the documents that you may read have each."""
        found = await asyncio.to_thread(
            facets,
            service.pincite(caller).registry,
            service.requester(caller),
            filters=filters,
            keys=keys,
            limit=limit,
        )
        return [KeyFacet.model_validate(asdict(one)) for one in found]
