"""The whole graph: which way it goes, and what comes out at each end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import BaseDocumentCompressor, Document
from langchain_core.language_models import FakeListChatModel
from langchain_core.retrievers import BaseRetriever
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from app.testing.openai_server import Script, ScriptedModel, give_answer
from graphs.answer import build_answer_graph
from graphs.contracts import Answer
from graphs.parts import GuardResult, Limits
from graphs.state import AskContext
from tests.support.graph_parts import (
    HANDBOOK,
    Corpus,
    Shelf,
    ask,
    chat,
    corpus,
    first_sentence,
    gate,
    passage,
    path,
    stored_text,
)
from tools.search_documents import make_search_documents

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

QUESTION = "How long is the warranty of the G2 gateway?"
GOOD = give_answer(
    ("The warranty of the G2 gateway is 24 months.", [1], ["The G2 gateway has a warranty of 24 months."])
)


class Broken(BaseRetriever):
    """Raises what a vector store might, with words that are nobody's business."""

    error: Exception

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun | None = None
    ) -> list[Document]:
        raise self.error


class Slow(BaseRetriever):
    async def _aget_relevant_documents(self, query: str, **_more: Any) -> list[Document]:
        await asyncio.sleep(30)
        return []

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun | None = None
    ) -> list[Document]:
        raise NotImplementedError


def deny(text: str) -> GuardResult:
    return GuardResult("topic", "deny", text, ("not about work",))


def crash(text: str) -> GuardResult:
    raise RuntimeError(f"could not check {text}")


async def test_a_model_answers_with_the_exact_words(scripted: Scripted) -> None:
    graph = build_answer_graph(
        retriever=corpus(), model=chat(scripted([GOOD])), stored_text=stored_text, about={"settings": "abc"}
    )
    answer = await ask(graph, QUESTION)
    assert (answer.status, answer.mode) == ("answered", "model")
    assert answer.text == "The warranty of the G2 gateway is 24 months. [1]"
    assert answer.claims[0].verdict == "verified"
    (citation,) = answer.citations
    assert citation.quote == HANDBOOK[citation.start : citation.end]
    assert citation.quote == "The G2 gateway has a warranty of 24 months."
    assert path(answer) == ["guard", "contextualize", "retrieve", "rerank", "generate", "cite", "release"]
    assert answer.receipt["settings"] == "abc"
    assert answer.receipt["question"] == QUESTION
    assert answer.receipt["model"] == "gpt-test"
    assert answer.receipt["usage"]["gpt-test"]["input_tokens"] == 120


async def test_sentences_of_the_documents_answer_without_a_model() -> None:
    graph = build_answer_graph(retriever=corpus(), extractor=first_sentence(), stored_text=stored_text)
    answer = await ask(graph, QUESTION)
    assert (answer.status, answer.mode) == ("answered", "extractive")
    assert answer.claims[0].text == answer.citations[0].quote == "The G2 gateway has a warranty of 24 months."
    assert answer.notices == []


async def test_the_run_may_ask_for_sentences_though_there_is_a_model(scripted: Scripted) -> None:
    server = scripted([GOOD])
    graph = build_answer_graph(retriever=corpus(), model=chat(server), extractor=first_sentence())
    answer = await ask(graph, QUESTION, context=AskContext(extractive=True))
    assert answer.mode == "extractive"
    assert server.requests == []


async def test_nothing_found_is_looked_for_more_widely_once() -> None:
    found = corpus()
    graph = build_answer_graph(
        retriever=found, extractor=first_sentence(), limits=Limits(top_k=5), stored_text=stored_text
    )
    answer = await ask(graph, "Penguins?")
    assert answer.status == "abstained"
    assert path(answer).count("widen") == 1
    assert path(answer)[-1] == "abstain"
    assert [one["k"] for one in found.asked] == [5, 15]
    assert answer.abstention is not None
    assert answer.abstention.passages_considered == 0
    assert (answer.claims, answer.citations) == ([], [])


async def test_the_gate_says_no(scripted: Scripted) -> None:
    server = scripted([GOOD])
    graph = build_answer_graph(
        retriever=corpus(), model=chat(server), gate=gate(0.4), limits=Limits(gate_model=0.5)
    )
    answer = await ask(graph, QUESTION)
    assert answer.status == "abstained"
    assert answer.abstention is not None
    assert (answer.abstention.score, answer.abstention.needed) == (0.4, 0.5)
    assert answer.abstention.nearest[0].doc_id == "handbook"
    assert server.requests == []
    lenient = await ask(graph, QUESTION, context=AskContext(gate=0.3))
    assert lenient.status == "answered"


async def test_the_model_says_that_it_is_not_answerable(scripted: Scripted) -> None:
    server = scripted([give_answer(not_answerable="the passages name no price.")])
    graph = build_answer_graph(retriever=corpus(), model=chat(server), extractor=first_sentence())
    answer = await ask(graph, "What does the G2 gateway cost?")
    assert answer.status == "abstained"
    assert answer.abstention is not None
    assert answer.abstention.reason == "the model found no answer in the passages"
    assert answer.receipt["model_reason"] == "the passages name no price."
    assert path(answer)[-2:] == ["generate", "abstain"]


async def test_no_sentence_stands_up(scripted: Scripted) -> None:
    server = scripted([give_answer(("The warranty of the G2 gateway is 36 months.", [1], []))])
    answer = await ask(build_answer_graph(retriever=corpus(), model=chat(server)), QUESTION)
    assert answer.status == "abstained"
    assert path(answer)[-5:] == ["cite", "generate", "cite", "generate", "abstain"]
    assert "36" not in answer.text


async def test_where_no_sentence_stands_up_the_documents_speak(scripted: Scripted) -> None:
    server = scripted([give_answer(("The warranty of the G2 gateway is 36 months.", [1], []))])
    graph = build_answer_graph(retriever=corpus(), model=chat(server), extractor=first_sentence())
    answer = await ask(graph, QUESTION)
    assert (answer.status, answer.mode) == ("answered", "extractive")
    assert path(answer)[-5:] == ["generate", "cite", "generate", "cite", "release"]
    assert len(server.requests) == 2
    assert "36" not in answer.text
    assert any("drafted stood up" in notice for notice in answer.notices)


@pytest.mark.parametrize("question", ["", "  \n"])
async def test_an_empty_question_is_refused(question: str) -> None:
    answer = await ask(build_answer_graph(retriever=corpus(), extractor=first_sentence()), question)
    assert answer.status == "refused"
    assert answer.problem is not None
    assert answer.problem.code == "empty-question"
    assert path(answer) == ["guard", "refuse"]


async def test_a_question_that_the_guard_denies_is_refused_before_anything_is_searched() -> None:
    found = corpus()
    graph = build_answer_graph(retriever=found, extractor=first_sentence(), check_question=deny)
    answer = await ask(graph, QUESTION)
    assert answer.status == "refused"
    assert answer.text == "not about work"
    assert found.asked == []


async def test_a_question_is_asked_as_the_guard_mended_it() -> None:
    def mend(text: str) -> GuardResult:
        return GuardResult("privacy", "modify", text.replace("hunter2", "…"))

    found = corpus()
    graph = build_answer_graph(retriever=found, extractor=first_sentence(), check_question=mend)
    result = await graph.ainvoke({"question": f"{QUESTION} hunter2"})
    assert found.asked[0]["query"] == f"{QUESTION} …"
    assert [message.type for message in result["messages"]] == ["human", "ai"]
    assert "hunter2" not in str(result)


@pytest.mark.parametrize(
    ("error", "retryable"),
    [
        (RuntimeError("password is hunter2"), False),
        (ValueError("password is hunter2"), False),
        (json.JSONDecodeError("hunter2", "hunter2", 0), False),
        (ConnectionError("hunter2"), True),
    ],
)
async def test_a_retriever_that_fails_fails_the_answer_without_its_words(
    error: Exception, retryable: bool
) -> None:
    answer = await ask(
        build_answer_graph(retriever=Broken(error=error), extractor=first_sentence()), QUESTION
    )
    assert answer.status == "failed"
    assert answer.problem is not None
    assert (answer.problem.code, answer.problem.retryable) == ("retrieve-failed", retryable)
    assert "hunter2" not in answer.model_dump_json()
    assert answer.receipt["errors"] == [{"node": "retrieve", "error": type(error).__name__}]
    assert path(answer) == ["guard", "contextualize"]


async def test_a_step_that_takes_too_long_is_given_up() -> None:
    graph = build_answer_graph(
        retriever=Slow(), extractor=first_sentence(), limits=Limits(step_timeout_s=0.1)
    )
    async with asyncio.timeout(5):
        answer = await ask(graph, QUESTION)
    assert answer.status == "failed"
    assert answer.problem is not None
    assert (answer.problem.code, answer.problem.retryable) == ("retrieve-timeout", True)


async def test_a_question_guard_that_fails_lets_nothing_in() -> None:
    found = corpus()
    graph = build_answer_graph(retriever=found, extractor=first_sentence(), check_question=crash)
    answer = await ask(graph, QUESTION)
    assert answer.status == "failed"
    assert answer.question == QUESTION
    assert answer.problem is not None
    assert answer.problem.code == "guard-failed"
    assert QUESTION not in answer.problem.message
    assert found.asked == []


async def test_an_answer_guard_that_fails_lets_nothing_out() -> None:
    graph = build_answer_graph(retriever=corpus(), extractor=first_sentence(), check_answer=crash)
    events = [event async for event in graph.astream({"question": QUESTION}, stream_mode="custom")]
    assert not [event for event in events if event["type"] == "sentence"]
    answer = Answer.model_validate(events[-1]["answer"])
    assert (answer.status, answer.text, answer.claims, answer.citations) == ("failed", "", [], [])


async def test_filters_on_a_retriever_that_takes_none_fail_in_so_many_words() -> None:
    graph = build_answer_graph(retriever=Shelf(passages=[passage(HANDBOOK)]), extractor=first_sentence())
    answer = await ask(graph, QUESTION, filters={"version": "2.4"})
    assert answer.status == "failed"
    assert answer.problem is not None
    assert answer.problem.message == "Shelf takes no filters; leave them out, or use one that does"
    assert not answer.problem.retryable
    assert (await ask(graph, QUESTION)).status == "answered"


class Backwards(BaseDocumentCompressor):
    """The last shall be the first; or none, or an error."""

    how: str = "turn"

    def compress_documents(self, documents: Any, query: str, callbacks: Any = None) -> list[Document]:
        if self.how == "fail":
            raise RuntimeError("hunter2")
        return [] if self.how == "drop" else list(documents)[::-1]


@pytest.mark.parametrize(("how", "first"), [("turn", 1), ("fail", 0)])
async def test_the_reranker_orders_the_evidence_and_may_fail(
    how: str, first: int, scripted: Scripted
) -> None:
    server = scripted([GOOD])
    found = Shelf(passages=corpus().passages[:2])
    graph = build_answer_graph(retriever=found, model=chat(server), reranker=Backwards(how=how))
    answer = await ask(graph, QUESTION)
    shown = answer.receipt["rerankings"][0]["evidence"]
    retrieved = answer.receipt["retrievals"][0]["found"]
    assert shown[0] == retrieved[first]
    assert bool(answer.notices) is (how == "fail")
    assert "hunter2" not in answer.model_dump_json()


async def test_evidence_that_the_reranker_dropped_is_no_evidence() -> None:
    graph = build_answer_graph(retriever=corpus(), extractor=first_sentence(), reranker=Backwards(how="drop"))
    answer = await ask(graph, QUESTION)
    assert answer.status == "abstained"
    assert path(answer).count("widen") == 1


async def test_groups_decide_what_is_found() -> None:
    graph = build_answer_graph(retriever=corpus(), extractor=first_sentence(), stored_text=stored_text)
    question = "What do engineers of grade 5 earn?"
    assert (await ask(graph, question)).status == "abstained"
    answer = await ask(graph, question, context=AskContext(groups=["hr"], user="mia"))
    assert answer.status == "answered"
    assert answer.citations[0].doc_id == "pay"
    assert (answer.receipt["user"], answer.receipt["groups"]) == ("mia", ["hr"])


def test_the_graph_shows_the_designed_nodes(scripted: Scripted) -> None:
    found = corpus()
    graph = build_answer_graph(
        retriever=found, model=chat(scripted([GOOD])), tools=[make_search_documents(found)]
    )
    drawn = graph.get_graph()
    # LangGraph adds two of its own: start and end, and the handler that every node fails into.
    assert [name for name in drawn.nodes if not name.startswith("__")] == [
        *("guard", "contextualize", "retrieve", "rerank", "widen", "generate", "cite"),
        *("release", "refuse", "abstain", "search_documents"),
    ]
    edges = {(edge.source, edge.target) for edge in drawn.edges}
    assert {target for source, target in edges if source == "rerank"} == {"generate", "widen", "abstain"}
    assert {target for source, target in edges if source == "cite"} == {"generate", "release", "abstain"}
    assert ("generate", "search_documents") in edges
    assert {source for source, target in edges if target == "__end__"} == {"release", "refuse", "abstain"}


def test_what_goes_in_and_out_is_narrow() -> None:
    graph = build_answer_graph(retriever=corpus(), extractor=first_sentence())
    assert set(graph.get_input_jsonschema()["properties"]) == {"question", "messages", "filters"}
    assert set(graph.get_output_jsonschema()["properties"]) == {"answer", "messages"}
    context = graph.get_context_jsonschema()
    assert context is not None
    assert all(field["description"] for field in context["properties"].values())


def test_somebody_has_to_answer() -> None:
    with pytest.raises(ValueError, match="a model or an extractor"):
        build_answer_graph(retriever=corpus())


async def test_a_model_that_calls_no_tools_answers_in_marked_text() -> None:
    model = FakeListChatModel(responses=["The G2 gateway has a warranty of 24 months [1]."])
    answer = await ask(build_answer_graph(retriever=corpus(), model=model), QUESTION)
    assert (answer.status, answer.mode) == ("answered", "model")
    assert answer.receipt["usage"]["FakeListChatModel"]["calls_without_usage"] == 1


async def test_a_model_that_calls_no_tools_may_decline() -> None:
    model = FakeListChatModel(responses=["NOT IN THE DOCUMENTS"])
    assert (await ask(build_answer_graph(retriever=corpus(), model=model), QUESTION)).status == "abstained"


async def test_the_graph_is_a_node_of_a_hosts_graph() -> None:
    class Host(TypedDict, total=False):
        question: str
        answer: dict[str, Any]
        told: str

    inner = build_answer_graph(retriever=corpus(), extractor=first_sentence())
    host = StateGraph(Host)
    host.add_node("pincite", inner)
    host.add_node("tell", lambda state: {"told": f"It says: {state['answer']['text']}"})
    host.add_edge(START, "pincite")
    host.add_edge("pincite", "tell")
    host.add_edge("tell", END)
    result = await host.compile().ainvoke({"question": QUESTION})
    assert result["told"] == "It says: The G2 gateway has a warranty of 24 months. [1]"


async def test_the_library_of_a_test_keeps_salaries_to_itself() -> None:
    assert isinstance(corpus(), Corpus)
    assert await corpus().ainvoke("Engineers earn?") == []
