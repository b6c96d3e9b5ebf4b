"""Whatever documents hold and a model writes: what is released is cited, and the cited words are there."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document

from app.testing.scripted_chat import Fixed, ScriptedChat
from graphs.answer import build_answer_graph
from graphs.contracts import Answer
from tests.support.graph_parts import version_of

PIECES = st.sampled_from(
    [
        "# Returns\n\n",
        "Customers may return any device within 30 days of delivery. ",
        "The refund is paid within 14 days. ",
        "Opened software is not refunded.\n\n",
        "- Keep the box.\n",
        "| Plan | Price |\n|---|---|\n| Team | 49 EUR |\n| Firm | 99 EUR |\n",
        "The G2 gateway has a warranty of 24 months. ",
        "Its batteries are covered for 6 months.\n",
        "Größe: 12,5 cm — “quoted”. ",
        "日本語の文。次の文。",
        "`code` and **bold** and \u200binvisible ",
        "```\nx = 1\n```\n",
        "\n\n",
        "e.g. No. 7, p. 12. ",
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=8).map("".join)
WILD = st.one_of(st.text(max_size=60), TEXTS)


@st.composite
def runs(draw: st.DrawFn) -> tuple[list[str], list[dict[str, Any]]]:
    """Documents, and a draft over them: true and false sentences, real and invented sources and quotes."""
    texts = draw(st.lists(TEXTS, min_size=1, max_size=3))
    words = " ".join(texts).split() or ["x"]
    run = st.builds(
        lambda start, length: " ".join(words[start : start + length]),
        st.integers(0, len(words) - 1),
        st.integers(1, 14),
    )
    claim = st.fixed_dictionaries(
        {
            "text": st.one_of(run, WILD),
            "sources": st.lists(st.integers(-1, len(texts) + 2), max_size=3),
            "quotes": st.lists(st.one_of(run, WILD), max_size=2),
        }
    )
    return texts, draw(st.lists(claim, max_size=4))


@settings(max_examples=120, deadline=None)
@given(runs())
def test_every_released_sentence_is_cited_word_for_word(
    given: tuple[list[str], list[dict[str, Any]]],
) -> None:
    texts, drafted = given
    stored = {f"d{n}": f"Before. {text} After." for n, text in enumerate(texts)}
    shelf = Fixed(
        documents=[
            Document(
                text,
                metadata={
                    "doc_id": f"d{n}",
                    "version": version_of(stored[f"d{n}"]),
                    "start": len("Before. "),
                    "end": len("Before. ") + len(text),
                },
            )
            for n, text in enumerate(texts)
        ]
    )
    graph = build_answer_graph(
        retriever=shelf, model=ScriptedChat(claims=drafted), stored_text=lambda doc_id, _v: stored[doc_id]
    )
    answer = Answer.model_validate(asyncio.run(graph.ainvoke({"question": "What is said?"}))["answer"])
    assert answer.status in ("answered", "abstained")
    by_number = {citation.number: citation for citation in answer.citations}
    for citation in answer.citations:
        text = stored[citation.doc_id]
        assert citation.version == version_of(text)
        assert text[citation.start : citation.end] == citation.quote
        assert citation.quote.strip()
    for claim in answer.claims:
        assert claim.citations
        assert set(claim.citations) <= set(by_number)
        # A sentence with a number that no passage has is never released for the sake of its other numbers.
        named = [one["sources"] for one in drafted if claim.text in one["text"] or one["text"] in claim.text]
        assert any(sources and all(1 <= n <= len(texts) for n in sources) for sources in named)
        shown = {f"d{n - 1}" for sources in named for n in sources}
        assert {by_number[number].doc_id for number in claim.citations} <= shown
    if answer.status == "abstained":
        assert not answer.claims
