"""``/v1/sources``: folders and sitemaps that are read by a schedule; for operators."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request

from app.api.auth.required import Operator
from app.api.contract.jobs import JobItem, SourceItem, SourceRequest
from app.api.contract.problem import ProblemDocument
from app.api.routes.jobs import job_item
from app.api.service import Service
from app.jobs.allowed_folders import check_folder
from app.jobs.job import Job, NoSuchJobError
from app.jobs.open import Jobs
from app.registry.requester import Requester

NONE: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "No source of that name is read by a schedule."}
}


def add_source_routes(app: FastAPI, service: Service) -> None:
    """The routes."""

    @app.get("/v1/sources", tags=["jobs"])
    async def sources(caller: Operator) -> list[SourceItem]:
        """Sources that are read by a schedule, by name."""
        store = service.jobs(caller).sources
        found = await asyncio.to_thread(store.list, service.requester(caller))
        return [SourceItem.model_validate(asdict(one)) for one in found]

    @app.post("/v1/sources", tags=["jobs"], status_code=201)
    async def add(wanted: SourceRequest, request: Request, caller: Operator) -> SourceItem:
        """Read a folder that ``PINCITE_JOBS__FOLDERS`` allows, or a sitemap, every so many minutes from now
        on; one of that name is replaced."""
        settings = service.pincite(caller).settings
        await asyncio.to_thread(check_folder, wanted.place, settings.jobs.folders, settings.home)
        await service.note(request, caller, "sources.add", f"{wanted.name} {wanted.place}")
        store = service.jobs(caller).sources
        who = service.requester(caller)
        added = await asyncio.to_thread(
            store.add, who, wanted.name, wanted.place, wanted.minutes, wanted.readers
        )
        service.wake(caller.tenant)
        return SourceItem.model_validate(asdict(added))

    @app.delete("/v1/sources/{name}", tags=["jobs"], status_code=204, responses=NONE)
    async def remove(name: str, request: Request, caller: Operator) -> None:
        """Read it no more; its documents stay."""
        await service.note(request, caller, "sources.remove", name)
        store = service.jobs(caller).sources
        await asyncio.to_thread(store.remove, service.requester(caller), name)

    @app.post("/v1/sources/{name}/sync", tags=["jobs"], status_code=202, responses=NONE)
    async def sync(name: str, request: Request, caller: Operator) -> JobItem:
        """Read it now; the schedule stays as it is."""
        await service.note(request, caller, "sources.sync", name)
        job = await asyncio.to_thread(sync_now, service.jobs(caller), service.requester(caller), name)
        service.wake(caller.tenant)
        return job_item(job)


def sync_now(jobs: Jobs, who: Requester, name: str) -> Job:
    """Queue reading a scheduled source; its schedule stays as it is. Raises ``NoSuchJobError``."""
    for one in jobs.sources.list(who):
        if one.name == name:
            return jobs.sync(who, one.name, one.place, one.readers)
    raise NoSuchJobError(f"no source {name[:200]!r} is read by a schedule")
