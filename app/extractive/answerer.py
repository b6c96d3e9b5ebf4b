"""Answer without a model: the sentences of the evidence that answer best, verbatim."""

from __future__ import annotations

from langchain_core.runnables import Runnable, RunnableLambda

from app.extractive.choose import choose
from app.extractive.sentence_scores import SentenceScorer
from graphs.parts import AnswerRequest
from graphs.state import DraftSentence


def make_gate(scorer: SentenceScorer) -> Runnable[AnswerRequest, float]:
    """Answerability of a question: the score of the sentence that answers it best, 0 without any."""

    def evidence_gate(request: AnswerRequest) -> float:
        found = scorer.candidates(request.question, request.evidence)
        return round(found[0].score, 4) if found else 0.0

    return RunnableLambda(evidence_gate)


def make_extractor(
    scorer: SentenceScorer, max_sentences: int
) -> Runnable[AnswerRequest, list[DraftSentence]]:
    """Draft claims that are sentences of the evidence, each quoting itself."""

    def extractive_answer(request: AnswerRequest) -> list[DraftSentence]:
        found = scorer.candidates(request.question, request.evidence)
        chosen = choose(request.question, found, request.evidence, max_sentences)
        return [
            DraftSentence(text=one.text, sources=[one.source], quotes=list(one.quotes), at=one.start)
            for one in chosen
        ]

    return RunnableLambda(extractive_answer)
