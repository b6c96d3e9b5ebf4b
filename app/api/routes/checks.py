"""``/v1/check`` and ``/v1/verify``: texts against given sources, and citations against today's documents."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict
from typing import cast, get_args

from fastapi import FastAPI

from app.answers.files import GivenAnswer, given_answer
from app.answers.verification import AnswerReport, CitationReport, verify_answers
from app.api.auth.required import Asker
from app.api.contract.checking import (
    AnswerVerified,
    CheckRequest,
    CheckResult,
    CitationState,
    SentenceChecked,
    SpanFound,
    StateName,
    VerifyRequest,
    VerifyResult,
)
from app.api.contract.problem import ProblemDocument
from app.api.service import Service
from app.identity.caller import Caller
from graphs.judging.check_text import CheckedSentence, SourceText, check_text


def add_check_routes(app: FastAPI, service: Service) -> None:
    """The routes. Neither asks a model."""

    @app.post("/v1/check", tags=["checks"])
    async def check(given: CheckRequest, caller: Asker) -> CheckResult:
        """Each sentence of a text with its verdict against the sources, and the words it rests on.

        Nothing of it is kept.
        """
        async with service.place(caller):
            return await asyncio.to_thread(checked, given)

    @app.post("/v1/verify", tags=["checks"], responses={404: {"model": ProblemDocument}})
    async def verify(given: VerifyRequest, caller: Asker) -> VerifyResult:
        """Where the words that answers cite stand today: in place, moved, changed, gone, or never there.

        Of documents that you may not read nothing is told.
        """
        return await asyncio.to_thread(verified, service, caller, given)


def checked(given: CheckRequest) -> CheckResult:
    """Each sentence with its verdict."""
    sources = [SourceText(one.text, one.title) for one in given.sources]
    found = check_text(given.text, sources, question=given.question)
    verdicts = Counter(one.verdict for one in found)
    return CheckResult(
        sentences=[_sentence(one) for one in found],
        verified=verdicts["verified"],
        partial=verdicts["partial"],
        unsupported=verdicts["unsupported"],
    )


def _sentence(one: CheckedSentence) -> SentenceChecked:
    return SentenceChecked(
        text=one.text,
        start=one.start,
        end=one.end,
        verdict=one.verdict,
        reasons=list(one.reasons),
        spans=[SpanFound(source=s.source, start=s.start, end=s.end, quote=s.quote) for s in one.spans],
    )


def verified(service: Service, caller: Caller, given: VerifyRequest) -> VerifyResult:
    """Where the words that answers cite stand today, as far as the caller may read."""
    corpus = service.pincite(caller).corpus
    owner = None if caller.may("reviewer") else caller.user
    answers = [GivenAnswer.model_validate(corpus.answers.get(one, owner)) for one in given.answer_ids]
    answers += [given_answer(one, "the request", number) for number, one in enumerate(given.answers, 1)]
    reports = verify_answers(corpus.registry, answers)
    names = {one.citation.doc_id for report in reports for one in report.citations}
    names |= {one.now.doc_id for report in reports for one in report.citations if one.now}
    groups = set(service.requester(caller).groups)
    closed = {
        name
        for name, one in corpus.registry.named(names).items()
        if one.groups and not groups & {*one.groups}
    }
    found = [_answer(report, closed) for report in reports]
    states = Counter(one.state for answer in found for one in answer.citations)
    summary = {name: states[name] for name in get_args(StateName)}
    return VerifyResult(answers=found, summary={"answers": len(reports), **summary})


def _answer(report: AnswerReport, closed: Collection[str]) -> AnswerVerified:
    return AnswerVerified(
        id=report.answer.id,
        question=report.answer.question,
        citations=[_citation(one, closed) for one in report.citations],
    )


def _citation(report: CitationReport, closed: Collection[str]) -> CitationState:
    cited, now = report.citation, report.now
    place = {name: getattr(cited, name) for name in ("number", "doc_id", "version", "start", "end", "quote")}
    if cited.doc_id in closed or (now is not None and now.doc_id in closed):
        # As of a document that is not there.
        return CitationState(**place, state="gone", why="there is no such document")
    return CitationState(
        **place,
        state=cast(StateName, report.state.replace(" ", "_")),
        why=report.why,
        likeness=report.likeness,
        now=asdict(now) if now else None,
    )
