"""cite: find the exact words behind each drafted sentence, and judge it."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Sequence
from typing import cast

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.calling.chains import Chain
from graphs.drafting.second_reader import OpenSentence, read_again
from graphs.judging.judge import Judge, borne_out
from graphs.judging.open_sentences import is_open, read_as
from graphs.judging.released_sentences import Outlet
from graphs.limits import DRAFTS
from graphs.nodes.node import Node
from graphs.parts import Parts, Principal, ask_context, payer_of
from graphs.receipts import Receipt, model_seconds, with_entry
from graphs.state import AnswerState, AskContext, DraftSentence


def make_cite(parts: Parts) -> Node:
    async def cite(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        who = parts.identify(runtime, config)
        payer = payer_of(who, state["receipt"])
        judge = Judge(parts, state["evidence"], state["standalone"], who.groups, payer)
        outlet = Outlet(parts, state)
        # Sentences that were complete before the draft was, judged and perhaps let out already.
        early = {one["text"]: one for one in state["early"]}
        judged: list[DraftSentence] = []
        await asyncio.to_thread(judge.read_ahead, [one for one in state["draft"] if one["text"] not in early])
        for claim in state["draft"]:
            if claim["text"] in early:
                judged.append(early[claim["text"]])
            elif not outlet.has_said(claim["text"]):
                judged.append(await judge(claim))
        chain = parts.chain(ask_context(runtime)) if state["mode"] != "extractive" else ()
        # What has left is not taken back, so it is not read again either.
        seconds = parts.deadline_s(ask_context(runtime))
        judged, receipt = await _read_again(parts, chain, judged, early, state["receipt"], who, seconds)
        waiting = [one for one in judged if borne_out(one) and one["text"] not in early]
        failures = [f'"{one["text"]}" {one["failure"]}' for one in judged if not borne_out(one)]
        # By number, without words: what a sentence said has not passed the output guard here.
        verdicts = [
            {"sentence": number, "verdict": one["verdict"], "failure": one["failure"], **one["checks"]}
            for number, one in enumerate(judged, 1)
        ]
        attempts = state["attempts"] + 1
        last = state["mode"] == "extractive" or attempts >= DRAFTS
        # A draft is worth mending that lost its first sentence or half of them; in the end what stands is
        # given. What the output guard withheld is not asked for again.
        lost = not outlet.claims and not any(map(borne_out, judged))
        if not last and judged:
            lost = lost or not borne_out(judged[0]) or 2 * len(failures) > len(judged)
        return {
            "draft": [{**one, **_reading(one, judged)} for one in state["draft"]],
            "claims": waiting,
            "failures": failures,
            "lost": lost,
            "early": [],
            "attempts": attempts,
            "notices": [*state["notices"], *([_left_out(len(failures))] if failures and not lost else [])],
            "receipt": with_entry(receipt, "citings", verdicts),
        }

    return cite


async def _read_again(
    parts: Parts,
    chain: Chain,
    judged: list[DraftSentence],
    early: Container[str],
    receipt: Receipt,
    who: Principal,
    deadline_s: float,
) -> tuple[list[DraftSentence], Receipt]:
    """The sentences as a second reader leaves those that are open; as they are where nobody reads them."""
    judged = [read_as(one, **one["reading"]) if "reading" in one and is_open(one) else one for one in judged]
    places = [
        at
        for at, one in enumerate(judged)
        if is_open(one) and "reading" not in one and one["text"] not in early
    ]
    if not (parts.second_reader and chain and places):
        return judged, receipt
    begun = parts.clock()
    spent = model_seconds(receipt)
    asked = [
        OpenSentence(judged[at]["text"], [cite["quote"] for cite in judged[at]["cites"]]) for at in places
    ]
    found, receipt = await read_again(
        parts, chain, asked, receipt, lambda: deadline_s - spent - (parts.clock() - begun), who
    )
    read = {places[at]: read_as(judged[places[at]], one.finding, one.words) for at, one in found.items()}
    return [read.get(at, one) for at, one in enumerate(judged)], receipt


def _reading(drafted: DraftSentence, judged: Sequence[DraftSentence]) -> DraftSentence:
    """The reading of a drafted sentence, as its part of the draft."""
    found = next(
        (one["reading"] for one in judged if one["text"] == drafted["text"] and "reading" in one), None
    )
    return cast(DraftSentence, {"reading": found} if found else {})


def after_cite(state: AnswerState) -> str:
    """release; to generate when a model's draft lost its point, in the end for what the documents say; or
    abstain."""
    if not state["lost"]:
        return "release"
    return "abstain" if state["mode"] == "extractive" else "generate"


def _left_out(sentences: int) -> str:
    if sentences == 1:
        return "A sentence of the draft was left out: the documents do not bear it out."
    return f"{sentences} sentences of the draft were left out: the documents do not bear them out."
