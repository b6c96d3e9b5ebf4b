"""``/documents/{id}``: what is known of a document, what cites it, and how two versions of it differ."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.api.auth.required import Asker
from app.api.routes.path_names import PathName
from app.documents.citing_answers import citing_answers
from app.documents.details import show_document
from app.documents.original_file import PDF
from app.documents.readable import DocumentRefusedError, changeable_document
from app.documents.versions_compared import compare_versions
from app.identity.caller import Caller
from app.ingestion.load.hidden import HIDDEN_CHARS, RISK
from app.registry.overrides import GROUPS
from app.web.addresses import document_address
from app.web.site import Site

SHOWN_ANSWERS = 50
SHOWN_PAGES = 200


def add_document_pages(app: FastAPI, site: Site) -> None:
    """The routes."""
    service = site.service

    @app.get("/documents/{id}", include_in_schema=False)
    async def document_page(
        request: Request, id: PathName, caller: Asker, done: Annotated[str, Query(max_length=20)] = ""
    ) -> Response:
        known = await asyncio.to_thread(known_of, caller, id)
        return site.page(request, "document.html", title=known["record"].title, done=done, **known)

    def known_of(caller: Caller, doc_id: str) -> dict[str, Any]:
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        found = show_document(corpus, who, doc_id)
        may_change = caller.may("contributor")
        try:
            changeable_document(corpus.registry, who, doc_id)
        except DocumentRefusedError:
            may_change = False
        stored = corpus.registry.stored_version(doc_id, found.record.version)
        pages = len(stored.pages) if stored is not None else 0
        return {
            "record": found.record,
            "found": found,
            "versions": sorted(found.versions, key=lambda one: (one.current, one.added_at), reverse=True),
            "metadata": shown_metadata(found.record.metadata),
            "answers": citing_answers(corpus, who, doc_id, SHOWN_ANSWERS),
            "may_change": may_change,
            "pages": pages,
            "drawn": min(pages, SHOWN_PAGES) if found.has_file and found.record.media_type == PDF else 0,
        }

    @app.get("/documents/{id}/compare", include_in_schema=False)
    async def compare_page(
        request: Request,
        id: PathName,
        caller: Asker,
        old: Annotated[str, Query(max_length=64)] = "",
        new: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        """Two versions; where none are named, the last two."""
        corpus, who = service.pincite(caller).corpus, service.requester(caller)
        found = await asyncio.to_thread(show_document, corpus, who, id)
        newest = sorted(found.versions, key=lambda one: (one.current, one.added_at), reverse=True)
        if not old and len(newest) < 2:
            return RedirectResponse(document_address(id), 303)
        old, new = old or newest[1].version, new or newest[0].version
        diff = await asyncio.to_thread(compare_versions, corpus, who, id, old, new)
        return site.page(
            request,
            "compare.html",
            title=f"Versions of {found.record.title}",
            record=found.record,
            versions=newest,
            old=old,
            new=new,
            diff=diff,
        )


def shown_metadata(metadata: dict[str, Any]) -> list[tuple[str, str]]:
    """Metadata as people read them, without what a page says elsewhere.

    >>> shown_metadata({"tags": ["a", "b"], "draft": True, "groups": ["hr"]})
    [('draft', 'yes'), ('tags', 'a, b')]
    """
    shown = {key: value for key, value in metadata.items() if key not in (GROUPS, RISK, HIDDEN_CHARS)}
    return [(key, value_words(value)) for key, value in sorted(shown.items())]


def value_words(value: Any) -> str:
    """A value of metadata in one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
