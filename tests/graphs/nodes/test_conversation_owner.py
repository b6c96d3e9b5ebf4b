"""A thread of a checkpointer of any kind: its earlier turns are read for nobody but who had them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from app.testing.openai_server import Reply, Script, ScriptedModel
from graphs.answer import AnswerGraph, build_answer_graph
from graphs.nodes.conversation_owner import NOT_YOURS, owner_of
from graphs.state import AskContext
from tests.support.graph_parts import chat, corpus, first_sentence

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

THREAD = RunnableConfig(configurable={"thread_id": "t"})
HILDA = AskContext(user="hilda", groups=["hr"])
ANN = AskContext(user="ann", groups=["hr"])
KEY = b"k" * 32


def graph_of(server: ScriptedModel) -> AnswerGraph:
    return build_answer_graph(
        retriever=corpus(),
        model=chat(server),
        extractor=first_sentence(),
        checkpointer=InMemorySaver(),
        seal_key=KEY,
    )


async def ask(graph: AnswerGraph, question: str, context: AskContext) -> dict[str, Any]:
    result = await graph.ainvoke({"question": question}, THREAD, context=context)
    answer: dict[str, Any] = result["answer"]
    return answer


@pytest.mark.parametrize("other", [ANN, AskContext(user="hilda"), AskContext(groups=["hr"])])
async def test_another_is_refused_and_changes_nothing(scripted: Scripted, other: AskContext) -> None:
    server = scripted([Reply(content="What do engineers earn?")])
    graph = graph_of(server)
    await ask(graph, "What do engineers of grade 5 earn?", HILDA)
    before = (await graph.aget_state(THREAD)).values["messages"]
    del server.requests[:]
    answer = await ask(graph, "And of grade 6?", other)
    assert (answer["status"], answer["problem"]["code"]) == ("refused", NOT_YOURS)
    assert server.requests == []
    assert "90,000" not in str(answer)
    assert (await graph.aget_state(THREAD)).values["messages"] == before
    assert (await ask(graph, "And of grade 6?", HILDA))["status"] in ("answered", "abstained")
    assert "grade 5" in str(server.requests)


@pytest.mark.parametrize(
    "owner",
    [
        {},
        {"user": "ann", "groups": ["hr"]},
        {"user": "ann", "groups": ["hr"], "seal": "é"},
        {"user": "ann", "groups": "hr", "seal": ""},
        {**owner_of(KEY, "hilda", ["hr"]), "user": "ann"},
        {**owner_of(KEY, "ann", ["hr", "sales"]), "groups": []},
        owner_of(b"another key", "ann", ["hr"]),
    ],
)
async def test_an_owner_written_from_outside_is_none(scripted: Scripted, owner: dict[str, Any]) -> None:
    server = scripted([Reply(content="What do engineers earn?")])
    graph = graph_of(server)
    await ask(graph, "What do engineers of grade 5 earn?", HILDA)
    del server.requests[:]
    values: Any = {"owner": owner}
    await graph.aupdate_state(THREAD, values, as_node="abstain")
    answer = await ask(graph, "And of grade 6?", ANN)
    assert answer["problem"]["code"] == NOT_YOURS
    assert server.requests == []
