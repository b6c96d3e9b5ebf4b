"""What ``langgraph.json`` points at: the graph for Studio and the ``langgraph dev`` server, and our routes.

The graph is made when this module is imported, because the server asks for a name that holds one; indexes
and models are opened at the first question.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.api.application import OURS, create_app
from app.api.job_threads import JobThreads
from app.api.server_identity import server_principal
from app.api.service import make_service
from app.api.tenants import only
from app.compose import open_pincite
from app.process.beginning import begin_process

begin_process()
_pincite = open_pincite()

graph = _pincite.build(identify=server_principal)
"""In it the server's login says who asks; in our routes, which know their caller, the run's context does."""

_jobs = JobThreads()


@asynccontextmanager
async def _working(_app: FastAPI) -> AsyncIterator[None]:
    """Jobs are done while the server runs, not from when this module is imported. Where it runs twice over
    one folder, the second waits."""
    with _jobs.working(_pincite):
        yield


http_app = create_app(make_service(_pincite.settings, only(_pincite), _jobs.wake), OURS, _working)
