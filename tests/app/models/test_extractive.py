"""Answers made of the documents' own sentences."""

from __future__ import annotations

import pytest

from app.models.extractive import choose, make_extractor, make_gate
from app.models.sentence_scores import Candidate, SentenceScorer, index_idf
from app.retrieval.embedding_cache import EmbeddingCache
from app.retrieval.minilm_embeddings import MiniLMEmbeddings
from graphs.parts import AnswerRequest
from graphs.state import EvidencePassage


@pytest.fixture(scope="module")
def scorer() -> SentenceScorer:
    return SentenceScorer(EmbeddingCache(MiniLMEmbeddings(threads=1)), index_idf(lambda _word: (1, 100)))


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
        passage("The gateway is grey. Its warranty lasts 36 months. It weighs little."),
        passage("Holidays are 25 days a year."),
    ]
    (claim,) = make_extractor(scorer, 1).invoke(
        AnswerRequest("How long is the gateway's warranty?", evidence)
    )
    assert claim == {
        "text": "Its warranty lasts 36 months.",
        "sources": [1],
        "quotes": ["Its warranty lasts 36 months."],
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


def candidate(text: str, source: int, start: int, score: float) -> Candidate:
    return Candidate(text, (text,), source, start, score)


def test_the_best_passage_comes_first_and_its_sentences_stand_in_their_order() -> None:
    found = [
        candidate("Delta goes fourth today.", 2, 50, 1.0),
        candidate("Alpha goes first somewhere.", 1, 0, 0.95),
        candidate("Gamma stands before delta here.", 2, 10, 0.9),
    ]
    assert [one.start for one in choose(found, 3)] == [10, 50, 0]


def test_nothing_is_said_twice_and_the_far_worse_is_left_out() -> None:
    found = [
        candidate("Returns are free for thirty days.", 1, 0, 1.0),
        candidate("Returns are free for thirty days here.", 2, 0, 0.99),
        candidate("Something else entirely was said.", 3, 0, 0.5),
    ]
    assert len(choose(found, 3)) == 1
