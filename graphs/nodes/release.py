"""release: the output guard. What leaves is checked sentence by sentence, then streamed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.citing.align import Span
from graphs.contracts import Answer, Citation, Claim, Excerpt, Problem
from graphs.drafting.memory import remember
from graphs.events import emit
from graphs.judging.conflicts import find_conflicts
from graphs.judging.editions import is_newer
from graphs.judging.excerpts import excerpts_of
from graphs.judging.judge import Judge
from graphs.judging.reading_rights import ReadingRights
from graphs.judging.readings import find_readings
from graphs.judging.released_sentences import Outlet
from graphs.nodes.answer_message import answer_message
from graphs.nodes.node import Node
from graphs.parts import Parts
from graphs.state import AnswerState, AskContext, EvidencePassage
from tools.scoped_search import RequestError


class ReadersChangedError(RequestError):
    """Since it was found, the readers of a cited document have changed."""


def make_release(parts: Parts) -> Node:
    async def release(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        outlet = Outlet(parts, state)
        groups = parts.identify(runtime, config).groups
        rights = ReadingRights(parts, state["evidence"], groups)
        cites = [*outlet.citations, *(cite for claim in state["claims"] for cite in claim["cites"])]
        if not await asyncio.to_thread(lambda: all(map(rights.allow, cites))):
            raise ReadersChangedError("a document that the answer cites may not be read any more; ask again")
        if outlet.shown.asks:
            named = [(cite["doc_id"], cite["version"]) for cite in cites]
            await asyncio.to_thread(outlet.shown.versions.read_ahead, named)
        for sentence in state["claims"]:
            await outlet.let_out(sentence)
        # What there is to read is out before others are searched for what says otherwise.
        excerpts = await _excerpts(parts, state, outlet)
        for number, one in enumerate(excerpts, 1):
            emit({"type": "excerpt", "number": number, "excerpt": Excerpt.model_validate(one).model_dump()})
        cited = len(outlet.citations)
        disagreements = await asyncio.to_thread(_disagreements, parts, state, outlet, groups)
        readings = await asyncio.to_thread(_readings, parts, state, outlet, groups)
        told = [*(_told(one, newer, outlet.citations) for one, newer in disagreements), *readings]
        notices = list(dict.fromkeys([*state["notices"], *outlet.notices, *told]))
        claims = [Claim.model_validate(data) for data in outlet.claims]
        if len(outlet.citations) > cited:
            excerpts = await _excerpts(parts, state, outlet)
        shown: Any = [one for one, _ in disagreements]
        leaving = await asyncio.to_thread(outlet.shown_citations)
        citations = [Citation.model_validate(data) for data in leaving]
        notices, shown = await asyncio.to_thread(outlet.shown.told, (notices, shown))
        answer = _answer(state, claims, citations, notices, shown, excerpts)
        if answer.status == "answered":
            await remember(parts, state, runtime, config)
        return {
            "answer": answer.model_dump(),
            "messages": [answer_message(answer, state["receipt"].get("id", ""))],
            "released": outlet.claims,
            "citations": outlet.citations,
            "notices": answer.notices,
            "receipt": outlet.with_guards(state["receipt"]),
        }

    return release


async def _excerpts(parts: Parts, state: AnswerState, outlet: Outlet) -> list[dict[str, Any]]:
    """What is shown around the citations where no model wrote the answer."""
    if state["mode"] != "extractive" or not outlet.claims:
        return []
    return await asyncio.to_thread(excerpts_of, parts, state["evidence"], outlet.citations, outlet.shown)


def _disagreements(
    parts: Parts, state: AnswerState, outlet: Outlet, groups: Sequence[str]
) -> list[tuple[dict[str, Any], bool]]:
    """What of the evidence contradicts a released sentence; its words get a number too. With whether the one
    that is named first is known to be the newer."""
    judge = Judge(parts, state["evidence"], state["standalone"], groups)
    known = {(one["doc_id"], one["version"]): one.get("metadata") or {} for one in state["evidence"]}
    found = []
    today = parts.today().isoformat()
    for conflict in find_conflicts(list(outlet.citations), state["evidence"]):
        passage, _ = conflict.there
        there = _number(outlet, judge, *conflict.there)
        if there is None:
            continue
        here = conflict.here["number"]
        mine = conflict.here["title"], known.get((conflict.here["doc_id"], conflict.here["version"]), {})
        theirs = passage["title"], passage.get("metadata") or {}
        sentence = next(n for n, claim in enumerate(outlet.claims, 1) if here in claim["citations"])
        later = is_newer(*theirs, *mine, today=today)
        order = [there, here] if later else [here, there]
        one = {"sentence": sentence, "citations": order, "why": conflict.why}
        found.append((one, later or is_newer(*mine, *theirs, today=today)))
    return found


def _readings(parts: Parts, state: AnswerState, outlet: Outlet, groups: Sequence[str]) -> list[str]:
    """What else the question may mean, in words; the sentences that answer it so get numbers too."""
    judge = Judge(parts, state["evidence"], state["standalone"], groups)
    said = []
    for one in find_readings(state["standalone"], list(outlet.citations), state["evidence"]):
        there = _number(outlet, judge, *one.there)
        if there is not None and there != one.here["number"]:
            said.append(
                f"This is said of several ({one.why}): [{one.here['number']}] ({one.names[0]}), [{there}] "
                f"({one.names[1]}). Name the one you mean to have its answer alone."
            )
    return said


def _number(outlet: Outlet, judge: Judge, passage: EvidencePassage, span: Span) -> int | None:
    """The number of a sentence of the evidence; None where the stored version does not have it."""
    at = passage["doc_id"], passage["version"], passage["start"] + span.start, passage["start"] + span.end
    for one in outlet.citations:
        # What is cited already has been found in the stored version.
        if (one["doc_id"], one["version"], one["start"], one["end"]) == at:
            return int(one["number"])
    if not judge.stands(passage, span):
        return None
    cite = judge.citation(passage, span)
    return None if outlet.shown.blocked([cite]) else outlet.number(cite)


def _told(disagreement: dict[str, Any], newer: bool, citations: list[dict[str, Any]]) -> str:
    first, second = (
        next(f"[{one['number']}] ({one['title']})" for one in citations if one["number"] == number)
        for number in disagreement["citations"]
    )
    goes_before = ", which is newer or current, " if newer else ", "
    return f"Sources differ ({disagreement['why']}): {first}{goes_before}then {second}."


def _answer(
    state: AnswerState,
    claims: list[Claim],
    citations: list[Citation],
    notices: list[str],
    disagreements: list[dict[str, Any]],
    excerpts: list[dict[str, Any]],
) -> Answer:
    if not claims:
        problem = Problem(code="withheld", message="Nothing of the answer passed the output guard.")
        return Answer(status="failed", question=state["asked"], text="", notices=notices, problem=problem)
    return Answer.model_validate(
        {
            "status": "answered",
            "mode": state["mode"],
            "question": state["asked"],
            "text": " ".join(f"{c.text} {''.join(f'[{n}]' for n in c.citations)}" for c in claims),
            "claims": claims,
            "citations": citations,
            "disagreements": disagreements,
            "excerpts": excerpts,
            "notices": notices,
        }
    )
