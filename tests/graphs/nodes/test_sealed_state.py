"""What others write to a thread's state reaches no model, no cache and no reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from app.testing.openai_server import Script, ScriptedModel, give_answer
from graphs.answer import AnswerGraph, build_answer_graph
from graphs.contracts import Answer
from graphs.nodes.sealed_state import sealed
from graphs.parts import Principal
from graphs.state import AskContext, fresh_state
from tests.graphs.test_memory import Notebook
from tests.support.graph_parts import (
    HANDBOOK,
    RETURNS,
    SALARIES,
    STORED,
    Corpus,
    ask,
    chat,
    corpus,
    first_sentence,
    gate,
    passage,
    stored_text,
    version_of,
)

Scripted = Callable[[Script], ScriptedModel]

PAY = "What do engineers of grade 5 earn?"
SECRET = "90,000"
WARRANTY = "How long is the warranty of the G2 gateway?"
READERS = {"handbook": "everyone", "pay": "hr"}
THREAD = RunnableConfig(configurable={"thread_id": "t"})


def may_read(keys: Collection[tuple[str, str]], groups: Sequence[str]) -> Mapping[tuple[str, str], bool]:
    return {key: READERS[key[0]] in ("everyone", *groups) for key in keys if key in STORED}


def graph_of(memory: Notebook | None = None, **parts: Any) -> AnswerGraph:
    given: dict[str, Any] = {
        "retriever": corpus(),
        "extractor": first_sentence(),
        "stored_text": stored_text,
        "may_read": may_read,
        "memory": memory,
        "index_generation": lambda: 1,
        "checkpointer": InMemorySaver(),
        **parts,
    }
    return build_answer_graph(**given)


async def answered(graph: AnswerGraph, given: Any, groups: Sequence[str] = ()) -> Answer:
    result = await graph.ainvoke(given, THREAD, context=AskContext(groups=list(groups)))
    return Answer.model_validate(result["answer"])


def whole_state(**changes: Any) -> dict[str, Any]:
    receipt = {"id": "deadbeef", "groups": ["hr"], "index_generation": 1, "steps": [], "guards": []}
    empty: Any = fresh_state()
    return {**empty, "asked": PAY, "receipt": receipt, "enough": True, "mode": "extractive", **changes}


def evidence_of(text: str, start: int, version: str) -> dict[str, Any]:
    place = {"doc_id": "pay", "version": version, "start": start, "end": start + len(text), "text": text}
    return {**place, "title": "t", "uri": "", "headings": [], "page": None, "scores": {}}


@pytest.mark.anyio
async def test_a_draft_of_somebody_elses_rights_is_not_read() -> None:
    memory = Notebook()
    graph = graph_of(memory)
    known = await ask(graph_of(memory, checkpointer=None), PAY, context=AskContext(groups=["hr"]))
    assert SECRET in known.text
    assert memory.pages
    await answered(graph, {"question": "thanks"})
    await graph.aupdate_state(THREAD, whole_state(), as_node="guard")
    answer = await answered(graph, None)
    assert answer.status == "failed"
    assert answer.problem is not None
    assert answer.problem.code == "state-changed"
    assert SECRET not in answer.model_dump_json()
    # Nor with a state that is sealed: the memory is asked for the groups of who asks.
    assert SECRET not in (await answered(graph, {"question": PAY})).model_dump_json()


@pytest.mark.anyio
async def test_a_draft_that_somebody_wrote_is_neither_given_nor_remembered() -> None:
    memory = Notebook()
    graph = graph_of(memory)
    await answered(graph, {"question": "thanks"})
    words = "Customers may return any device within 30 days of delivery."
    start = HANDBOOK.index(words)
    evidence = {**evidence_of(words, start, version_of(HANDBOOK)), "doc_id": "handbook"}
    draft = [{"text": words, "sources": [1], "quotes": [words]}]
    state = whole_state(standalone=PAY, evidence=[evidence], draft=draft, attempts=0)
    await graph.aupdate_state(THREAD, state, as_node="generate")
    answer = await answered(graph, None)
    assert answer.status == "failed"
    assert words not in answer.model_dump_json()
    assert memory.pages == {}


@pytest.mark.anyio
@pytest.mark.parametrize("version", ["", version_of(SALARIES)[:12], version_of(SALARIES)])
async def test_a_guess_at_a_restricted_document_is_not_told_from_a_wrong_one(version: str) -> None:
    said = []
    for guess in ("Engineers of grade 5 earn 90,000 EUR", "Engineers of grade 5 earn 80,000 EUR"):
        graph = graph_of()
        await answered(graph, {"question": "thanks"})
        evidence = evidence_of(guess, SALARIES.index("Engineers"), version)
        draft = [{"text": guess, "sources": [1], "quotes": [guess]}]
        state = whole_state(standalone=PAY, evidence=[evidence], draft=draft)
        await graph.aupdate_state(THREAD, state, as_node="generate")
        answer = await answered(graph, None)
        said.append((answer.status, answer.text, answer.citations, answer.problem))
    assert said[0] == said[1]
    assert said[0][0] == "failed"


FIELDS = sorted(name for name in fresh_state() if name not in ("answer", "seal"))
OTHER = {
    str: "other",
    bool: True,
    int: 7,
    list: [{"name": "cite"}],
    dict: {"groups": ["hr"]},
    type(None): {"a": 1},
}


@pytest.mark.anyio
@pytest.mark.parametrize("field", FIELDS)
async def test_whatever_field_is_written_nothing_is_answered(field: str) -> None:
    """After a real search: the rest of the state is the graph's own, and its seal with it."""
    graph = graph_of()
    await graph.ainvoke({"question": WARRANTY}, THREAD, interrupt_before=["cite"], context=AskContext())
    known = (await graph.aget_state(THREAD)).values
    other = not known[field] if isinstance(known[field], bool) else OTHER[type(known[field])]
    assert other != known[field]
    values: Any = {field: other}
    await graph.aupdate_state(THREAD, values, as_node="generate")
    answer = await answered(graph, None)
    assert answer.problem is not None
    assert answer.problem.code == "state-changed"


@pytest.mark.anyio
async def test_a_run_that_was_interrupted_goes_on_for_who_asked_and_for_nobody_else() -> None:
    async def begun() -> AnswerGraph:
        graph = graph_of(seal_key=b"k" * 32)
        asked: Any = {"question": PAY}
        await graph.ainvoke(
            asked, THREAD, interrupt_before=["cite"], context=AskContext(groups=["hr"], user="hilda")
        )
        return graph

    resumed = await (await begun()).ainvoke(None, THREAD, context=AskContext(groups=["hr"], user="hilda"))
    assert SECRET in resumed["answer"]["text"]
    for other in (AskContext(), AskContext(groups=["hr"]), AskContext(user="hilda")):
        result = await (await begun()).ainvoke(None, THREAD, context=other)
        assert result["answer"]["problem"]["code"] == "state-changed"
        assert SECRET not in json.dumps(result["answer"])


@pytest.mark.anyio
@pytest.mark.parametrize("node", ["cite", "release"])
async def test_readers_that_change_meanwhile_are_looked_at_once_more(
    node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = graph_of()
    context = AskContext(groups=["hr"])
    await graph.ainvoke({"question": PAY}, THREAD, interrupt_before=[node], context=context)
    monkeypatch.setitem(READERS, "pay", "board")
    answer = await answered(graph, None, ["hr"])
    assert answer.status in ("abstained", "failed")
    assert SECRET not in answer.model_dump_json()


@pytest.mark.anyio
async def test_what_came_near_is_shown_to_those_who_may_still_read_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: Any = {"question": "What do engineers of grade 9 cost the zoo?"}
    graph = graph_of(gate=gate(0.0))
    context = AskContext(groups=["hr"], gate=1.0)
    await graph.ainvoke(asked, THREAD, interrupt_before=["abstain"], context=context)
    assert SECRET in str((await graph.aget_state(THREAD)).values["evidence"])
    monkeypatch.setitem(READERS, "pay", "board")
    answer = await answered(graph, None, ["hr"])
    assert answer.status == "abstained"
    assert SECRET not in answer.model_dump_json()


@pytest.mark.anyio
async def test_a_passage_whose_words_are_not_those_of_its_version_is_not_cited(scripted: Scripted) -> None:
    """The sentence's own words stand where they should; those around them were changed."""
    changed = passage(RETURNS)
    changed.page_content = changed.page_content.replace("Opened software is not", "Opened software is also")
    words = "The refund is paid within 14 days."
    for one, status in ((passage(RETURNS), "answered"), (changed, "abstained")):
        server = scripted([give_answer((words, [1], [words]))] * 2)
        graph = build_answer_graph(
            retriever=Corpus(passages=[one]), model=chat(server), stored_text=stored_text, may_read=may_read
        )
        assert (await ask(graph, "When is the refund paid?")).status == status


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    field=st.sampled_from(FIELDS),
    one=JSON,
    other=JSON,
    groups=st.lists(st.text(), max_size=3),
)
def test_a_seal_is_of_one_state_and_one_asker(field: str, one: Any, other: Any, groups: list[str]) -> None:
    who = Principal("ann", tuple(groups))
    seal = sealed(b"key", {field: one}, who)
    assert seal == sealed(b"key", {field: one, "seal": "x", "messages": ["y"]}, who)
    assert (seal == sealed(b"key", {field: other}, who)) == (json.dumps(one) == json.dumps(other))
    assert seal != sealed(b"key", {field: one}, Principal("bob", tuple(groups)))
    assert seal != sealed(b"key", {field: one}, Principal("ann", (*groups, "one more\0")))
    assert seal != sealed(b"yek", {field: one}, who)
