"""Answer without a model: the sentences of the evidence that answer best, verbatim."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.runnables import Runnable, RunnableLambda

from app.models.sentence_scores import Candidate, SentenceScorer
from graphs.citing.words import content_words
from graphs.parts import AnswerRequest
from graphs.state import DraftClaimData

CLOSE_TO_BEST = 0.85
"""Sentences that score at least this share of the best one are part of the answer (measured)."""

SAME = 0.75
"""Two sentences that share this much of their words say the same."""


def make_gate(scorer: SentenceScorer) -> Runnable[AnswerRequest, float]:
    """Answerability of a question: the score of the sentence that answers it best, 0 without any."""

    def evidence_gate(request: AnswerRequest) -> float:
        found = scorer.candidates(request.question, request.evidence)
        return round(found[0].score, 4) if found else 0.0

    return RunnableLambda(evidence_gate)


def make_extractor(
    scorer: SentenceScorer, max_sentences: int
) -> Runnable[AnswerRequest, list[DraftClaimData]]:
    """Draft claims that are sentences of the evidence, each quoting itself."""

    def extractive_answer(request: AnswerRequest) -> list[DraftClaimData]:
        chosen = choose(scorer.candidates(request.question, request.evidence), max_sentences)
        return [
            DraftClaimData(text=one.text, sources=[one.source], quotes=list(one.quotes)) for one in chosen
        ]

    return RunnableLambda(extractive_answer)


def choose(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """At most ``most`` candidates near the best, none said twice, in an order that reads well.

    The passage of the best sentence comes first; within a passage sentences stand as in the document.
    """
    chosen: list[Candidate] = []
    for candidate in candidates:
        if len(chosen) == most or candidate.score < CLOSE_TO_BEST * candidates[0].score:
            break
        if not any(_same(candidate.text, other.text) for other in chosen):
            chosen.append(candidate)
    order = list(dict.fromkeys(candidate.source for candidate in chosen))
    return sorted(chosen, key=lambda candidate: (order.index(candidate.source), candidate.start))


def _same(first: str, second: str) -> bool:
    one, two = set(content_words(first)), set(content_words(second))
    return len(one & two) >= SAME * min(len(one), len(two))
