"""Answers made of the documents' own sentences."""

from __future__ import annotations

from typing import Any

import pytest

from app.extractive.answerer import make_extractor, make_gate
from app.extractive.sentence_scores import SentenceScorer
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.word_weights import index_weights
from graphs.parts import AnswerRequest
from graphs.state import EvidencePassage


@pytest.fixture(scope="module")
def scorer() -> SentenceScorer:
    weigh = index_weights(lambda words: (dict.fromkeys(words, 1), 100))
    return SentenceScorer(EmbeddingCache(MiniLMEmbeddings(threads=1)), weigh)


def passage(text: str, title: str = "Guide", headings: tuple[str, ...] = ()) -> EvidencePassage:
    return EvidencePassage(
        doc_id=title,
        version="v",
        start=0,
        end=len(text),
        text=text,
        title=title,
        uri="",
        headings=list(headings),
        page=None,
        scores={},
    )


def test_the_sentence_that_answers_is_chosen_and_quotes_itself(scorer: SentenceScorer) -> None:
    evidence = [
        passage("The gateway is grey.\n\nThe warranty lasts 36 months. Paint is not covered."),
        passage("Holidays are 25 days a year."),
    ]
    (claim,) = make_extractor(scorer, 1).invoke(
        AnswerRequest("How long is the gateway's warranty?", evidence)
    )
    assert claim == {
        "text": "The warranty lasts 36 months.",
        "sources": [1],
        "quotes": ["The warranty lasts 36 months."],
        "at": 22,
    }


def test_a_table_row_reads_with_its_header_and_quotes_both(scorer: SentenceScorer) -> None:
    table = "| Plan | Price |\n|---|---|\n| Starter | 4 EUR |\n| Team | 6 EUR |"
    claims = make_extractor(scorer, 1).invoke(
        AnswerRequest("What does the Team plan cost?", [passage(table)])
    )
    assert claims[0]["text"] == "Plan: Team; Price: 6 EUR"
    assert claims[0]["quotes"] == ["| Plan | Price |", "| Team | 6 EUR |"]


def test_rows_of_a_table_that_began_earlier_take_their_columns_from_the_heading(
    scorer: SentenceScorer,
) -> None:
    evidence = [passage("Team\t6 EUR", headings=("Prices", "Columns: Plan | Price"))]
    (claim,) = make_extractor(scorer, 1).invoke(AnswerRequest("What does the Team plan cost?", evidence))
    assert claim["text"] == "Plan: Team; Price: 6 EUR"
    assert claim["quotes"] == ["Team\t6 EUR"]


def test_a_list_goes_with_the_sentence_that_introduces_it(scorer: SentenceScorer) -> None:
    text = "# Files\n\nAn upload has several advantages:\n\n* It is kept on disk.\n* Its name is known.\n"
    (claim,) = make_extractor(scorer, 1).invoke(
        AnswerRequest("What advantages has an upload?", [passage(text)])
    )
    assert claim["text"] == "An upload has several advantages: It is kept on disk; Its name is known."
    assert claim["quotes"][0] in text


@pytest.mark.parametrize("text", ["# Only a heading", "What is it?", "Short.", "```\ncode = 1\n```"])
def test_what_says_nothing_is_no_answer(scorer: SentenceScorer, text: str) -> None:
    request = AnswerRequest("What is the code for this heading?", [passage(text)])
    assert make_extractor(scorer, 3).invoke(request) == []
    assert make_gate(scorer).invoke(request) == 0.0


def test_the_gate_tells_an_answer_from_a_neighbour(scorer: SentenceScorer) -> None:
    evidence = [passage("The warranty of a gateway lasts 36 months from delivery.")]
    gate = make_gate(scorer)
    asked = gate.invoke(AnswerRequest("How long does the warranty of a gateway last?", evidence))
    other = gate.invoke(AnswerRequest("Who painted the ceiling of the chapel?", evidence))
    assert asked > 0.8 > 0.4 > other


def test_the_kind_of_thing_that_is_asked_for_decides_between_neighbours(scorer: SentenceScorer) -> None:
    text = "The lamp was repaired in Ghent.\n\nThe lamp was repaired in May 2024."
    asked = {"When was the lamp repaired?": "2024", "Where was the lamp repaired?": "Ghent"}
    for question, word in asked.items():
        claims = make_extractor(scorer, 1).invoke(AnswerRequest(question, [passage(text)]))
        assert word in claims[0]["text"]


def test_gate_and_extractor_score_the_same_evidence_once(
    scorer: SentenceScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Any] = []
    kept = SentenceScorer._scored

    def noted(*given: Any) -> Any:
        looks.append(given)
        return kept(*given)

    monkeypatch.setattr(SentenceScorer, "_scored", noted)
    evidence = [passage("A lamp weighs 40 g.")]
    request = AnswerRequest("How heavy is a lamp, please?", evidence)
    score = make_gate(scorer).invoke(request)
    (claim,) = make_extractor(scorer, 1).invoke(request)
    assert len(looks) == 1
    assert claim["text"] == "A lamp weighs 40 g."
    changed = AnswerRequest(request.question, [passage("A lamp weighs 50 g.")])
    assert make_extractor(scorer, 1).invoke(changed)[0]["text"] == "A lamp weighs 50 g."
    assert score > 0
    assert len(looks) == 2
