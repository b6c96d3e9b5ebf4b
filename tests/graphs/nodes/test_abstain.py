from __future__ import annotations

import pytest

from graphs.answer import build_answer_graph
from graphs.drafting.small_talk import REPLY
from tests.support.graph_parts import ask, corpus, first_sentence, path, said, stored_text

pytestmark = pytest.mark.anyio

BEFORE = ("Is opened software refunded?", "Opened software is not refunded. [1]")


async def test_a_thank_you_is_answered_in_our_words_and_searches_nothing() -> None:
    found = corpus()
    graph = build_answer_graph(retriever=found, extractor=first_sentence(), stored_text=stored_text)
    answer = await ask(graph, "Thanks, that helps!", messages=said(*BEFORE))
    assert (answer.status, answer.text) == ("abstained", REPLY)
    assert answer.abstention is not None
    assert (answer.abstention.reason, answer.abstention.searched) == ("nothing was asked", [])
    assert found.asked == []
    assert path(answer) == ["guard", "abstain"]


async def test_the_thread_goes_on_after_it() -> None:
    found = corpus()
    graph = build_answer_graph(retriever=found, extractor=first_sentence(), stored_text=stored_text)
    messages = said("What is the warranty of the G2 gateway?", "24 months.", "thanks", REPLY)
    await ask(graph, "And of its batteries?", messages=messages)
    (asked,) = {one["query"] for one in found.asked} - {"And of its batteries?"}
    assert asked == "What is the warranty of the G2 gateway? And of its batteries?"
