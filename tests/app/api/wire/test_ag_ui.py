"""AG-UI over a real server, read by the protocol's own types."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from ag_ui.core import AssistantMessage, Event, RunAgentInput, SystemMessage, Tool, UserMessage
from pydantic import TypeAdapter

from app.api.wire import ag_ui
from graphs.contracts import Answer
from tests.app.api.wire.conftest import UNKNOWN, VOLTS, Written
from tests.support.door import USER, Door
from tests.support.told import FAILED, Told

SALARY = "What does an engineer of band E4 earn?"
EVENTS: TypeAdapter[Any] = TypeAdapter(Event)


def run_input(*messages: Any, **how: Any) -> dict[str, Any]:
    given = {
        "state": {},
        "messages": list(messages),
        "tools": [],
        "context": [],
        "forwarded_props": {},
        **how,
    }
    asked = RunAgentInput(thread_id="t1", run_id="r1", **given)
    return dict(asked.model_dump(mode="json", by_alias=True, exclude_none=True))


def question(text: str) -> UserMessage:
    return UserMessage(id="1", role="user", content=text)


def events_of(door: Door, body: dict[str, Any]) -> list[Any]:
    """The events, each valid by the protocol."""
    response = httpx.post(f"{door.url}/v1/ag-ui", json=body, headers=door.headers, timeout=60)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in response.text.split("\n") if line.startswith("data: ")]
    return [EVENTS.validate_python(json.loads(line)) for line in lines]


def kinds(events: list[Any]) -> list[str]:
    return [str(event.type.value) for event in events]


def test_a_run_tells_checked_sentences_then_the_answer(written: Written) -> None:
    props = {"pincite": {"model": "pincite:fast", "sources": "none"}}
    events = events_of(written.door, run_input(question(VOLTS), forwarded_props=props))
    assert kinds(events) == [
        "RUN_STARTED",
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "CUSTOM",
        "TEXT_MESSAGE_CONTENT",
        "CUSTOM",
        "TEXT_MESSAGE_END",
        "CUSTOM",
        "RUN_FINISHED",
    ]
    assert (events[0].thread_id, events[0].run_id) == ("t1", "r1")
    answer = Answer.model_validate({k: v for k, v in events[-2].value.items() if k != "passed_over"})
    assert "".join(one.delta for one in events if hasattr(one, "delta")) == answer.text
    told = [one.value for one in events if getattr(one, "name", "") == "pincite.sentence"]
    assert [one["claim"]["text"] for one in told] == [claim.text for claim in answer.claims]
    assert all(one["citations"] for one in told)
    assert events[-1].outcome.type == "success"


def test_a_conversation_goes_on_and_what_is_not_read_is_named(door: Door) -> None:
    messages = [
        SystemMessage(id="0", role="system", content="Be brief."),
        question(VOLTS),
        AssistantMessage(id="2", role="assistant", content="It needs 12 volts."),
        question("And how many milliamperes does it draw?"),
    ]
    tool = Tool(name="show", description="Shows it.", parameters={"type": "object", "properties": {}})
    events = events_of(door, run_input(*messages, tools=[tool]))
    assert "400 milliamperes" in "".join(one.delta for one in events if hasattr(one, "delta"))
    assert events[-2].value["passed_over"] == ["messages[0]", "tools"]


def test_not_knowing_is_a_message_and_no_error(door: Door) -> None:
    events = events_of(door, run_input(question(UNKNOWN)))
    assert events[-2].value["status"] == "abstained"
    assert "".join(one.delta for one in events if hasattr(one, "delta")) == events[-2].value["text"]


def test_no_state_goes_in_or_out_and_who_asks_is_the_logins_to_say(door: Door) -> None:
    state = {"groups": ["hr"], "user": "boss", "evidence": [{"text": "An engineer earns 1 euro."}]}
    events = events_of(door, run_input(question(SALARY), state=state, forwarded_props={"groups": ["hr"]}))
    assert {"STATE_SNAPSHOT", "STATE_DELTA", "MESSAGES_SNAPSHOT", "RAW"}.isdisjoint(kinds(events))
    said = json.dumps([event.model_dump(mode="json") for event in events])
    assert "71,000" not in said
    assert "1 euro" not in said
    assert events[-2].value["receipt"]["user"] == USER


def test_what_failed_ends_the_run_with_an_error(
    tmp_path: Any, telling: Callable[..., AbstractContextManager[Door]]
) -> None:
    begun = {**FAILED, "claims": [{"text": "It is.", "verdict": "verified", "citations": []}]}
    with telling(Told(begun)) as door:
        events = events_of(door, run_input(question(VOLTS)))
    assert kinds(events)[-2:] == ["TEXT_MESSAGE_END", "RUN_ERROR"]
    assert (events[-1].code, events[-1].message) == ("retrieve-timeout", "It took too long.")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"messages": []}, "messages: there is no message"),
        ({"resume": [{"interruptId": "1", "status": "resolved"}]}, "resume: no run of this wire"),
        ({"forwardedProps": {"pincite": {"model": "gpt"}}}, "model: there is no model"),
        ({"forwardedProps": {"pincite": {"groups": ["hr"]}}}, "body.forwardedProps.pincite.groups"),
        ({"messages": [{"id": "1", "role": "tool", "content": "x", "toolCallId": "1"}]}, "messages[0]"),
    ],
)
def test_what_cannot_be_done_is_a_problem(door: Door, changed: dict[str, Any], why: str) -> None:
    body = {**run_input(question(VOLTS)), **changed}
    response = httpx.post(f"{door.url}/v1/ag-ui", json=body, headers=door.headers)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"].startswith(why)


def test_without_the_extra_there_is_one_clear_line(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    known = importlib.util.find_spec
    monkeypatch.setattr(ag_ui, "find_spec", lambda name: None if name == "ag_ui" else known(name))
    response = httpx.post(f"{door.url}/v1/ag-ui", json=run_input(question(VOLTS)), headers=door.headers)
    assert (response.status_code, response.json()["code"]) == (501, "ag-ui-extra")
    assert response.json()["detail"] == "AG-UI needs the extra: pip install 'pincite[ag-ui]'"
