"""``/answers``: answers as they were given; one of them with its receipt, verified again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.answers.exported import as_csl, as_html, as_markdown, as_text
from app.answers.listing import list_answers
from app.answers.store import NoSuchAnswerError
from app.answers.stored_answer import read_answer
from app.api.auth.required import Asker
from app.api.contract.checking import AnswerVerified, VerifyRequest
from app.api.routes.answers import whose
from app.api.routes.checks import verified
from app.api.routes.path_names import PathName
from app.api.service import Service
from app.identity.caller import Caller
from app.web import receipt_parts
from app.web.answer_parts import STATUSES, shown_answer
from app.web.evidence_rows import looks_of
from app.web.site import HEADERS, Site, by_script
from graphs.contracts import Answer

ON_A_PAGE = 30

_NAMED = ("id", "asked_at", "standalone", "user", "trace", "cache")
"""What the page looks for in a receipt, which need not have it."""

_FORMS: Mapping[str, tuple[str, str, Callable[[Answer], str]]] = {
    "markdown": ("md", "text/markdown", as_markdown),
    "text": ("txt", "text/plain", as_text),
    "html": ("html", "text/html", as_html),
    "csl": (
        "csl.json",
        "application/vnd.citationstyles.csl+json",
        lambda one: json.dumps(as_csl(one), indent=2, ensure_ascii=False),
    ),
    "json": ("json", "application/json", lambda one: one.model_dump_json(indent=2)),
}
"""How a file is named, what it is, and who writes it."""


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

    @app.get("/answers/{id}", include_in_schema=False)
    async def answer_page(request: Request, id: PathName, caller: Asker, everybody: bool = False) -> Response:
        """An answer, and how it came about."""
        return await whole_page(request, caller, id, everybody, None)

    @app.get("/answers/{id}/verified", include_in_schema=False)
    async def verified_page(
        request: Request, id: PathName, caller: Asker, everybody: bool = False
    ) -> Response:
        """Where its citations stand today."""
        found = await asyncio.to_thread(found_answer, service, caller, id, everybody)
        asked = VerifyRequest(answer_ids=[found.answer.id])
        result = (await asyncio.to_thread(verified, service, caller, asked)).answers[0]
        if by_script(request):
            return site.part(request, "verified.html", checked=result)
        return await whole_page(request, caller, id, everybody, result)

    @app.get("/answers/{id}/export", include_in_schema=False)
    async def export(
        id: PathName,
        caller: Asker,
        form: Annotated[Literal["markdown", "text", "html", "csl", "json"], Query(alias="as")] = "markdown",
        everybody: bool = False,
    ) -> Response:
        """An answer as a file."""
        found = await asyncio.to_thread(found_answer, service, caller, id, everybody)
        ending, kind, written = _FORMS[form]
        name = f'attachment; filename="answer-{found.answer.id}.{ending}"'
        return Response(
            written(found.answer), media_type=kind, headers={**HEADERS, "content-disposition": name}
        )

    @app.post("/answers/{id}/delete", include_in_schema=False)
    async def delete(request: Request, id: PathName, caller: Asker) -> Response:
        """Delete an answer of theirs, with its receipt and the feedback on it."""
        await service.note(request, caller, "answers.delete", id)
        await asyncio.to_thread(service.pincite(caller).corpus.answers.delete, id, caller.user)
        return RedirectResponse("/answers", 303)

    async def whole_page(
        request: Request, caller: Caller, id: str, everybody: bool, checked: AnswerVerified | None
    ) -> Response:
        found = await asyncio.to_thread(found_answer, service, caller, id, everybody)
        known = await asyncio.to_thread(receipt_known, service, caller, found)
        return site.page(
            request,
            "answer_page.html",
            title=found.answer.question[:80],
            answer=shown_answer(found.answer),
            mine=found.mine,
            everybody=everybody,
            checked=checked,
            **known,
        )


@dataclass(frozen=True)
class FoundAnswer:
    """A stored answer, as it is kept too, and whether it is of who looks."""

    answer: Answer
    stored: dict[str, Any]
    mine: bool


def found_answer(service: Service, caller: Caller, id: str, everybody: bool) -> FoundAnswer:
    """The answer of an id, theirs or, where a reviewer says so, anybody's.

    Raises:
        NoSuchAnswerError, NotAllowedError: there is none for them.
        OtherVersionError: it is in a form that this version does not know.
    """
    owner = whose(caller, everybody)
    answers = service.pincite(caller).corpus.answers
    try:
        stored, mine = answers.get(id, caller.user), True
    except NoSuchAnswerError:
        if owner is not None:
            raise
        stored, mine = answers.get(id, None), False
    return FoundAnswer(read_answer(stored), stored, mine)


def receipt_known(service: Service, caller: Caller, found: FoundAnswer) -> dict[str, Any]:
    """What the receipt's part of the page shows."""
    pincite, receipt = service.pincite(caller), found.answer.receipt
    looks = looks_of(found.answer, pincite.registry, service.requester(caller))
    return {
        "receipt": {**dict.fromkeys(_NAMED, ""), **receipt},
        "steps": receipt_parts.step_rows(receipt),
        "guards": receipt_parts.guard_rows(receipt),
        "left_out": receipt_parts.left_out(receipt),
        "spent": receipt_parts.spent(receipt),
        "calls": receipt_parts.entries(receipt, "calls"),
        "fallbacks": receipt_parts.entries(receipt, "fallbacks"),
        "prompts": receipt_parts.prompts(receipt),
        "tools": receipt_parts.entries(receipt, "tools"),
        "looks": looks,
        "signature": _signature(service, caller, found.stored),
        "raw": json.dumps(receipt, indent=2, ensure_ascii=False),
    }


def _signature(service: Service, caller: Caller, stored: dict[str, Any]) -> tuple[str, str]:
    """(``good``, ``bad`` or empty, what is to be said) of the signature."""
    from app.observability.receipt_signature import ReceiptSigner, what_is_wrong

    signature = stored.get("receipt", {}).get("signature")
    if not isinstance(signature, dict):
        return (
            "",
            "Not signed: it never was, or something of it was forgotten since, which takes the signature.",
        )
    key = ReceiptSigner(answers_file(service, caller).parent).public_key()
    wrong = what_is_wrong(stored, key)
    if wrong:
        return "bad", f"The signature does not hold: {wrong}."
    named = f"{signature['algorithm']}, key {str(signature['key'])[:16]}…"
    return "good", f"Signed, and as it was signed ({named})."


def answers_file(service: Service, caller: Caller) -> Path:
    """Where the answers of the caller's tenant are kept."""
    settings = service.pincite(caller).settings
    return settings.home / settings.tenant / "answers.sqlite"
