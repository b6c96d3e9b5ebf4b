"""``/`` and ``/conversations/{name}``: ask, watch sentences arrive, ask further."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import FastAPI, Form, Header, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.sse import EventSourceResponse, format_sse_event

from app.answers.store import NoSuchAnswerError
from app.answers.stored_answer import OtherVersionError, read_answer
from app.api.asking import Asking
from app.api.auth.required import Asker
from app.api.contract.asking import AskRequest
from app.api.dropped import while_connected
from app.api.outcome import PING
from app.api.routes.path_names import PathName
from app.api.running import NoSuchRunError, RunEvent
from app.asking.turns import SaidTurn, said_turns
from app.documents.facets import facets
from app.identity.caller import Caller
from app.web.answer_parts import STEPS, by_number, shown_answer
from app.web.site import Site, by_script
from app.web.turns import ShownTurn, conversations_of, sample_questions
from graphs.contracts import Answer, Citation, Claim, Excerpt

SHOWN_FACETS = 6
SHOWN_VALUES = 12


def add_ask_pages(app: FastAPI, site: Site) -> None:
    """The routes."""
    service = site.service

    @app.get("/", include_in_schema=False)
    async def ask_page(request: Request, caller: Asker) -> Response:
        """A new conversation."""
        return await page(request, caller, secrets.token_urlsafe(9), [])

    @app.get("/conversations/{name}", include_in_schema=False)
    async def conversation_page(request: Request, name: PathName, caller: Asker) -> Response:
        """What was asked and answered, and a place to ask further."""
        _, state = await service.pincite(caller).conversation(caller.user, name)
        turns = await asyncio.to_thread(stored_turns, caller, said_turns(state))
        return await page(request, caller, name, turns)

    async def page(request: Request, caller: Caller, name: str, turns: list[ShownTurn]) -> Response:
        known = await asyncio.to_thread(around, caller, bool(turns))
        known["conversations"] = [] if turns else await conversations_of(service.pincite(caller), caller.user)
        title = turns[0].question[:80] if turns else ""
        return site.page(request, "ask.html", title=title, conversation=name, turns=turns, **known)

    def around(caller: Caller, begun: bool) -> dict[str, Any]:
        pincite, who = service.pincite(caller), service.requester(caller)
        offered = facets(pincite.registry, who, limit=SHOWN_VALUES)
        few = [one for one in offered if not one.more]
        known: dict[str, Any] = {"facets": few[:SHOWN_FACETS], "filters": "", "documents": 1}
        if begun:
            return {**known, "samples": []}
        samples, documents = sample_questions(pincite, who)
        return {**known, "samples": samples, "documents": documents}

    def stored_turns(caller: Caller, said: list[SaidTurn]) -> list[ShownTurn]:
        answers = service.pincite(caller).corpus.answers
        turns: list[ShownTurn] = []
        question = ""
        for number, one in enumerate(said):
            if one.role == "user":
                question = one.content
                continue
            answer = None
            if one.answer_id:
                try:
                    found = read_answer(answers.get(one.answer_id, caller.user))
                    answer = shown_answer(found)
                except (NoSuchAnswerError, OtherVersionError):
                    answer = None  # kept for fewer days than the conversation
            turns.append(ShownTurn(f"turn-{number}", question, one.content, answer))
        return turns

    @app.post("/ask", include_in_schema=False)
    async def ask(
        request: Request,
        caller: Asker,
        question: Annotated[str, Form(max_length=100_000)],
        conversation: Annotated[str, Form(max_length=200)] = "",
        filters: Annotated[str, Form(max_length=20_000)] = "",
    ) -> Response:
        """Begin an answer whose sentences are then read as they come; without a script, wait for it."""
        lines = [line.strip() for line in filters.splitlines() if line.strip()]
        name = conversation or secrets.token_urlsafe(9)
        asked = AskRequest(question=question, filters=lines, thread=name)
        asking = Asking(service, request, caller, asked)
        address = f"/conversations/{name}"
        if not by_script(request):
            await while_connected(request, asking.answer())
            return RedirectResponse(address, 303)
        run = await asking.start()
        turn = ShownTurn(f"turn-{run.id}", question, run=run.id)
        begun = site.part(request, "turn.html", turn=turn)
        begun.headers["hx-push-url"] = address
        return begun

    @app.post("/questions", include_in_schema=False)
    async def hand_over(
        request: Request, caller: Asker, question: Annotated[str, Form(max_length=2000)]
    ) -> Response:
        """A question that no document answers goes to the people who look after them."""
        number = await asyncio.to_thread(service.questions(caller).put, question, {"user": caller.user})
        template = "handed_over_part.html" if by_script(request) else "handed_over.html"
        return site.page(request, template, 200, "Handed over", number=number)

    @app.get("/ask/runs/{run}/events", include_in_schema=False)
    async def events(
        request: Request,
        run: PathName,
        caller: Asker,
        last_event_id: Annotated[str, Header(max_length=100)] = "",
    ) -> Response:
        """A run's events as pieces of the page; a browser whose connection broke goes on by itself."""
        try:
            found = service.running.find(caller, run)
        except NoSuchRunError:
            # 204 ends a browser's attempts to come back.
            return Response(status_code=204)
        _, _, number = last_event_id.rpartition("-")
        after = int(number) if number.isdecimal() else 0
        told = service.running.follow(found, after, service.settings.api.ping_s)
        return EventSourceResponse(pieces(request, run, told))

    async def pieces(
        request: Request, run: str, told: AsyncGenerator[RunEvent | None, None]
    ) -> AsyncIterator[bytes]:
        quoted: dict[int, Citation] = {}
        number = 0
        async with aclosing(told) as events:
            async for event in events:
                if event is None:
                    yield PING
                    continue
                number = event.number
                for kind, html in piece_of(request, event, quoted):
                    yield format_sse_event(event=kind, data_str=html, id=f"{run}-{number}")
        yield format_sse_event(event="end", data_str="", id=f"{run}-{number}")

    def piece_of(request: Request, event: RunEvent, quoted: dict[int, Citation]) -> list[tuple[str, str]]:
        data = event.data
        if event.kind == "step":
            return [("step", STEPS[data["node"]])] if data["node"] in STEPS else []
        if event.kind == "sentence":
            quoted.update(by_number([Citation.model_validate(one) for one in data["citations"]]))
            claim = Claim.model_validate(data["claim"])
            return [("sentence", site.written(request, "sentence.html", claim=claim, citations=quoted))]
        if event.kind == "excerpt":
            excerpt = Excerpt.model_validate(data["excerpt"])
            return [
                (
                    "excerpt",
                    site.written(request, "excerpt.html", excerpt=excerpt, citations=quoted, claims=[]),
                )
            ]
        if event.kind == "answer":
            answer = shown_answer(Answer.model_validate(data["answer"]))
            return [("whole", site.written(request, "answer.html", answer=answer))]
        if event.kind == "stopped":
            return [("whole", site.written(request, "stopped.html"))]
        if event.kind == "error" and "detail" in data:
            return [("whole", site.written(request, "problem_part.html", problem=data))]
        return []
