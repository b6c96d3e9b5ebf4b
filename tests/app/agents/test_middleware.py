"""Agents of others, built with ``create_agent``: what their tools did not say does not leave unmarked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool

from app.agents.middleware import CHECKED, NOTHING_STANDS, OnFailure, PinciteMiddleware
from app.testing.openai_server import Reply, Script, ScriptedModel
from tests.support.graph_parts import chat

Scripted = Callable[[Script], ScriptedModel]

TRUE = "Shipping to Norway is free."
FALSE = "Shipping to Sweden costs 9 EUR."
CALLS = Reply(tool="find_shipping", arguments={"country": "Norway"})


@tool
def find_shipping(country: str) -> str:
    """What shipping costs."""
    return f"Shipping to {country} is free. Shipping to Sweden costs 5 EUR."


def answered(model: ScriptedModel, on_failure: OnFailure, **options: Any) -> AIMessage:
    agent = create_agent(chat(model), [find_shipping], middleware=[PinciteMiddleware(on_failure, **options)])
    result = agent.invoke({"messages": [HumanMessage("What does shipping cost?")]})
    last = result["messages"][-1]
    assert isinstance(last, AIMessage)
    return last


def test_what_the_tools_say_is_released_with_the_words_it_rests_on(scripted: Scripted) -> None:
    last = answered(scripted([CALLS, Reply(content=TRUE)]), "withhold")
    assert last.text == TRUE
    (sentence,) = last.additional_kwargs[CHECKED]["sentences"]
    assert sentence["verdict"] == "verified"
    assert sentence["spans"][0]["quote"] == TRUE


def test_what_they_do_not_say_is_withheld(scripted: Scripted) -> None:
    last = answered(scripted([CALLS, Reply(content=f"Here it is:\n\n- {TRUE}\n- {FALSE}\n")]), "withhold")
    assert TRUE in last.text
    assert "9 EUR" not in last.text


def test_where_nothing_stands_it_says_so(scripted: Scripted) -> None:
    assert answered(scripted([CALLS, Reply(content=FALSE)]), "withhold").text == NOTHING_STANDS
    assert answered(scripted([Reply(content=TRUE)]), "withhold").text == NOTHING_STANDS, "no tool was asked"


def test_it_may_be_labelled_instead(scripted: Scripted) -> None:
    last = answered(scripted([CALLS, Reply(content=f"{TRUE} {FALSE}")]), "label")
    assert last.text == f"{TRUE} {FALSE} (not supported)"


def test_it_may_be_sent_back_with_what_failed(scripted: Scripted) -> None:
    model = scripted([CALLS, Reply(content=f"{TRUE} {FALSE}"), Reply(content=TRUE)])
    assert answered(model, "send_back").text == TRUE
    assert FALSE in model.prompt()
    assert "9" in model.prompt().partition(FALSE)[2], "the reason names the number"


@pytest.mark.parametrize("returns", [0, 2])
def test_a_model_that_repeats_itself_is_sent_back_so_often(scripted: Scripted, returns: int) -> None:
    model = scripted([CALLS, Reply(content=FALSE)])
    assert answered(model, "send_back", returns=returns).text == NOTHING_STANDS
    assert len(model.requests) == 2 + returns


@pytest.mark.anyio
async def test_it_works_in_async_agents(scripted: Scripted) -> None:
    model = scripted([CALLS, Reply(content=FALSE)])
    agent = create_agent(chat(model), [find_shipping], middleware=[PinciteMiddleware()])
    result = await agent.ainvoke({"messages": [HumanMessage("What does shipping cost?")]})
    assert result["messages"][-1].text == NOTHING_STANDS
