"""``/sources``: folders of the server and sites that are read by a schedule; for operators."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.api.advice import advised
from app.api.auth.required import Operator
from app.api.routes.path_names import PathName
from app.api.routes.sources import sync_now
from app.errors import PinciteError
from app.identity.caller import Caller
from app.jobs.allowed_folders import check_folder
from app.web.form_fields import names_in
from app.web.page_advice import page_advice
from app.web.site import Site

SOURCES = "/sources"
EVERY = {60: "every hour", 24 * 60: "every day", 7 * 24 * 60: "every week"}
"""Minutes between two runs."""


def add_scheduled_source_pages(app: FastAPI, site: Site) -> None:
    """The routes."""
    service = site.service

    @app.get(SOURCES, include_in_schema=False)
    async def sources_page(
        request: Request, caller: Operator, done: Annotated[str, Query(max_length=20)] = ""
    ) -> Response:
        return await page(request, caller, done=done)

    async def page(
        request: Request, caller: Caller, status: int = 200, why: str = "", done: str = "", **said: Any
    ) -> Response:
        store = service.jobs(caller).sources
        found = await asyncio.to_thread(store.list, service.requester(caller))
        known = {"place": "", "name": "", "readers": "", "minutes": 24 * 60, **said}
        folders = service.pincite(caller).settings.jobs.folders
        return site.page(
            request,
            "sources.html",
            status,
            "Folders and sites",
            sources=found,
            folders=folders,
            every=EVERY,
            why=why,
            done=done,
            **known,
        )

    @app.post(SOURCES, include_in_schema=False)
    async def add(
        request: Request,
        caller: Operator,
        place: Annotated[str, Form(max_length=2000)] = "",
        name: Annotated[str, Form(max_length=200)] = "",
        readers: Annotated[str, Form(max_length=5000)] = "",
        minutes: Annotated[int, Form(ge=1, le=527_040)] = 24 * 60,
    ) -> Response:
        """Read a folder that ``PINCITE_JOBS__FOLDERS`` allows, or a sitemap."""
        settings, jobs = service.pincite(caller).settings, service.jobs(caller)
        who, place, name = service.requester(caller), place.strip(), name.strip()
        said: dict[str, Any] = {"place": place, "name": name, "readers": readers, "minutes": minutes}
        try:
            await asyncio.to_thread(check_folder, place, settings.jobs.folders, settings.home)
            await service.note(request, caller, "sources.add", f"{name} {place}")
            await asyncio.to_thread(jobs.sources.add, who, name, place, minutes, names_in(readers))
        except PinciteError as error:
            return await page(request, caller, error.status, page_advice(error.code, advised(error)), **said)
        service.wake(caller.tenant)
        return RedirectResponse(f"{SOURCES}?done=scheduled", 303)

    @app.post("/sources/{name}/remove", include_in_schema=False)
    async def remove(request: Request, name: PathName, caller: Operator) -> Response:
        await service.note(request, caller, "sources.remove", name)
        store = service.jobs(caller).sources
        await asyncio.to_thread(store.remove, service.requester(caller), name)
        return RedirectResponse(f"{SOURCES}?done=unscheduled", 303)

    @app.post("/sources/{name}/sync", include_in_schema=False)
    async def sync(request: Request, name: PathName, caller: Operator) -> Response:
        await service.note(request, caller, "sources.sync", name)
        job = await asyncio.to_thread(sync_now, service.jobs(caller), service.requester(caller), name)
        service.wake(caller.tenant)
        return RedirectResponse(f"/jobs/{job.id}?done=queued", 303)
