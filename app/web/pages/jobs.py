"""``/jobs``: what is being added in the background, how far it is, and what could not be read."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.api.auth.required import Contributor
from app.api.routes.path_names import PathName
from app.identity.caller import Caller
from app.jobs.job import OVER
from app.web.site import Site, by_script

SHOWN = 100


def add_job_pages(app: FastAPI, site: Site) -> None:
    """The routes. Everybody sees their own jobs, an operator all of their tenant."""
    service = site.service

    @app.get("/jobs", include_in_schema=False)
    async def jobs_page(
        request: Request, caller: Contributor, done: Annotated[str, Query(max_length=20)] = ""
    ) -> Response:
        """The newest first. A script asks for the list alone, while one of them runs."""
        queue = service.jobs(caller).queue
        jobs = await asyncio.to_thread(queue.list, service.requester(caller), SHOWN)
        going = any(one.state not in OVER for one in jobs)
        if by_script(request):
            return site.part(request, "job_rows.html", jobs=jobs, going=going)
        return site.page(request, "jobs.html", title="Jobs", jobs=jobs, going=going, done=done)

    @app.get("/jobs/{id}", include_in_schema=False)
    async def job_page(
        request: Request, id: PathName, caller: Contributor, done: Annotated[str, Query(max_length=20)] = ""
    ) -> Response:
        """A script asks for how far it is alone, until the job is over."""
        known = await asyncio.to_thread(known_of, caller, id)
        if by_script(request):
            return site.part(request, "job_state.html", **known)
        return site.page(request, "job.html", title="Job", done=done, **known)

    def known_of(caller: Caller, job_id: str) -> dict[str, Any]:
        queue, who = service.jobs(caller).queue, service.requester(caller)
        job = queue.get(who, job_id)
        failures = queue.failures(who, job_id)
        over = job.state in OVER
        again = over and (job.state != "done" or bool(failures))
        return {"job": job, "failures": failures, "over": over, "again": again}

    @app.post("/jobs/{id}/cancel", include_in_schema=False)
    async def cancel(request: Request, id: PathName, caller: Contributor) -> Response:
        await service.note(request, caller, "jobs.cancel", id)
        await asyncio.to_thread(service.jobs(caller).queue.cancel, service.requester(caller), id)
        return RedirectResponse(f"/jobs/{id}?done=cancelled", 303)

    @app.post("/jobs/{id}/retry", include_in_schema=False)
    async def retry(request: Request, id: PathName, caller: Contributor) -> Response:
        await service.note(request, caller, "jobs.retry", id)
        new = await asyncio.to_thread(service.jobs(caller).queue.retry, service.requester(caller), id)
        service.wake(caller.tenant)
        return RedirectResponse(f"/jobs/{new.id}?done=retried", 303)
