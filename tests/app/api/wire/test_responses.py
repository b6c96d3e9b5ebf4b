"""OpenAI's Responses API, as its own clients use it (the official one, LangChain's), on a real server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import openai
import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI, OpenAI
from openai.types.responses import Response as OpenAIResponse
from openai.types.responses import ResponseStreamEvent
from openai.types.responses.response_create_params import ResponseCreateParamsStreaming
from pydantic import SecretStr, TypeAdapter
from typing_extensions import get_type_hints

from app.api.wire.responses_request import RESPONSES_RULES, ResponsesRequest
from tests.app.api.wire.conftest import UNKNOWN, VOLTS, Written
from tests.support.door import Door
from tests.support.told import FAILED, ON_THE_WEB, PAGE, Told

pytestmark = pytest.mark.anyio

Telling = Callable[..., AbstractContextManager[Door]]


def asked(door: Door, question: Any = VOLTS, **how: Any) -> Any:
    with OpenAI(base_url=f"{door.url}/v1", api_key=door.key, max_retries=0, timeout=60) as client:
        return client.responses.create(**{"model": "pincite", "input": question, **how})


def streamed(door: Door, question: Any = VOLTS, **how: Any) -> list[Any]:
    return list(_stream(door, question, **how))


def _stream(door: Door, question: Any, **how: Any) -> Any:
    with OpenAI(base_url=f"{door.url}/v1", api_key=door.key, max_retries=0, timeout=60) as client:
        yield from client.responses.create(**{"model": "pincite", "input": question, "stream": True, **how})


def test_the_official_client_reads_an_answer(door: Door) -> None:
    found = asked(door)
    assert (found.status, found.error) == ("completed", None)
    assert found.output_text.startswith(found.pincite["text"])
    assert "12 volts" in found.output_text
    assert "Sources:" in found.output_text
    OpenAIResponse.model_validate(found.model_dump())


def test_a_stream_has_the_events_that_clients_wait_for_and_says_the_same(written: Written) -> None:
    events = streamed(written.door, model="pincite:fast")
    whole = asked(written.door, model="pincite:fast")
    kinds = [event.type for event in events]
    first, last = kinds.index("response.output_text.delta"), kinds.index("response.output_text.done")
    assert kinds[:first] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert set(kinds[first:last]) == {"response.output_text.delta"}
    assert kinds[last:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    deltas = [event.delta for event in events[first:last]]
    assert deltas[0] == "The Heron gateway needs a supply of 12 volts. [1]"
    assert "".join(deltas) == events[last].text == events[-1].response.output_text == whole.output_text
    assert events[-1].response.usage == whole.usage
    assert whole.usage.total_tokens > 0
    strict: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
    for event in events:
        strict.validate_python(event.model_dump())


async def test_the_asynchronous_client_does_both(door: Door) -> None:
    async with AsyncOpenAI(base_url=f"{door.url}/v1", api_key=door.key, max_retries=0) as client:
        whole = await client.responses.create(model="pincite", input=VOLTS)
        stream = await client.responses.create(model="pincite", input=VOLTS, stream=True)
        deltas = [event.delta async for event in stream if event.type == "response.output_text.delta"]
    assert "".join(deltas) == whole.output_text


def langchain(door: Door, **how: Any) -> ChatOpenAI:
    return ChatOpenAI(
        model="pincite",
        base_url=f"{door.url}/v1",
        api_key=SecretStr(door.key),
        max_retries=0,
        use_responses_api=True,
        **how,
    )


@pytest.mark.parametrize("streaming", [False, True])
def test_langchain_answers_and_goes_on_with_a_conversation(door: Door, streaming: bool) -> None:
    model = langchain(door, streaming=streaming)
    first = [SystemMessage("Be brief."), HumanMessage(VOLTS)]
    found = model.invoke(first)
    assert "at most. [1]" in found.text
    follow_up = [*first, found, HumanMessage("And how many milliamperes does it draw?")]
    assert "400 milliamperes" in "".join(chunk.text for chunk in model.stream(follow_up))


async def test_langchain_streams_asynchronously(door: Door) -> None:
    chunks = [chunk.text async for chunk in langchain(door).astream(VOLTS)]
    assert "12 volts" in "".join(chunks)


def test_not_knowing_is_an_answer_and_a_refusal_a_part_of_its_own(door: Door) -> None:
    unknown = asked(door, UNKNOWN)
    assert unknown.output_text == unknown.pincite["text"]
    refused = asked(door, "a\u0000b")
    (part,) = refused.output[0].content
    assert (part.type, part.refusal) == ("refusal", refused.pincite["text"])
    events = streamed(door, "a\u0000b")
    assert "".join(one.delta for one in events if one.type == "response.refusal.delta") == part.refusal
    assert events[-1].response.output[0].content[0].refusal == part.refusal


def test_sources_with_an_address_are_annotations(telling: Telling) -> None:
    with telling(Told(ON_THE_WEB)) as door:
        found, events = asked(door), streamed(door)
        told = langchain(door).invoke(VOLTS)
    (part,) = found.output[0].content
    assert [part.text[one.start_index : one.end_index] for one in part.annotations] == [
        "It needs 12 volts.",
        "It draws 400 mA.",
    ]
    assert {one.url for one in part.annotations} == {PAGE}
    added = [one for one in events if one.type == "response.output_text.annotation.added"]
    assert [one.annotation for one in added] == [one.model_dump() for one in part.annotations]
    (block,) = told.content_blocks
    assert block["type"] == "text"
    assert [one["url"] for one in block["annotations"] if one["type"] == "citation"] == [PAGE, PAGE]


def test_what_failed_is_said(telling: Telling) -> None:
    with telling(Told(FAILED)) as door:
        with pytest.raises(openai.InternalServerError) as whole:
            asked(door)
        last = streamed(door)[-1]
    assert (whole.value.status_code, whole.value.code) == (504, "retrieve-timeout")
    assert (last.type, last.response.status) == ("response.failed", "failed")
    assert last.response.error.message == "It took too long. (retrieve-timeout)"


def test_every_parameter_of_the_installed_client_is_read_or_has_a_rule() -> None:
    known = set(get_type_hints(ResponseCreateParamsStreaming))
    read = set(ResponsesRequest.model_fields)
    assert known <= read | RESPONSES_RULES.names()
    assert not read & RESPONSES_RULES.names()


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"store": True}, "store"),
        ({"background": True}, "background"),
        ({"tools": [{"type": "web_search"}]}, "tools"),
        ({"text": {"format": {"type": "json_object"}}}, "text"),
        ({"groups": ["hr"]}, "groups"),
        ({"input": []}, "input"),
        ({"input": [{"type": "function_call_output", "call_id": "1", "output": "x"}]}, "input[0]"),
        (
            {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "x"}]}]},
            "input[0].content[0]",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(door: Door, given: dict[str, Any], param: str) -> None:
    body = {"model": "pincite", "input": VOLTS, **given}
    response = httpx.post(f"{door.url}/v1/responses", json=body, headers=door.headers, timeout=30)
    assert response.status_code == 400
    assert response.json()["error"]["param"] == param
