"""The sentences of the evidence nearest to the question, for models too small to read passages."""

from __future__ import annotations

from langchain_core.runnables import Runnable, RunnableLambda

from app.extractive.sentence_scores import SentenceScorer
from graphs.parts import AnswerRequest
from graphs.state import DraftSentence
from graphs.text.words import content_words

MOST = 20


def make_best_sentences(scorer: SentenceScorer) -> Runnable[AnswerRequest, list[DraftSentence]]:
    """Sentences as claims that quote themselves, best first, none twice, at most ``MOST``."""

    def best_sentences(request: AnswerRequest) -> list[DraftSentence]:
        found: dict[frozenset[str], DraftSentence] = {}
        for one in scorer.candidates(request.question, request.evidence):
            claim = DraftSentence(text=one.text, sources=[one.source], quotes=list(one.quotes))
            found.setdefault(frozenset(content_words(one.text)), claim)
            if len(found) == MOST:
                break
        return list(found.values())

    return RunnableLambda(best_sentences)
