"""Judge drafted sentences against the evidence of a run; those that stand carry their citations."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from graphs.calling.budget import Payer
from graphs.calling.redacted_error import redacted
from graphs.citing.align import Span, idf_weights
from graphs.judging.calculation_inputs import inputs_of
from graphs.judging.claim import Judged, judge
from graphs.judging.places import reading_places
from graphs.judging.reading_rights import ReadingRights, is_its_own_text
from graphs.judging.versions import CitedVersions
from graphs.parts import EntailmentRequest, Parts
from graphs.state import DraftSentence, EvidencePassage

logger = logging.getLogger(__name__)

INPUT_GONE = "rests on a calculation whose inputs can no longer be cited"


def borne_out(sentence: DraftSentence) -> bool:
    """Whether a judged sentence may be let out."""
    return sentence["verdict"] != "unsupported"


class Judge:
    """Judges the sentences of one draft. ``evidence`` and ``question`` are those of the run, ``groups`` those
    of who asks, ``payer`` who pays where a model is asked."""

    def __init__(
        self,
        parts: Parts,
        evidence: Sequence[EvidencePassage],
        question: str,
        groups: Sequence[str],
        payer: Payer | None = None,
    ) -> None:
        self._payer = payer
        self._parts = parts
        self._evidence = evidence
        self._question = question
        self._versions = CitedVersions(parts)
        self._rights = ReadingRights(parts, evidence, groups)
        self._weight = idf_weights(passage["text"] for passage in evidence)

    def read_ahead(self, claims: Sequence[DraftSentence]) -> None:
        """Read the documents that these sentences name, together where that can be done."""
        named = {number for claim in claims for number in claim["sources"]}
        passages = [one for number, one in enumerate(self._evidence, 1) if number in named]
        self._versions.read_ahead((passage["doc_id"], passage["version"]) for passage in passages)

    async def __call__(self, claim: DraftSentence) -> DraftSentence:
        """The sentence, judged; where it is partial and there is an entailment check, by that."""
        judged = await asyncio.to_thread(self._with_inputs, claim)
        probability: float | None = None
        if judged.verdict == "partial" and self._parts.entailment is not None:
            judged, probability = await self._entailed(claim, judged)
        return await asyncio.to_thread(self._sentence, claim, judged, probability)

    def _judged(self, claim: DraftSentence) -> Judged:
        return judge(claim, self._evidence, question=self._question, weight=self._weight, stands=self.stands)

    def _with_inputs(self, claim: DraftSentence) -> Judged:
        """A calculation is no better than what went into it: its inputs are cited too, or nothing is."""
        judged = self._judged(claim)
        known = {_place(*placed) for placed in judged.spans}
        for passage, span in list(judged.spans):
            inputs = inputs_of(passage, span, self._evidence)
            if inputs is None or not all(self.stands(*placed) for placed in inputs):
                return Judged("unsupported", judged.checks, failure=INPUT_GONE)
            judged.spans += [placed for placed in inputs if _place(*placed) not in known]
            known |= {_place(*placed) for placed in inputs}
        return judged

    def stands(self, passage: EvidencePassage, span: Span) -> bool:
        """The passage is in the stored version, character for character, where the citation will name it,
        and who asks may read it."""
        quote = passage["text"][span.start : span.end]
        if not quote or not self._rights.allow(passage):
            return False
        if not self._versions.readable:
            return True
        stored = self._versions.text(passage["doc_id"], passage["version"])
        if stored is None:
            return is_its_own_text(passage)
        # All of it, not the quote alone: the words around a quote count too when a sentence is checked.
        return stored[passage["start"] : passage["end"]] == passage["text"]

    async def _entailed(self, claim: DraftSentence, judged: Judged) -> tuple[Judged, float | None]:
        """A check that fails leaves the claim what it was: partial, and labelled so."""
        assert self._parts.entailment is not None
        span = "\n".join(passage["text"][at.start : at.end] for passage, at in judged.spans)
        try:
            probability = await self._parts.entailment.ainvoke(
                EntailmentRequest(claim["text"], span, self._payer)
            )
        except Exception as error:  # any model may be behind it
            logger.warning("the entailment check failed; its claim stays partial", exc_info=redacted(error))
            reasons = [*judged.checks.reasons, f"the entailment check failed ({type(error).__name__})"]
            return replace_checks(judged, reasons=reasons), None
        limits = self._parts.limits
        if probability >= limits.entailed:
            judged.verdict = "verified"
        elif probability < limits.not_entailed:
            judged.verdict = "unsupported"
            judged.failure = "; ".join(judged.checks.reasons) or "does not follow from its passages"
        return judged, probability

    def _sentence(self, claim: DraftSentence, judged: Judged, probability: float | None) -> DraftSentence:
        checks = asdict(judged.checks)
        if probability is not None:
            checks["entailment"] = round(probability, 4)
        cites = [self.citation(passage, span) for passage, span in judged.spans]
        return {
            **claim,
            "verdict": judged.verdict,
            "failure": judged.failure,
            "checks": checks,
            "cites": cites,
        }

    def citation(self, passage: EvidencePassage, span: Span) -> dict[str, Any]:
        start, end = passage["start"] + span.start, passage["start"] + span.end
        page = self._page(passage, start)
        risk = passage.get("metadata", {}).get("risk")
        return {
            "doc_id": passage["doc_id"],
            "version": passage["version"],
            "start": start,
            "end": end,
            "quote": passage["text"][span.start : span.end],
            "page": page,
            "headings": passage["headings"],
            "uri": passage["uri"],
            "title": passage["title"],
            **({"risk": list(map(str, risk))} if isinstance(risk, list) and risk else {}),
            **reading_places(self._versions, passage, start, end, page),
        }

    def _page(self, passage: EvidencePassage, start: int) -> int | None:
        """The page of the quote; a passage may begin on the one before."""
        if passage["page"] is None:
            return None
        return self._versions.page_at(passage["doc_id"], passage["version"], start) or passage["page"]


def _place(passage: EvidencePassage, span: Span) -> tuple[str, str, int, int]:
    start = passage["start"]
    return passage["doc_id"], passage["version"], start + span.start, start + span.end


def replace_checks(judged: Judged, **changes: Any) -> Judged:
    """``judged`` with other checks."""
    judged.checks = replace(judged.checks, **changes)
    return judged
