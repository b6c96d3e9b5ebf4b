"""Tools the model may call: each in its own node, in the scope of who asks, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from langchain_core.documents import Document
from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool, ToolException, tool

from app.testing.openai_server import Reply, Script, ScriptedModel, give_answer
from graphs.answer import build_answer_graph
from graphs.contracts import Answer
from graphs.parts import Limits
from graphs.state import AskContext
from tests.support.graph_parts import (
    SALARIES,
    WARRANTY,
    Shelf,
    ask,
    chat,
    corpus,
    first_sentence,
    harmless,
    passage,
    path,
    stored_text,
)
from tools.search_documents import make_search_documents

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]
Claim = tuple[str, list[int], list[str]]

QUESTION = "How long is the warranty of the G2 gateway?"
WARRANTY_CLAIM: Claim = ("The G2 gateway has a warranty of 24 months.", [1], ["warranty of 24 months"])


def search(query: str, **more: Any) -> Reply:
    return Reply(tool="search_documents", arguments={"query": query, **more})


async def answered(
    server: ScriptedModel, *tools: BaseTool, groups: tuple[str, ...] = (), **parts: Any
) -> Answer:
    graph = build_answer_graph(
        **{
            "retriever": corpus(),
            "model": chat(server),
            "tools": [harmless(one) for one in tools],
            "stored_text": stored_text,
            **parts,
        }
    )
    return await ask(graph, QUESTION, context=AskContext(groups=list(groups)))


async def test_a_search_runs_in_its_own_node_and_adds_to_the_evidence(scripted: Scripted) -> None:
    found = corpus()
    returns = ("Customers may return any device within 30 days of delivery.", [2], ["within 30 days"])
    server = scripted([search("return device"), give_answer(WARRANTY_CLAIM, returns)])
    answer = await answered(server, make_search_documents(found))
    assert answer.status == "answered"
    assert path(answer)[4:7] == ["generate", "search_documents", "generate"]
    assert found.asked == [{"query": "return device", "groups": [], "filters": {}, "k": 4}]
    assert len(answer.claims) == 2
    assert [entry["tool"] for entry in answer.receipt["tools"]] == ["search_documents"]


async def test_numbers_of_earlier_passages_stay(scripted: Scripted) -> None:
    server = scripted([search("warranty return device"), give_answer(WARRANTY_CLAIM)])
    await answered(server, make_search_documents(corpus()))
    before, after = server.prompt(0), server.prompt(1)
    assert before.index("[1] Handbook") < before.index(WARRANTY.strip())
    assert "[2]" not in before.split("Passages:")[1]
    assert after.split("[1] Handbook")[1].split("[2] Handbook")[0].count(WARRANTY.strip()) == 1
    assert after.count(WARRANTY.strip()) == 1


async def test_the_scope_is_the_askers_whatever_the_model_says(scripted: Scripted) -> None:
    found = corpus()
    greedy = search("engineers earn", scope={"groups": ["hr"], "filters": {}}, groups=["hr"])
    server = scripted([greedy, give_answer(WARRANTY_CLAIM)])
    answer = await answered(server, make_search_documents(found), groups=("sales",))
    assert found.asked[0]["groups"] == ["sales"]
    assert "90,000" not in server.prompt(1)
    assert answer.status == "answered"
    offered = next(
        one for one in server.requests[0]["tools"] if one["function"]["name"] == "search_documents"
    )
    assert list(offered["function"]["parameters"]["properties"]) == ["query"]


async def test_groups_and_filters_reach_the_search(scripted: Scripted) -> None:
    found = corpus()
    server = scripted(
        [search("engineers earn"), give_answer(("Engineers of grade 5 earn 90,000 EUR a year.", [2], []))]
    )
    graph = build_answer_graph(
        retriever=corpus(), model=chat(server), tools=[make_search_documents(found)], stored_text=stored_text
    )
    answer = await ask(graph, QUESTION, context=AskContext(groups=["hr"]), filters={"version": ["2.4"]})
    assert found.asked == [
        {"query": "engineers earn", "groups": ["hr"], "filters": {"version": ["2.4"]}, "k": 4}
    ]
    assert answer.citations[0].quote in SALARIES


async def test_rounds_are_bounded(scripted: Scripted) -> None:
    found = corpus()
    server = scripted([search("return device")])
    answer = await answered(server, make_search_documents(found), limits=Limits(max_tool_calls=2))
    assert answer.status == "abstained"
    assert len(found.asked) == 2
    offered = [[one["function"]["name"] for one in request["tools"]] for request in server.requests]
    assert offered == [["search_documents", "give_answer"]] * 2 + [["give_answer"]]


async def test_calls_made_at_once_are_bounded_too(scripted: Scripted) -> None:
    found = corpus()
    many = Reply(
        tool="search_documents",
        arguments={"query": "return 0"},
        also=[("search_documents", {"query": f"return {n}"}) for n in range(1, 6)],
    )
    server = scripted([many, give_answer(WARRANTY_CLAIM)])
    await answered(server, make_search_documents(found), limits=Limits(max_tool_calls=2))
    assert [one["query"] for one in found.asked] == ["return 0", "return 1"]


@tool
def opening_hours(day: str) -> str:
    """When the office is open."""
    return f"The office is open from 9:00 to 17:00 on {day}."


async def test_different_tools_called_at_once_run_one_after_the_other(scripted: Scripted) -> None:
    both = Reply(
        tool="opening_hours",
        arguments={"day": "Monday"},
        also=[("search_documents", {"query": "return device"})],
    )
    answer = await answered(
        scripted([both, give_answer(WARRANTY_CLAIM)]), opening_hours, make_search_documents(corpus())
    )
    assert path(answer)[4:8] == ["generate", "opening_hours", "search_documents", "generate"]


@pytest.mark.parametrize("also", [(), (("search_documents", {"query": "x"}),)])
async def test_a_tool_that_does_not_exist_is_not_run(also: Any, scripted: Scripted) -> None:
    server = scripted([Reply(tool="delete_everything", arguments={}, also=also)])
    answer = await answered(server, make_search_documents(corpus()))
    assert answer.status == "abstained"
    assert "delete_everything" not in answer.text
    assert path(answer)[-2:] == ["generate", "abstain"]


async def test_the_text_of_a_hosts_tool_can_be_cited(scripted: Scripted) -> None:
    claim: Claim = ("The office is open from 9:00 to 17:00 on Monday.", [2], ["9:00 to 17:00"])
    server = scripted([Reply(tool="opening_hours", arguments={"day": "Monday"}), give_answer(claim)])
    answer = await answered(server, opening_hours)
    assert answer.status == "answered"
    (citation,) = answer.citations
    assert citation.doc_id.startswith("tool:opening_hours:")
    assert citation.title == "Result of opening_hours"
    assert citation.quote == claim[0]


def _down(day: str) -> str:
    raise ToolException("The database at 10.0.0.7 is down")


@pytest.mark.parametrize("handled", [False, True])
async def test_a_tool_that_fails_is_noted_and_is_no_evidence(handled: bool, scripted: Scripted) -> None:
    broken = StructuredTool.from_function(
        _down, name="opening_hours", description="Hours.", handle_tool_error=handled
    )
    server = scripted([Reply(tool="opening_hours", arguments={"day": "Monday"}), give_answer(WARRANTY_CLAIM)])
    answer = await answered(server, broken)
    assert answer.status == "answered"
    assert answer.receipt["tools"][0]["failed"] == "ToolException"
    assert "10.0.0.7" not in server.prompt(1)


async def test_arguments_that_do_not_fit_are_a_failed_call(scripted: Scripted) -> None:
    server = scripted([Reply(tool="opening_hours", arguments={"dya": 1}), give_answer(WARRANTY_CLAIM)])
    answer = await answered(server, opening_hours)
    assert answer.status == "answered"
    assert answer.receipt["tools"][0]["failed"] == "ValidationError"


async def test_a_tool_that_takes_no_arguments_runs(scripted: Scripted) -> None:
    @tool
    def motto() -> str:
        """The motto of the firm."""
        return "Words you can point at."

    claim: Claim = ("The motto is: words you can point at.", [2], [])
    answer = await answered(scripted([Reply(tool="motto"), give_answer(claim)]), motto)
    assert answer.citations[0].quote == "Words you can point at."


async def test_a_tool_known_by_its_json_schema_alone_runs(scripted: Scripted) -> None:
    """As tools of MCP servers are."""

    async def run(**given: Any) -> str:
        return f"The office is open on {given['day']}."

    schema = {"type": "object", "properties": {"day": {"type": "string"}}, "required": ["day"]}
    hours = StructuredTool(name="hours", description="Hours.", args_schema=schema, coroutine=run)
    claim: Claim = ("The office is open on Monday.", [2], [])
    answer = await answered(
        scripted([Reply(tool="hours", arguments={"day": "Monday"}), give_answer(claim)]), hours
    )
    assert answer.citations[0].quote == "The office is open on Monday."


async def test_an_argument_called_scope_that_the_model_may_see_is_the_tools_own(scripted: Scripted) -> None:
    seen: list[Any] = []

    @tool
    def visible(scope: str) -> str:
        """Takes a scope of its own."""
        seen.append(scope)
        return "Done."

    @tool
    def hidden(scope: Annotated[Any, InjectedToolArg]) -> str:
        """Is told who asks."""
        seen.append(scope)
        return "Done."

    both = Reply(tool="visible", arguments={"scope": "repo"}, also=[("hidden", {"scope": "all"})])
    await answered(scripted([both, give_answer(WARRANTY_CLAIM)]), visible, hidden, groups=("sales",))
    assert seen == ["repo", {"groups": ["sales"], "filters": {}}]


@pytest.mark.parametrize("name", ["cite", "guard", "give_answer", "opening_hours"])
def test_a_tool_may_not_have_a_name_in_use(name: str, scripted: Scripted) -> None:
    other = StructuredTool.from_function(_down, name=name, description="Hours.")
    with pytest.raises(ValueError, match=name):
        build_answer_graph(retriever=corpus(), model=chat(scripted([Reply()])), tools=[opening_hours, other])


async def test_tools_are_for_models(scripted: Scripted) -> None:
    graph = build_answer_graph(retriever=corpus(), extractor=first_sentence(), tools=[opening_hours])
    assert "opening_hours" not in graph.get_graph().nodes
    assert (await ask(graph, QUESTION)).status == "answered"


async def test_documents_of_a_tool_keep_their_place(scripted: Scripted) -> None:
    def look(query: str) -> tuple[str, list[Document]]:
        return "1 passage", [passage(WARRANTY)]

    shelf = StructuredTool.from_function(
        look, name="look", description="Look.", response_format="content_and_artifact"
    )
    empty = Shelf(passages=[Document("Nothing of use here.", metadata={"source": "x"})])
    claim: Claim = (WARRANTY_CLAIM[0], [2], [])
    server = scripted([Reply(tool="look", arguments={"query": "warranty"}), give_answer(claim)])
    answer = await answered(server, shelf, retriever=empty)
    assert answer.citations[0].doc_id == "handbook"
    assert answer.citations[0].start > 0
