"""What a conversation was shown before comes first, in the same order, and nothing that is not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from app.testing.openai_server import Script, ScriptedModel, give_answer
from graphs.answer import build_answer_graph
from graphs.drafting.evidence_order import as_before
from graphs.passages import passage_id
from graphs.state import AskContext, EvidencePassage
from tests.support.graph_parts import chat, corpus, first_sentence


def passages(names: str) -> list[EvidencePassage]:
    return [
        EvidencePassage(
            doc_id=name, version="v", start=0, end=1, text=name, title=name, uri=name, headings=[], page=None,
            scores={},
        )
        for name in names
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ranked", "shown", "order"),
    [
        ("abc", "", "abc"),
        ("dcba", "abc", "abcd"),
        ("dba", "abc", "abd"),
        # Behind a passage that is gone nothing is alike any more, so ranks stand.
        ("dcb", "abc", "dcb"),
        ("ab", "xyz", "ab"),
        ("", "abc", ""),
    ],
)
def test_the_beginning_that_is_still_there_comes_first(ranked: str, shown: str, order: str) -> None:
    before = [passage_id(one) for one in passages(shown)]
    assert "".join(one["doc_id"] for one in as_before(passages(ranked), before)) == order


@pytest.mark.anyio
async def test_a_follow_up_begins_as_the_question_before(
    scripted: Callable[[Script], ScriptedModel],
) -> None:
    battery = ("Its batteries are covered for 6 months.", [1], ["covered for 6 months"])
    server = scripted([give_answer(battery)])
    graph = build_answer_graph(
        retriever=corpus(),
        model=chat(server),
        extractor=first_sentence(),
        checkpointer=InMemorySaver(),
        index_generation=lambda: 1,
        second_reader=False,
    )
    thread: RunnableConfig = {"configurable": {"thread_id": "t"}}
    for question in ("How long is the warranty of the G2 gateway?", "What are its batteries covered for?"):
        await graph.ainvoke({"question": question}, thread, context=AskContext())
    drafts = [
        one for one in (server.prompt(number) for number in range(len(server.requests))) if "<passage " in one
    ]
    assert len(drafts) == 2
    first, second = drafts
    block = first.partition("</passage ")[0]
    assert second.startswith(block)
