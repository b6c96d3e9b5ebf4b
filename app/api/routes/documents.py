"""``/v1/documents``: listed and read, as far as the caller may."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query

from app.api.auth.required import Asker
from app.api.contract.documents import (
    CanonicalText,
    CitingAnswerItem,
    DocumentDetail,
    DocumentItem,
    DocumentList,
    VersionItem,
)
from app.api.contract.problem import ProblemDocument
from app.api.routes.facets import FilterLinesQuery
from app.api.service import Service
from app.documents.citing_answers import MOST_ANSWERS, CitingAnswer, citing_answers
from app.documents.details import DocumentDetails, document_text, show_document
from app.documents.listing import MOST_LISTED, list_documents
from app.registry.registry import DocumentRecord

NONE: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "There is no such document that you may read."}
}


def add_document_routes(app: FastAPI, service: Service) -> None:
    """The routes. A document that the caller may not read is as if it were not there."""

    @app.get("/v1/documents", tags=["documents"])
    async def documents(
        caller: Asker,
        filters: FilterLinesQuery = [],  # noqa: B006 - FastAPI copies it
        words: Annotated[str, Query(max_length=1000, description="In title or URI, all of them.")] = "",
        sort: Literal["title", "updated", "uri", "source"] = "title",
        descending: bool = False,
        cursor: Annotated[str, Query(max_length=8000, description="`next` of the page before.")] = "",
        limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50,
    ) -> DocumentList:
        """The documents that you may read, a page at a time."""
        found = await asyncio.to_thread(
            list_documents,
            service.pincite(caller).registry,
            service.requester(caller),
            filters=filters,
            words=words,
            sort=sort,
            descending=descending,
            cursor=cursor,
            limit=limit,
        )
        return DocumentList(
            documents=[document_item(one) for one in found.documents], total=found.total, next=found.next
        )

    @app.get("/v1/documents/{id}", tags=["documents"], responses=NONE)
    async def document(id: str, caller: Asker) -> DocumentDetail:
        """A document: its metadata, readers and versions, and what it may hide."""
        corpus = service.pincite(caller).corpus
        return _detail(await asyncio.to_thread(show_document, corpus, service.requester(caller), id))

    @app.get("/v1/documents/{id}/versions", tags=["documents"], responses=NONE)
    async def versions(id: str, caller: Asker) -> list[VersionItem]:
        """The versions that are stored, the newest first."""
        corpus = service.pincite(caller).corpus
        found = await asyncio.to_thread(show_document, corpus, service.requester(caller), id)
        return [VersionItem.model_validate(asdict(one)) for one in found.versions]

    @app.get("/v1/documents/{id}/text", tags=["documents"], responses=NONE)
    async def text(
        id: str,
        caller: Asker,
        version: Annotated[str, Query(max_length=64, description="Left out: the current one.")] = "",
        start: Annotated[int, Query(ge=0)] = 0,
        end: Annotated[int | None, Query(ge=0, description="Left out: the end.")] = None,
    ) -> CanonicalText:
        """The canonical text that offsets of citations count into, or a part of it, with its passages."""
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        found = await asyncio.to_thread(document_text, corpus, who, id, version, start, end)
        return CanonicalText.model_validate(asdict(found))

    @app.get("/v1/documents/{id}/answers", tags=["documents"], responses=NONE)
    async def answers(
        id: str, caller: Asker, limit: Annotated[int, Query(ge=1, le=MOST_ANSWERS)] = 100
    ) -> list[CitingAnswerItem]:
        """Stored answers of yours that cite it, and whether its words still stand; everybody's for
        operators."""
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        return [_citing(one) for one in await asyncio.to_thread(citing_answers, corpus, who, id, limit)]


def document_item(record: DocumentRecord) -> DocumentItem:
    """A document as it goes over HTTP, without how it was made."""
    return DocumentItem.model_validate(asdict(record))


def _detail(found: DocumentDetails) -> DocumentDetail:
    known = asdict(found)
    return DocumentDetail.model_validate({**known.pop("record"), **known})


def _citing(found: CitingAnswer) -> CitingAnswerItem:
    places = [{**asdict(one), "state": one.state.replace(" ", "_")} for one in found.places]
    return CitingAnswerItem.model_validate({**asdict(found), "places": places, "stands": found.stands})
