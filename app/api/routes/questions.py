"""``/v1/questions``: what the documents do not answer, handed to people and closed by them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request

from app.api.auth.required import Asker, Reviewer
from app.api.contract.problem import ProblemDocument
from app.api.contract.questions import HandedOver, HandOverRequest, OpenQuestionItem
from app.api.service import Service

NONE: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "There is no such question, or there are too many."}
}


def add_question_routes(app: FastAPI, service: Service) -> None:
    """The routes."""

    @app.post("/v1/questions", tags=["questions"], status_code=201, responses=NONE)
    async def hand_over(given: HandOverRequest, caller: Asker) -> HandedOver:
        """Hand a question to the people who look after the documents."""
        queue = service.questions(caller)
        number = await asyncio.to_thread(queue.put, given.question, {"user": caller.user})
        return HandedOver(number=number)

    @app.get("/v1/questions", tags=["questions"])
    async def questions(caller: Reviewer) -> list[OpenQuestionItem]:
        """The open questions, the oldest first."""
        found = await asyncio.to_thread(service.questions(caller).list)
        return [
            OpenQuestionItem(number=one.number, asked_at=one.asked_at, user=one.user, question=one.question)
            for one in found
        ]

    @app.delete("/v1/questions/{number}", tags=["questions"], status_code=204, responses=NONE)
    async def close(number: Annotated[int, Path(ge=1, le=2**53)], request: Request, caller: Reviewer) -> None:
        """Close a question that was dealt with."""
        await service.note(request, caller, "questions.close", str(number))
        await asyncio.to_thread(service.questions(caller).close, number)
