"""What a tool may do is decided before it runs; where a person must see it first, the run waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, StructuredTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from app.testing.openai_server import Reply, Script, ScriptedModel, give_answer
from graphs.answer import AnswerGraph, build_answer_graph
from graphs.contracts import Answer
from graphs.parts import Limits
from graphs.state import AskContext
from tests.support.graph_parts import (
    HANDBOOK,
    SALARIES,
    ask,
    chat,
    corpus,
    path,
    stored_text,
    version_of,
)
from tools.policy.declaration import ToolDeclaration, declare
from tools.search_documents import make_search_documents

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

QUESTION = "How long is the warranty of the G2 gateway?"
WARRANTY_CLAIM = ("The G2 gateway has a warranty of 24 months.", [1], ["warranty of 24 months"])
GOOD = give_answer(WARRANTY_CLAIM)
BOOK = Reply(tool="book", arguments={"what": "a repair"})
ACTS = ToolDeclaration(reads=False, writes=True, sends_out=False, highest="groups")
LOOKS = ToolDeclaration(reads=True, writes=False, sends_out=False, accepts_untrusted=True, highest="groups")
ANN = RunnableConfig(configurable={"thread_id": "ann's"})


class Book:
    """A tool that notes what it was told to do."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def tool(self, declaration: ToolDeclaration | None = ACTS, name: str = "book") -> BaseTool:
        def book(what: str) -> str:
            self.done.append(what)
            return f"Booked {what} under number 7."

        made = StructuredTool.from_function(book, name=name, description="Book something.")
        return declare(made, declaration) if declaration is not None else made


@pytest.fixture
def book() -> Book:
    return Book()


def graph_of(server: ScriptedModel, *tools: BaseTool, **parts: Any) -> AnswerGraph:
    return build_answer_graph(
        **{
            "retriever": corpus(),
            "model": chat(server),
            "tools": tools,
            "stored_text": stored_text,
            "checkpointer": InMemorySaver(),
            **parts,
        }
    )


async def waits(graph: AnswerGraph, context: AskContext | None = None) -> dict[str, Any]:
    """Ask; what a person is asked in the middle of it."""
    given: Any = {"question": QUESTION}
    result = await graph.ainvoke(given, ANN, context=context or AskContext())
    (stopped,) = result["__interrupt__"]
    asked: dict[str, Any] = stopped.value
    return asked


async def resumed(graph: AnswerGraph, decision: Any, context: AskContext | None = None) -> Answer:
    answer: Any = await graph.ainvoke(Command(resume=decision), ANN, context=context or AskContext())
    return Answer.model_validate(answer["answer"])


def decided(kind: str, **more: Any) -> dict[str, Any]:
    return {"decisions": [{"type": kind, **more}]}


async def test_a_call_that_acts_waits_until_a_person_approves_it(book: Book, scripted: Scripted) -> None:
    graph = graph_of(scripted([BOOK, GOOD]), book.tool())
    asked = await waits(graph)
    (request,) = asked["action_requests"]
    assert (request["name"], request["args"]) == ("book", {"what": "a repair"})
    assert asked["review_configs"][0]["allowed_decisions"] == ["approve", "edit", "reject"]
    assert book.done == []
    answer = await resumed(graph, decided("approve"))
    assert book.done == ["a repair"]
    assert answer.status == "answered"
    (entry,) = answer.receipt["tools"]
    assert (entry["decision"], entry["did"], entry["by"]) == ("ask", "approve", "anonymous")
    assert entry["labels"] == {"integrity": "untrusted", "tenants": ["default"], "groups": []}


async def test_a_person_may_say_what_is_done_instead(book: Book, scripted: Scripted) -> None:
    server = scripted([BOOK, GOOD])
    graph = graph_of(server, book.tool())
    await waits(graph)
    edited = {"name": "book", "args": {"what": "a call"}}
    answer = await resumed(graph, decided("edit", edited_action=edited))
    assert book.done == ["a call"]
    assert answer.receipt["tools"][0]["args"] == {"what": "a call"}
    assert "Booked a call under number 7." in server.prompt(1)


@pytest.mark.parametrize(
    "decision",
    [
        decided("reject"),
        decided("respond", message="do it"),
        decided("edit", edited_action={"name": "other", "args": {"what": "x"}}),
        decided("edit", edited_action={"name": "book", "args": "x"}),
        decided("edit", edited_action={"name": "book", "args": {"what": "a" * 200_000}}),
        {"decisions": []},
        {"decisions": [{"type": "approve"}, {"type": "approve"}]},
        "approve",
        True,
        {"type": "approve"},
    ],
)
async def test_what_nobody_clearly_approves_is_not_done(
    decision: Any, book: Book, scripted: Scripted
) -> None:
    graph = graph_of(scripted([BOOK, GOOD]), book.tool())
    await waits(graph)
    answer = await resumed(graph, decision)
    assert book.done == []
    assert answer.status == "answered"
    assert sum("The tool book was not run" in notice for notice in answer.notices) == 1
    assert answer.receipt["tools"][0]["decision"] == "deny"


async def test_one_question_to_a_person_has_all_the_calls_and_each_its_own_answer(
    book: Book, scripted: Scripted
) -> None:
    two = Reply(tool="book", arguments={"what": "one"}, also=[("book", {"what": "two"})])
    graph = graph_of(scripted([two, GOOD]), book.tool())
    asked = await waits(graph)
    assert [one["args"]["what"] for one in asked["action_requests"]] == ["one", "two"]
    await resumed(graph, {"decisions": [{"type": "reject", "message": "no"}, {"type": "approve"}]})
    assert book.done == ["two"]


async def test_where_nobody_can_be_asked_it_is_not_done_and_said_in_one_line(
    book: Book, scripted: Scripted
) -> None:
    server = scripted([BOOK, GOOD])
    answer = await ask(graph_of(server, book.tool(), checkpointer=None), QUESTION)
    assert book.done == []
    assert answer.notices == ["The tool book was not run: nobody was there to approve it."]
    assert path(answer)[4:7] == ["generate", "book", "generate"]


async def test_a_tool_that_declares_nothing_is_asked_about(book: Book, scripted: Scripted) -> None:
    graph = graph_of(scripted([BOOK, GOOD]), book.tool(None))
    await waits(graph)
    assert book.done == []


async def test_nobody_else_can_approve_in_anothers_place(book: Book, scripted: Scripted) -> None:
    graph = graph_of(scripted([BOOK, GOOD]), book.tool())
    await waits(graph, AskContext(user="ann", groups=["sales"]))
    answer = await resumed(graph, decided("approve"), AskContext(user="eve", groups=["sales"]))
    assert answer.problem is not None
    assert answer.problem.code == "state-changed"
    assert book.done == []


async def test_what_was_written_to_the_state_meanwhile_is_not_run(book: Book, scripted: Scripted) -> None:
    graph = graph_of(scripted([BOOK, GOOD]), book.tool())
    await waits(graph)
    call = {"name": "book", "args": {"what": "a bomb"}, "id": "call_1"}
    values: Any = {"tool_calls": [call]}
    await graph.aupdate_state(ANN, values, as_node="generate")
    answer = await resumed(graph, decided("approve"))
    assert book.done == []
    assert answer.status == "failed"


async def test_a_new_question_leaves_a_call_behind_that_waits(book: Book, scripted: Scripted) -> None:
    graph = graph_of(scripted([BOOK, GOOD]), book.tool())
    await waits(graph)
    given: Any = {"question": QUESTION}
    result = await graph.ainvoke(given, ANN, context=AskContext())
    assert result["answer"]["status"] == "answered"
    assert book.done == []


MAILS = ToolDeclaration(reads=False, writes=False, sends_out=True, highest="tenant")
READERS = {("handbook", version_of(HANDBOOK)): (), ("pay", version_of(SALARIES)): ("board", "hr")}


def readers_of(keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[str]]:
    return {key: READERS[key] for key in keys if key in READERS}


async def test_what_some_groups_may_read_is_not_sent_out_whoever_would_approve(
    book: Book, scripted: Scripted
) -> None:
    """What the model saw counts, not what it says it used."""
    look = Reply(tool="search_documents", arguments={"query": "engineers earn"})
    server = scripted([look, BOOK, GOOD])
    graph = graph_of(server, make_search_documents(corpus()), book.tool(MAILS), readers_of=readers_of)
    given: Any = {"question": QUESTION}
    context = AskContext(groups=["hr", "sales"])
    result = await graph.ainvoke(given, ANN, context=context)
    assert "__interrupt__" not in result
    looked, sent = result["answer"]["receipt"]["tools"]
    assert looked["labels"]["groups"] == []
    assert sent["labels"]["groups"] == [["board", "hr"]]
    assert sent["decision"] == "deny"
    assert book.done == []


async def test_what_a_tool_said_is_as_confidential_as_whoever_asks(book: Book, scripted: Scripted) -> None:
    def accounts(name: str) -> str:
        return f"{name} has 5 EUR."

    reads = declare(StructuredTool.from_function(accounts, name="accounts", description="Accounts."), LOOKS)
    server = scripted([Reply(tool="accounts", arguments={"name": "Ann"}), BOOK, GOOD])
    graph = graph_of(server, reads, book.tool(MAILS), readers_of=readers_of)
    given: Any = {"question": QUESTION}
    result = await graph.ainvoke(given, ANN, context=AskContext(groups=["sales"]))
    sent = result["answer"]["receipt"]["tools"][1]
    assert (sent["decision"], sent["labels"]["groups"]) == ("deny", [["sales"]])


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ({"accepts_untrusted": True}, "with no person between"),
        ({"sends": False}, "'sends' is nothing to declare"),
    ],
)
def test_a_graph_is_not_built_with_what_may_never_be(
    metadata: dict[str, Any], why: str, book: Book, scripted: Scripted
) -> None:
    tool = book.tool(None)
    tool.metadata = {"pincite": metadata}
    with pytest.raises(ValueError, match="the tool 'book'") as raised:
        graph_of(scripted([GOOD]), tool)
    assert why in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_node_of_a_tool_shows_what_it_declares(book: Book, scripted: Scripted) -> None:
    node = graph_of(scripted([GOOD]), book.tool()).get_graph().nodes["book"]
    assert node.metadata is not None
    assert node.metadata["pincite"]["writes"] is True


async def test_a_call_ends_at_its_own_time_and_the_answer_does_not(scripted: Scripted) -> None:
    async def forever(what: str) -> str:
        await asyncio.Event().wait()
        return what

    slow = StructuredTool.from_function(coroutine=forever, name="book", description="Book.")
    looks = ToolDeclaration(
        reads=False,
        writes=False,
        sends_out=False,
        accepts_untrusted=True,
        highest="groups",
        timeout_s=0.05,
    )
    answer = await ask(graph_of(scripted([BOOK, GOOD]), declare(slow, looks), checkpointer=None), QUESTION)
    assert answer.status == "answered"
    assert answer.receipt["tools"][0]["failed"] == "TimeoutError"


async def test_the_model_is_told_how_many_calls_are_left_and_what_became_of_them(
    book: Book, scripted: Scripted
) -> None:
    look = Reply(tool="search_documents", arguments={"query": "return device"})
    server = scripted([BOOK, look, GOOD])
    tools = [book.tool(), make_search_documents(corpus())]
    graph = graph_of(server, *tools, checkpointer=None, limits=Limits(max_tool_calls=2))
    answer = await ask(graph, QUESTION)
    assert answer.status == "answered"
    first, second, third = (server.prompt(number) for number in range(3))
    assert "You may call tools 2 more times" in first
    assert "You may call tools 1 more time for" in second
    assert 'book {"what": "a repair"}: not run, nobody was there to approve it' in second
    assert "No more tools can be called" in third
    assert 'search_documents {"query": "return device"}: ' in third
