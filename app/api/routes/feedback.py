"""``/v1/feedback``: what readers think of answers."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import FastAPI, Query

from app.api.auth.required import Asker
from app.api.contract.conversations import FeedbackItem, FeedbackRequest
from app.api.contract.problem import ProblemDocument
from app.api.routes.answers import whose
from app.api.service import Service


def add_feedback_routes(app: FastAPI, service: Service) -> None:
    """The routes. Feedback goes with its answer."""

    @app.post("/v1/feedback", tags=["feedback"], status_code=201, responses={404: {"model": ProblemDocument}})
    async def give(given: FeedbackRequest, caller: Asker) -> FeedbackItem:
        """Say what you think of an answer of yours, or of one of its sentences; again, and it is replaced.

        Reviewers may of anybody's.
        """
        store = service.feedback(caller)
        kept = await asyncio.to_thread(
            store.put,
            given.answer_id,
            caller.user,
            given.rating,
            sentence=given.sentence,
            reason=given.reason,
            comment=given.comment,
            owner=None if caller.may("reviewer") else caller.user,
        )
        return FeedbackItem.model_validate(asdict(kept))

    @app.get("/v1/feedback", tags=["feedback"])
    async def listed(
        caller: Asker,
        answer_id: Annotated[str | None, Query(max_length=64)] = None,
        rating: Literal["up", "down"] | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        everybody: Annotated[bool, Query(description="Not only yours; for reviewers.")] = False,
    ) -> list[FeedbackItem]:
        """Feedback, the newest first."""
        found = await asyncio.to_thread(
            service.feedback(caller).list,
            answer_id=answer_id,
            user=whose(caller, everybody),
            rating=rating,
            limit=limit,
        )
        return [FeedbackItem.model_validate(asdict(one)) for one in found]
