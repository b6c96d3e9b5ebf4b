"""How a question's outcome is written: an answer, a run that waits for a person, or a stream of events."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, format_sse_event

from app.aio.waiting_runs import Outcome, WaitingRun
from app.api.contract.asking import CallToApprove, WaitingAnswer
from app.api.problem import UNEXPECTED, expected_problem, problem
from app.api.running import RunEvent, Running, RunningAnswer, TellingEvents
from app.controls.budgets.refusals import refusal_status
from app.controls.budgets.usage import budget_headers
from app.controls.drain import Drain, EndingError
from app.errors import PinciteError
from graphs.contracts import Answer

logger = logging.getLogger(__name__)

RUN_HEADER = "pincite-run"
"""Names the run of a stream, to go on reading it or to stop it."""

PING = b": ping\n\n"


def written(outcome: Outcome | Answer) -> Response:
    """200 with an answer, 202 with what is to be approved, or the problem document of what failed."""
    if isinstance(outcome, WaitingRun):
        return Response(waiting_answer(outcome).model_dump_json(), 202, media_type="application/json")
    answer = outcome if isinstance(outcome, Answer) else Answer.model_validate(outcome)
    spent = budget_headers(answer.receipt)
    refused = refusal_status(answer)
    if (answer.status == "failed" or refused) and answer.problem is not None:
        response = problem(
            refused.status if refused else 504 if answer.problem.retryable else 500,
            answer.problem.code,
            answer.problem.message,
            retryable=answer.problem.retryable,
        )
        response.headers.update({**spent, **(refused.headers if refused else {})})
        return response
    return Response(answer.model_dump_json(), media_type="application/json", headers=spent)


def waiting_answer(run: WaitingRun) -> WaitingAnswer:
    """What a caller is told of a run that waits: the token this once, and never again."""
    return WaitingAnswer(
        id=run.ticket.id,
        token=run.ticket.token,
        question=run.question,
        expires_at=run.ticket.expires_at,
        calls=[
            CallToApprove(tool=call["name"], arguments=call["args"], warning=call["description"])
            for call in run.calls
        ],
    )


async def told_events(stream: Any, drain: Drain) -> TellingEvents:
    """Events as (kind, data). ``stream``: an asynchronous generator of events, the last an answer or a run
    that waits. What breaks down ends them with an ``error``."""
    try:
        with drain.taken():
            async with aclosing(stream) as events:
                async for event in events:
                    if isinstance(event, WaitingRun):
                        yield "approval", waiting_answer(event).model_dump()
                    else:
                        yield event.pop("type"), event
    except EndingError as error:
        yield "error", json.loads(bytes(expected_problem(error).body))
    except PinciteError as error:
        logger.warning("a streamed answer failed", exc_info=error)
        yield "error", json.loads(bytes(expected_problem(error).body))
    except Exception:
        logger.exception("a streamed answer broke down")
        yield "error", json.loads(bytes(problem(500, "internal-error", UNEXPECTED).body))


def streamed(running: Running, run: RunningAnswer, ping_s: float, after: int = 0) -> Response:
    """A run's events after number ``after``, each with an id to resume from, and pings where it is quiet."""
    events = _written(running.follow(run, after, ping_s), run.id)
    return EventSourceResponse(events, headers={RUN_HEADER: run.id})


async def _written(events: AsyncGenerator[RunEvent | None, None], run_id: str) -> AsyncIterator[bytes]:
    async with aclosing(events):
        async for event in events:
            if event is None:
                yield PING
                continue
            # FastAPI's own: `sse-starlette` replaces a method of uvicorn's server when it is imported.
            yield format_sse_event(
                event=event.kind,
                data_str=json.dumps(event.data, ensure_ascii=False),
                id=f"{run_id}-{event.number}",
            )
