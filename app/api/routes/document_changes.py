"""``/v1/documents/{id}``: changed and deleted, by operators and whoever uploaded it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from app.api.auth.required import Contributor
from app.api.contract.documents import DocumentChange, DocumentItem, ForgottenDocument, ForgottenPlace
from app.api.routes.documents import NONE, document_item
from app.api.service import Service
from app.documents.change import change_document, delete_document, forget_document_for, reset_document


def add_document_change_routes(app: FastAPI, service: Service) -> None:
    """The routes. What is changed is in force with the next question."""

    @app.patch("/v1/documents/{id}", tags=["documents"], responses=NONE)
    async def change(id: str, said: DocumentChange, request: Request, caller: Contributor) -> DocumentItem:
        """Say metadata or readers over what the source says; it holds when the source is read again."""
        await service.note(request, caller, "documents.change", id)
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        changed = await asyncio.to_thread(
            change_document, corpus, who, id, metadata=said.metadata, readers=said.readers
        )
        return document_item(changed)

    @app.post("/v1/documents/{id}/reset", tags=["documents"], responses=NONE)
    async def reset(id: str, request: Request, caller: Contributor) -> DocumentItem:
        """Take back all that was said over what the source says."""
        await service.note(request, caller, "documents.reset", id)
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        return document_item(await asyncio.to_thread(reset_document, corpus, who, id))

    @app.delete(
        "/v1/documents/{id}",
        tags=["documents"],
        response_model=ForgottenDocument,
        responses={**NONE, 204: {"description": "It is deleted."}},
    )
    async def delete(
        id: str,
        request: Request,
        caller: Contributor,
        forget: Annotated[
            bool, Query(description="Its words go from stored answers too, and it is proven; for operators.")
        ] = False,
    ) -> Response | ForgottenDocument:
        """Delete it with its versions; those that stored answers cite stay readable for verifying."""
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        if not forget:
            await service.note(request, caller, "documents.delete", id)
            await asyncio.to_thread(delete_document, corpus, who, id)
            return Response(status_code=204)
        caller.need("operator")
        await service.note(request, caller, "documents.forget", id)
        report = await asyncio.to_thread(forget_document_for, corpus, who, id)
        return ForgottenDocument(
            done=report.done,
            removed=[ForgottenPlace.model_validate(asdict(one)) for one in report.removed],
            stays=list(report.stays),
            unproven=list(report.unproven),
            left=len(report.proof.left),
        )
