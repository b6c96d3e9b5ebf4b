"""``/v1/jobs``: what is added in the background, how far it is and what of it failed."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request

from app.api.auth.required import Contributor
from app.api.contract.jobs import JobDetail, JobItem, JobStateName
from app.api.contract.problem import ProblemDocument
from app.api.service import Service
from app.identity.caller import Caller
from app.jobs.job import Job

NONE: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "You have no such job."}
}


def job_item(job: Job) -> JobItem:
    """A job as it goes over HTTP."""
    return JobItem.model_validate(asdict(job))


def add_job_routes(app: FastAPI, service: Service) -> None:
    """The routes. Everybody sees their own jobs, an operator all of their tenant."""

    @app.get("/v1/jobs", tags=["jobs"])
    async def jobs(
        caller: Contributor,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        state: JobStateName | None = None,
    ) -> list[JobItem]:
        """Jobs, the newest first."""
        queue = service.jobs(caller).queue
        found = await asyncio.to_thread(queue.list, service.requester(caller), limit, state)
        return [job_item(one) for one in found]

    @app.get("/v1/jobs/{id}", tags=["jobs"], responses=NONE)
    async def job(id: str, caller: Contributor) -> JobDetail:
        """A job, with every file that could not be read, and why."""
        return await asyncio.to_thread(_detail, service, caller, id)

    @app.post("/v1/jobs/{id}/cancel", tags=["jobs"], responses=NONE)
    async def cancel(id: str, request: Request, caller: Contributor) -> JobItem:
        """End a job that waits; one that runs ends after the file it is at. What was added stays."""
        await service.note(request, caller, "jobs.cancel", id)
        queue = service.jobs(caller).queue
        return job_item(await asyncio.to_thread(queue.cancel, service.requester(caller), id))

    @app.post("/v1/jobs/{id}/retry", tags=["jobs"], status_code=202, responses=NONE)
    async def retry(id: str, request: Request, caller: Contributor) -> JobItem:
        """Queue anew the files that failed; all of it where it failed as a whole or was cancelled."""
        await service.note(request, caller, "jobs.retry", id)
        queue = service.jobs(caller).queue
        new = await asyncio.to_thread(queue.retry, service.requester(caller), id)
        service.wake(caller.tenant)
        return job_item(new)


def _detail(service: Service, caller: Caller, job_id: str) -> JobDetail:
    queue, who = service.jobs(caller).queue, service.requester(caller)
    failures = [asdict(one) for one in queue.failures(who, job_id)]
    return JobDetail.model_validate({**asdict(queue.get(who, job_id)), "failures": failures})
