from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.messages.content import create_citation, create_text_block

from graphs.drafting.read import read_draft
from graphs.judging.claim import judge
from graphs.passages import to_passage
from tests.support.graph_parts import RETURNS, WARRANTY, passage

EVIDENCE = [to_passage(passage(RETURNS)), to_passage(passage(WARRANTY))]


def cited(text: str, quote: str, **extras: Any) -> AIMessage:
    note = create_citation(cited_text=quote, **extras)
    return AIMessage(content=[create_text_block(text, annotations=[note])])  # type: ignore[list-item]


def test_a_providers_own_citation_names_the_document_it_was_given() -> None:
    message = cited("The refund is paid within 14 days.", "within 14 days", document_index=0)
    assert read_draft(message).claims == [
        {
            "text": "The refund is paid within 14 days.",
            "sources": [1],
            "quotes": ["within 14 days"],
            "by_quote": False,
        }
    ]


def test_without_a_number_the_quoted_words_are_looked_for() -> None:
    (claim,) = read_draft(
        cited("The G2 gateway has a warranty of 24 months.", "warranty of 24 months")
    ).claims
    found = judge(claim, EVIDENCE, question="", weight=lambda _word: 1.0, stands=lambda _p, _s: True)
    assert found.verdict == "verified"
    assert [one["text"] for one, _ in found.spans] == [WARRANTY]


def test_words_that_no_passage_has_support_nothing() -> None:
    (claim,) = read_draft(
        cited("The G2 gateway has a warranty of 24 months.", "warranty of 36 months")
    ).claims
    found = judge(claim, EVIDENCE, question="", weight=lambda _word: 1.0, stands=lambda _p, _s: True)
    assert found.failure == "names no passage"


def test_a_sentence_that_the_provider_did_not_cite_is_not_released() -> None:
    note = create_citation(cited_text="within 14 days")
    blocks = [
        create_text_block("The refund is paid within 14 days.", annotations=[note]),
        create_text_block(" Opened software is not refunded."),
    ]
    _, other = read_draft(AIMessage(content=blocks)).claims  # type: ignore[arg-type]
    found = judge(other, EVIDENCE, question="", weight=lambda _word: 1.0, stands=lambda _p, _s: True)
    assert found.verdict == "unsupported"


def test_a_message_without_citations_is_read_as_before() -> None:
    assert read_draft(AIMessage("Returns are free [2].")).claims[0]["sources"] == [2]
