"""cite: find the exact words behind each drafted sentence, and judge it."""

from __future__ import annotations

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.judging.judge import Judge, borne_out
from graphs.judging.let_out import Outlet
from graphs.nodes.step import Node
from graphs.parts import Parts
from graphs.receipts import with_entry
from graphs.state import AnswerState, AskContext, DraftSentence

MAX_ATTEMPTS = 2
"""A draft that lost its point is asked for once more, no oftener."""


def make_cite(parts: Parts) -> Node:
    async def cite(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        judge = Judge(parts, state["evidence"], state["standalone"])
        outlet = Outlet(parts, state)
        # Sentences that were complete before the draft was, judged and perhaps let out already.
        early = {one["text"]: one for one in state["early"]}
        judged: list[DraftSentence] = []
        waiting: list[DraftSentence] = []
        for claim in state["draft"]:
            if claim["text"] in early:
                judged.append(early[claim["text"]])
            elif not outlet.has_said(claim["text"]):
                judged.append(await judge(claim))
                if borne_out(judged[-1]):
                    waiting.append(judged[-1])
        failures = [f'"{one["text"]}" {one["failure"]}' for one in judged if not borne_out(one)]
        # By number, without words: what a sentence said has not passed the output guard here.
        verdicts = [
            {"sentence": number, "verdict": one["verdict"], "failure": one["failure"], **one["checks"]}
            for number, one in enumerate(judged, 1)
        ]
        attempts = state["attempts"] + 1
        last = state["mode"] == "extractive" or attempts >= MAX_ATTEMPTS
        # The point is lost with the first sentence; a draft is worth mending when half of it falls, too. What
        # a reader has been given stands in any case; what the output guard withheld is not asked for again.
        lost = not outlet.claims and not any(map(borne_out, judged))
        lost = lost or bool(judged and not borne_out(judged[0]) and not (last and outlet.claims))
        lost = lost or (not last and 2 * len(failures) > len(judged))
        return {
            "claims": waiting,
            "failures": failures,
            "lost": lost,
            "early": [],
            "attempts": attempts,
            "notices": [*state["notices"], *([_left_out(len(failures))] if failures and not lost else [])],
            "receipt": with_entry(state["receipt"], "citings", verdicts),
        }

    return cite


def after_cite(state: AnswerState) -> str:
    """release; or once more to generate when a model's draft lost its point; or abstain."""
    if not state["lost"]:
        return "release"
    if state["mode"] != "extractive" and state["attempts"] < MAX_ATTEMPTS:
        return "generate"
    return "abstain"


def _left_out(sentences: int) -> str:
    if sentences == 1:
        return "A sentence of the draft was left out: the documents do not bear it out."
    return f"{sentences} sentences of the draft were left out: the documents do not bear them out."
