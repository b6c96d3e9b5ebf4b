"""abstain: say that the documents do not hold the answer, and what came nearest."""

from __future__ import annotations

import asyncio
import difflib
import re

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.contracts import Abstention, Answer, NearestPassage
from graphs.drafting.small_talk import REPLY
from graphs.judging.reading_rights import ReadingRights
from graphs.judging.shown_words import ShownWords
from graphs.nodes.answer_message import told_message
from graphs.nodes.node import Node
from graphs.parts import Parts
from graphs.receipts import Receipt, guard_entry, run_entry, with_entry, with_values
from graphs.state import AnswerState, AskContext, EvidencePassage

NEAREST = 3
EXCERPT_CHARS = 300
NOTHING_ASKED = "nothing was asked"
LIKE = 0.6
"""The likeness (difflib's ratio, its own default) from which a name may be the one that was meant."""

_NAME = re.compile(r"(?<![^\W_])(?:[^\W_]+(?:_[^\W_]+)+|(?=[^\W_]{2})(?=\w*\d)(?=\w*[^\W\d_])[^\W_]+)")
NOT_HELD = "the documents do not seem to hold the answer"


def make_abstain(parts: Parts) -> Node:
    async def abstain(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        near = state["evidence"] or state["retrieved"]
        rights = ReadingRights(parts, near, parts.identify(runtime, config).groups)
        near = await asyncio.to_thread(lambda: [one for one in near if rights.allow(one)])
        assessment = state["assessment"]
        shown = ShownWords(parts, near)
        reason, receipt = _reason(state), state["receipt"]
        if not state["retrieved"] and not state["small_talk"] and parts.nothing_to_search is not None:
            groups = parts.identify(runtime, config).groups
            none = await asyncio.to_thread(parts.nothing_to_search, groups, state["narrowed"])
            reason = none or reason
        reason, searched, notices = await asyncio.to_thread(_told, shown, reason, state)
        if state["model_reason"]:
            receipt = await _with_model_reason(parts, state["model_reason"], receipt)
        abstention = Abstention(
            reason=reason,
            searched=searched,
            filters=state["narrowed"],
            passages_considered=len(state["retrieved"]),
            # Where a name is absent, no score was asked for.
            score=None if state["absent"] else assessment.get("score"),
            needed=None if state["absent"] else assessment.get("needed"),
            nearest=[await _nearest(parts, shown, passage) for passage in near[:NEAREST]],
        )
        text = REPLY if state["small_talk"] else f"I do not know: {abstention.reason}."
        answer = Answer(
            status="abstained",
            question=state["asked"],
            text=text,
            notices=notices,
            abstention=abstention,
        )
        if shown.runs:
            runs = [run_entry(run) for run in shown.runs]
            receipt = with_entry(receipt, "guards", {"guard": "words", "verdict": "modify", "runs": runs})
        return {"answer": answer.model_dump(), "messages": [told_message(text, receipt)], "receipt": receipt}

    return abstain


async def _with_model_reason(parts: Parts, said: str, receipt: Receipt) -> Receipt:
    """With the words of the model, if the output guard lets them: a document may have told it."""
    said = " ".join(said.split())[:EXCERPT_CHARS]
    if parts.check_answer is not None:
        result = await asyncio.to_thread(parts.check_answer, said)
        receipt = with_entry(receipt, "guards", guard_entry(result))
        said = result.text.strip() if result.verdict != "deny" else ""
    return with_values(receipt, model_reason=said) if said else receipt


def _reason(state: AnswerState) -> str:
    if state["small_talk"]:
        return NOTHING_ASKED
    if not state["retrieved"]:
        return "no document that you may read has any of the question's words or meaning"
    if not state["enough"]:
        return _absent(state) if state["absent"] else NOT_HELD
    if state["unanswerable"]:
        return state["unanswerable"]
    return "no sentence of the drafted answer stood up to checking against the documents"


def _absent(state: AnswerState) -> str:
    """Which name is in no document; and the names most like it among what was found."""
    name = state["absent"][0]
    known = {word for passage in state["retrieved"] for word in _NAME.findall(passage["text"])}
    near = difflib.get_close_matches(name, sorted(known - {name}), n=NEAREST, cutoff=LIKE)
    told = f'no document that you may read has the name "{name}"'
    return f"{told}; the nearest names are {', '.join(near)}" if near else told


def _told(shown: ShownWords, reason: str, state: AnswerState) -> tuple[str, list[str], list[str]]:
    """Why, what was searched and what there is to notice, as they may be shown."""
    why, searched, notices = shown.told([reason, list(state["searched"]), list(state["notices"])])
    return why, list(dict.fromkeys(searched)), notices


async def _nearest(parts: Parts, shown: ShownWords, passage: EvidencePassage) -> NearestPassage:
    """What came near, its words as the output guard lets them out: no check of a claim stands before them."""
    words, redacted, blocked = await asyncio.to_thread(
        shown.place, passage["doc_id"], passage["version"], passage["start"], passage["text"][:EXCERPT_CHARS]
    )
    if blocked:
        words = ""
    if parts.check_answer is not None:
        result = await asyncio.to_thread(parts.check_answer, words)
        words = result.text if result.verdict != "deny" else ""
        redacted = redacted or result.redacted
    named, masks = await asyncio.to_thread(shown.named, passage)
    return NearestPassage(
        doc_id=passage["doc_id"],
        version=passage["version"],
        start=passage["start"],
        end=passage["end"],
        title=named["title"],
        uri=named["uri"],
        headings=named["headings"],
        page=passage["page"],
        score=round(float(passage["scores"].get("fused") or 0.0), 4),
        excerpt=words,
        redacted=redacted or masks,
    )
