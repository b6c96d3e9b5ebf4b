"""The state of the graph: plain data, begun anew with every question."""

from __future__ import annotations

import json
from typing import Annotated, Any, get_origin

import pytest
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from typing_extensions import get_type_hints

from graphs.answer import answer_graph, build_answer_graph
from graphs.contracts import Claim
from graphs.parts import Parts
from graphs.state import AnswerState, fresh_state
from tests.support.graph_parts import corpus, first_sentence

pytestmark = pytest.mark.anyio


def test_every_field_without_a_channel_of_its_own_starts_empty() -> None:
    hints = get_type_hints(AnswerState, include_extras=True)
    origins: dict[str, Any] = {name: get_origin(hint) for name, hint in hints.items()}
    own = {name for name, origin in origins.items() if origin is Annotated}
    assert own == {"question", "messages", "filters", "owner", "shown"}
    fresh = fresh_state()
    assert set(fresh) == set(hints) - own
    assert not any(fresh.values())
    assert json.loads(json.dumps(fresh)) == fresh


def test_no_two_runs_share_a_list() -> None:
    fresh_state()["notices"].append("of one run")
    assert fresh_state()["notices"] == []


async def test_nothing_of_a_turn_is_left_in_the_next() -> None:
    graph = build_answer_graph(retriever=corpus(), extractor=first_sentence(), checkpointer=InMemorySaver())
    thread: RunnableConfig = {"configurable": {"thread_id": "t"}}
    first = await graph.ainvoke({"question": "Within how many days may a device be returned?"}, thread)
    assert first["answer"]["status"] == "answered"
    await graph.aupdate_state(thread, {"failures": ["left over"], "lost": True, "tool_rounds": 9})
    second = await graph.ainvoke({"question": "Wherefore art thou zzzz?"}, thread)
    assert second["answer"]["status"] == "abstained"
    values = (await graph.aget_state(thread)).values
    assert (values["claims"], values["released"], values["failures"]) == ([], [], [])
    assert (values["lost"], values["tool_rounds"]) == (False, 0)
    assert [type(message) for message in values["messages"]].count(AIMessage) == 2


async def test_a_sentence_has_one_form_from_draft_to_release_and_it_is_plain_json() -> None:
    graph: Any = build_answer_graph(retriever=corpus(), extractor=first_sentence())
    question = {"question": "Within how many days may a device be returned?"}
    steps: dict[str, Any] = {}
    async for update in graph.astream(question, stream_mode="updates"):
        steps |= update
    (drafted,), (judged,) = steps["generate"]["draft"], steps["cite"]["claims"]
    assert set(drafted) == {"text", "sources", "quotes"}
    assert {name: judged[name] for name in drafted} == drafted, "what was drafted is what was judged"
    assert set(judged) - set(drafted) == {"verdict", "failure", "checks", "cites"}
    assert json.loads(json.dumps(judged)) == judged
    (claim,) = steps["release"]["released"]
    assert Claim.model_validate(claim).model_dump() == claim
    assert (claim["text"], claim["verdict"]) == (judged["text"], judged["verdict"])


def test_the_graph_takes_its_parts_in_one_piece_or_by_keyword() -> None:
    parts = Parts(retriever=corpus(), extractor=first_sentence())
    one, other = answer_graph(parts), build_answer_graph(retriever=corpus(), extractor=first_sentence())
    assert set(one.nodes) == set(other.nodes)
    with pytest.raises(ValueError, match="needs somebody to answer"):
        answer_graph(Parts(retriever=corpus()))
