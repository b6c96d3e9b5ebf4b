"""Let judged sentences out: through the output guard, numbered, streamed. What has left is not taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from graphs.citing.language import is_known
from graphs.citing.stance import stance
from graphs.contracts import Claim
from graphs.events import emit
from graphs.judging.shown_words import ShownWords, said_of
from graphs.parts import GuardCheck, GuardFailedError, GuardResult, Parts
from graphs.receipts import Receipt, elapsed_ms, guard_entry, run_entry, with_entry, with_values
from graphs.state import AnswerState, DraftSentence
from graphs.text.visible import same_but_first_case, visible
from graphs.text.words import words

SAME = 0.9
"""Sentences that share less of all their words do not say the same."""

WITHHELD = "(not shown)"
"""Of a reason that the guard lets nothing of."""


class Outlet:
    """What a run has let out so far: the state's ``claims`` and ``citations``, with more at their ends."""

    def __init__(self, parts: Parts, state: AnswerState) -> None:
        self._parts = parts
        self.claims: list[dict[str, Any]] = list(state.get("released") or [])
        self.citations: list[dict[str, Any]] = list(state.get("citations") or [])
        self.notices: list[str] = []
        self.guards: list[dict[str, Any]] = []
        self.shown = ShownWords(parts, state.get("evidence") or [])
        self._receipt = state.get("receipt")
        self._first_ms: float | None = None

    def has_said(self, text: str) -> bool:
        """Whether a sentence that left says the same in the same words."""
        return any(say_the_same(text, claim["text"]) for claim in self.claims)

    async def let_out(self, sentence: DraftSentence) -> bool:
        """Guard, number and stream it; False where the guard withholds it."""
        text, redacted = sentence["text"], False
        if self.shown.asks:
            blocked, text = await asyncio.to_thread(self._shown, text, sentence["cites"])
            if blocked:
                self.notices.append(f"A sentence was withheld: what it cites holds {blocked}.")
                return False
            redacted = text != sentence["text"]
        if self._parts.check_answer is not None:
            result = await _checked(self._parts.check_answer, text)
            self.guards.append(guard_entry(result))
            if result.verdict == "deny" or not result.text.strip():
                self.notices.append(f"A sentence was withheld: {'; '.join(result.reasons)}.")
                return False
            if result.verdict == "modify":
                self.notices += [f"A sentence was changed: {reason}." for reason in result.reasons]
            text, redacted = result.text, redacted or result.redacted
        numbers = list(dict.fromkeys(self.number(cite) for cite in sentence["cites"]))
        checks, cited = await self._beside(sentence["checks"], numbers)
        checks = await self._guarded(checks)
        claim = Claim.model_validate(
            {
                "text": text,
                "verdict": sentence["verdict"],
                "citations": numbers,
                "checks": checks,
                "redacted": redacted,
            }
        ).model_dump()
        if not self.claims:
            self._first_ms = elapsed_ms(self._receipt, self._parts.now())
        self.claims.append(claim)
        emit({"type": "sentence", "number": len(self.claims), "claim": claim, "citations": cited})
        return True

    def _shown(self, text: str, cites: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
        """The kinds for which it is withheld; else none, and the text without what its citations hide."""
        return self.shown.blocked(cites), self.shown.without_hidden(text, cites)

    async def _beside(self, checks: Any, numbers: Sequence[int]) -> tuple[Any, list[dict[str, Any]]]:
        """What leaves with a sentence: what its verdict rests on, and its citations."""
        if not self.shown.asks:
            return checks, self.shown_citations(numbers)
        return await asyncio.to_thread(lambda: (self.shown.told(checks), self.shown_citations(numbers)))

    async def _guarded(self, checks: Mapping[str, Any]) -> dict[str, Any]:
        """The checks, whose reasons name words of documents: without what must not leave."""
        found = dict(checks)
        if self._parts.check_answer is not None and found.get("reasons"):
            results = [await _checked(self._parts.check_answer, reason) for reason in found["reasons"]]
            found["reasons"] = [
                WITHHELD if one.verdict == "deny" else one.text.strip() or WITHHELD for one in results
            ]
        return found

    def shown_citations(self, numbers: Sequence[int] | None = None) -> list[dict[str, Any]]:
        """The citations as they may be shown, all or those of ``numbers``; ``citations`` keep their words."""
        self.shown.read_ahead(text for one in self.citations for text in said_of(one))
        wanted = [one for one in self.citations if numbers is None or one["number"] in numbers]
        return [self.shown.citation(one) for one in wanted]

    def with_guards(self, receipt: Receipt) -> Receipt:
        """The receipt with what the guards saw and did, and when the first sentence left."""
        if self._first_ms is not None:
            receipt = with_values(receipt, sentence_after_ms=self._first_ms)
        for entry in self.guards:
            receipt = with_entry(receipt, "guards", entry)
        if self.shown.runs:
            runs = [run_entry(run) for run in self.shown.runs]
            receipt = with_entry(receipt, "guards", {"guard": "words", "verdict": "modify", "runs": runs})
        return receipt

    def number(self, cite: Mapping[str, Any]) -> int:
        """The number of a citation; the same words are one citation."""
        place = ("doc_id", "version", "start", "end")
        for known in self.citations:
            if all(known[key] == cite[key] for key in place):
                return int(known["number"])
        self.citations.append({"number": len(self.citations) + 1, **cite})
        return len(self.citations)


async def _checked(check: GuardCheck, text: str) -> GuardResult:
    """The guard's result. What it raises must not pass for a failure of the model that is writing."""
    try:
        return await asyncio.to_thread(check, text)
    except GuardFailedError:
        raise
    except Exception as error:
        raise GuardFailedError(f"the output guard failed ({type(error).__name__})") from error


def say_the_same(one: str, other: str) -> bool:
    """Whether two sentences share nearly all their words, and differ in no number, name, mark or small word.

    >>> first = "Customers in Norway may return any of their devices within 30 days of delivery."
    >>> say_the_same(first, first.replace("of their devices", "of devices"))
    True
    >>> [say_the_same(first, first.replace(*other)) for other in (("30", "40"), ("may", "may not"))]
    [False, False]
    """
    mine, theirs = set(words(one)), set(words(other))
    if not (mine or theirs) or len(mine & theirs) < SAME * len(mine | theirs):
        return False
    seen, known = visible(one), visible(other)
    if same_but_first_case(seen, known):
        return True
    apart = set(seen[1:]) ^ set(known[1:])
    telling = any(not token.isalpha() or not token.islower() for token in apart)
    return not telling and is_known(one) and stance(one) == stance(other)
