"""``/answers``: answers as they were given; one of them with its receipt."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from app.answers.listing import list_answers
from app.api.auth.required import Asker
from app.api.routes.answers import whose
from app.api.service import Service
from app.identity.caller import Caller
from app.web.answer_parts import STATUSES
from app.web.site import Site

ON_A_PAGE = 30


def add_answer_pages(app: FastAPI, site: Site) -> None:
    """The routes."""
    service = site.service

    @app.get("/answers", include_in_schema=False)
    async def answers_page(
        request: Request,
        caller: Asker,
        q: Annotated[str, Query(max_length=500)] = "",
        outcome: Annotated[str, Query(max_length=20)] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        everybody: bool = False,
    ) -> Response:
        """Your stored answers, the newest first; everybody's for reviewers."""
        found = await asyncio.to_thread(
            list_answers,
            service.feedback(caller),
            answers_file(service, caller),
            user=whose(caller, everybody),
            words=q,
            status=outcome if outcome in STATUSES else "",
            limit=ON_A_PAGE,
            offset=(page - 1) * ON_A_PAGE,
        )
        return site.page(
            request,
            "answers.html",
            title="Answers",
            found=found,
            q=q,
            outcome=outcome,
            page=page,
            pages=max(1, -(-found.total // ON_A_PAGE)),
            everybody=everybody,
            kept_days=service.pincite(caller).settings.answers.keep_days,
        )


def answers_file(service: Service, caller: Caller) -> Path:
    """Where the answers of the caller's tenant are kept."""
    settings = service.pincite(caller).settings
    return settings.home / settings.tenant / "answers.sqlite"
