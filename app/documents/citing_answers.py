"""Stored answers that cite a document, and whether their words still stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.answers.files import GivenAnswer
from app.answers.find_again import State
from app.answers.verification import FINE, verify_answers
from app.corpus import Corpus
from app.documents.readable import DocumentRequestError, readable_document
from app.registry.requester import Requester

MOST_ANSWERS = 500


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A citation of the document, and what became of its words (``app.answers.find_again``)."""

    number: int
    version: str
    start: int
    end: int
    quote: str
    state: State


@dataclass(frozen=True, slots=True)
class CitingAnswer:
    """``stands``: all that it cites of the document is there, be it moved."""

    id: str
    asked_at: str
    question: str
    places: Sequence[CitedPlace]

    @property
    def stands(self) -> bool:
        return all(one.state in FINE for one in self.places)


def citing_answers(corpus: Corpus, requester: Requester, doc_id: str, limit: int = 100) -> list[CitingAnswer]:
    """Whoever asks sees their own answers, newest first; an operator everybody's.

    Raises:
        NoSuchDocumentError: there is no such document that may be read. DocumentRequestError: the limit.
    """
    if not 1 <= limit <= MOST_ANSWERS:
        raise DocumentRequestError(f"1 to {MOST_ANSWERS} answers can be asked for")
    readable_document(corpus.registry, requester, doc_id)
    user = None if requester.operator else requester.user
    found = [GivenAnswer.model_validate(one) for one in corpus.answers.citing(doc_id, user, limit)]
    return [
        CitingAnswer(
            report.answer.id,
            report.answer.asked_at,
            report.answer.question,
            [
                CitedPlace(
                    one.citation.number,
                    one.citation.version,
                    one.citation.start,
                    one.citation.end,
                    one.citation.quote,
                    one.state,
                )
                for one in report.citations
            ],
        )
        for report in verify_answers(corpus.registry, found)
    ]
