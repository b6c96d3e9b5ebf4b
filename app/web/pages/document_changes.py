"""``/documents/{id}/change`` and ``/remove``: readers and metadata said anew, and a document taken away."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.api.advice import advised
from app.api.auth.required import Contributor
from app.api.routes.path_names import PathName
from app.documents.change import change_document, delete_document, forget_document_for, reset_document
from app.documents.citing_answers import citing_answers
from app.documents.readable import (
    DocumentRequestError,
    NoSuchDocumentError,
    changeable_document,
    readable_document,
)
from app.identity.caller import Caller
from app.registry.schema import EVERYONE
from app.web.addresses import document_address
from app.web.form_fields import names_in
from app.web.metadata_form import NEW_LINES, editable, wanted_metadata
from app.web.page_advice import page_advice
from app.web.site import Site

SHOWN_ANSWERS = 100
Lines = Annotated[list[str], Form(max_length=100)]


def add_document_change_pages(app: FastAPI, site: Site) -> None:
    """The routes; for operators, and whoever uploaded the document."""
    service = site.service

    @app.get("/documents/{id}/change", include_in_schema=False)
    async def change_page(request: Request, id: PathName, caller: Contributor) -> Response:
        return await form(request, caller, id)

    async def form(
        request: Request, caller: Caller, doc_id: str, status: int = 200, why: str = ""
    ) -> Response:
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        record = await asyncio.to_thread(changeable_document, corpus.registry, who, doc_id)
        override = await asyncio.to_thread(corpus.registry.override, doc_id)
        return site.page(
            request,
            "change.html",
            status,
            f"Change {record.title}",
            record=record,
            readers=", ".join(record.groups) or EVERYONE,
            lines=editable(record.metadata),
            blank=NEW_LINES,
            overridden=override is not None and not override.says_nothing,
            why=why,
        )

    @app.post("/documents/{id}/change", include_in_schema=False)
    async def change(
        request: Request,
        id: PathName,
        caller: Contributor,
        readers: Annotated[str, Form(max_length=5000)] = "",
        readers_was: Annotated[str, Form(max_length=5000)] = "",
        key: Lines = [],  # noqa: B006 - FastAPI copies it
        was: Lines = [],  # noqa: B006
        value: Lines = [],  # noqa: B006
    ) -> Response:
        """Only what differs from when the form was made is changed."""
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        record = await asyncio.to_thread(changeable_document, corpus.registry, who, id)
        try:
            metadata = wanted_metadata(record.metadata, key, was, value)
            named = names_in(readers) if names_in(readers) != names_in(readers_was) else None
            if not metadata and named is None:
                return RedirectResponse(f"{document_address(id)}?done=unchanged", 303)
            await service.note(request, caller, "documents.change", id)
            await asyncio.to_thread(change_document, corpus, who, id, metadata=metadata, readers=named)
        except DocumentRequestError as error:
            return await form(request, caller, id, 422, page_advice(error.code, advised(error)))
        return await asyncio.to_thread(seen_after, caller, id, "changed")

    @app.post("/documents/{id}/reset", include_in_schema=False)
    async def reset(request: Request, id: PathName, caller: Contributor) -> Response:
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        await service.note(request, caller, "documents.reset", id)
        await asyncio.to_thread(reset_document, corpus, who, id)
        return await asyncio.to_thread(seen_after, caller, id, "reset")

    def seen_after(caller: Caller, doc_id: str, done: str) -> Response:
        """Whoever closed a document to themselves is shown the list."""
        try:
            readable_document(service.pincite(caller).registry, service.requester(caller), doc_id)
        except NoSuchDocumentError:
            return RedirectResponse(f"/documents?done={done}", 303)
        return RedirectResponse(f"{document_address(doc_id)}?done={done}", 303)

    @app.get("/documents/{id}/remove", include_in_schema=False)
    async def remove_page(request: Request, id: PathName, caller: Contributor) -> Response:
        """What would be lost, before anything is."""
        known = await asyncio.to_thread(lost_with, caller, id)
        return site.page(request, "remove.html", title=f"Remove {known['record'].title}", **known)

    def lost_with(caller: Caller, doc_id: str) -> dict[str, Any]:
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        record = changeable_document(corpus.registry, who, doc_id)
        answers = citing_answers(corpus, who, doc_id, SHOWN_ANSWERS)
        versions = len(corpus.registry.versions(doc_id))
        return {"record": record, "answers": answers, "most": SHOWN_ANSWERS, "versions": versions}

    @app.post("/documents/{id}/remove", include_in_schema=False)
    async def remove(
        request: Request, id: PathName, caller: Contributor, how: Annotated[str, Form(max_length=20)] = ""
    ) -> Response:
        """``how``: ``forget`` takes its words from stored answers too, and proves it; for operators."""
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        if how != "forget":
            await service.note(request, caller, "documents.delete", id)
            await asyncio.to_thread(delete_document, corpus, who, id)
            return RedirectResponse("/documents?done=removed", 303)
        caller.need("operator")
        record = await asyncio.to_thread(changeable_document, corpus.registry, who, id)
        await service.note(request, caller, "documents.forget", id)
        report = await asyncio.to_thread(forget_document_for, corpus, who, id)
        return site.page(request, "forgotten.html", title="Forgotten", record=record, report=report)
