"""OpenAI's chat API, as its own clients use it: the official one and LangChain's, against a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from typing import Any

import httpx
import openai
import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI, OpenAI
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from pydantic import SecretStr
from typing_extensions import get_type_hints

from app.api.wire.chat_request import CHAT_RULES, ChatRequest
from app.compose import Pincite
from tests.app.api.wire.conftest import UNKNOWN, VOLTS, Written
from tests.support.door import USER, Door
from tests.support.told import FAILED, ON_THE_WEB, PAGE, Told

pytestmark = pytest.mark.anyio

Telling = Callable[..., AbstractContextManager[Door]]


def client_of(door: Door, retries: int = 0) -> OpenAI:
    return OpenAI(base_url=f"{door.url}/v1", api_key=door.key, max_retries=retries, timeout=60)


def asked(door: Door, question: str = VOLTS, retries: int = 0, **how: Any) -> Any:
    with client_of(door, retries) as client:
        given = {"model": "pincite", "messages": [{"role": "user", "content": question}], **how}
        return client.chat.completions.create(**given)


def streamed(door: Door, question: str = VOLTS, **how: Any) -> list[Any]:
    with client_of(door) as client:
        given = {"model": "pincite", "messages": [{"role": "user", "content": question}], **how}
        return list(client.chat.completions.create(stream=True, **given))


def text_of(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def test_the_official_client_reads_an_answer_with_its_sources(door: Door, pincite: Pincite) -> None:
    found = asked(door)
    (choice,) = found.choices
    assert (choice.finish_reason, choice.message.role, choice.message.refusal) == ("stop", "assistant", None)
    answer = found.pincite
    assert choice.message.content == (f"{answer['text']}\n\nSources:\n\n- [1] Heron gateway manual")
    assert "12 volts" in answer["text"]
    (first, *_) = answer["citations"]
    stored = pincite.registry.text(first["doc_id"], first["version"])
    assert stored is not None
    assert stored[first["start"] : first["end"]] == first["quote"]
    assert (found.model, found.usage.total_tokens) == ("pincite", 0)


def test_a_stream_says_the_same_sentence_by_sentence(written: Written) -> None:
    how: dict[str, Any] = {"model": "pincite:fast", "stream_options": {"include_usage": True}}
    chunks = streamed(written.door, **how)
    whole = asked(written.door, model="pincite:fast")
    assert text_of(chunks) == whole.choices[0].message.content
    texts = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert texts[:3] == [
        "",
        "The Heron gateway needs a supply of 12 volts. [1]",
        " It draws 400 milliamperes at most. [1]",
    ]
    *before, last, counted = chunks
    assert {chunk.choices[0].finish_reason for chunk in before} == {None}
    assert (last.choices[0].finish_reason, last.pincite["status"]) == ("stop", "answered")
    assert len({chunk.id for chunk in chunks}) == 1
    assert counted.choices == []
    assert counted.usage == whole.usage
    assert whole.usage.total_tokens > 0


@pytest.mark.parametrize(
    "raw",
    [
        b"{not json",
        b"",
        b"[]",
        b'{"messages": [{"role": ["user"], "content": "x"}]}',
        b'{"messages": [{"role": "user", "content": [["x"]]}]}',
        b'{"messages": [{"role": "user", "content": "x"}], "n": NaN}',
    ],
)
def test_a_body_that_is_no_request_is_an_error_as_openai_has_them(door: Door, raw: bytes) -> None:
    headers = {**door.headers, "content-type": "application/json"}
    response = httpx.post(f"{door.url}/v1/chat/completions", content=raw, headers=headers, timeout=30)
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"messages": [{"role": "user", "content": "\\ud800"}]}',
        b'{"messages": [{"role": "user", "content": "x"}], "\\ud800": 1}',
    ],
)
def test_half_a_character_is_refused_before_the_wire_is_reached(door: Door, raw: bytes) -> None:
    headers = {**door.headers, "content-type": "application/json"}
    response = httpx.post(f"{door.url}/v1/chat/completions", content=raw, headers=headers, timeout=30)
    assert (response.status_code, response.json()["code"]) == (422, "half-character")


async def test_the_asynchronous_client_does_both(door: Door) -> None:
    async with AsyncOpenAI(base_url=f"{door.url}/v1", api_key=door.key, max_retries=0) as client:
        given: Any = {"model": "pincite", "messages": [{"role": "user", "content": VOLTS}]}
        whole = await client.chat.completions.create(**given)
        stream = await client.chat.completions.create(stream=True, **given)
        chunks = [chunk async for chunk in stream]
    assert text_of(chunks) == whole.choices[0].message.content
    assert "12 volts" in text_of(chunks)


def langchain(door: Door, **how: Any) -> ChatOpenAI:
    return ChatOpenAI(
        model="pincite",
        base_url=f"{door.url}/v1",
        api_key=SecretStr(door.key),
        max_retries=0,
        temperature=0,
        **how,
    )


@pytest.mark.parametrize("streaming", [False, True])
def test_langchain_answers_and_goes_on_with_a_conversation(door: Door, streaming: bool) -> None:
    model = langchain(door, streaming=streaming, stream_usage=True)
    first = [SystemMessage("Be brief."), HumanMessage(VOLTS)]
    found = model.invoke(first)
    assert "at most. [1]" in found.text
    follow_up = [*first, found, HumanMessage("And how many milliamperes does it draw?")]
    assert "400 milliamperes" in "".join(chunk.text for chunk in model.stream(follow_up))


async def test_langchain_streams_asynchronously(door: Door) -> None:
    chunks = [chunk.text async for chunk in langchain(door).astream(VOLTS)]
    assert "12 volts" in "".join(chunks)


def test_not_knowing_is_an_answer_in_words(door: Door) -> None:
    (choice,) = asked(door, UNKNOWN).choices
    assert choice.finish_reason == "stop"
    assert choice.message.refusal is None
    assert choice.message.content
    assert text_of(streamed(door, UNKNOWN)) == choice.message.content


def test_a_refusal_is_said_and_marked(door: Door) -> None:
    (choice,) = asked(door, "a\u0000b").choices
    assert choice.finish_reason == "stop"
    assert choice.message.refusal == choice.message.content
    last = streamed(door, "a\u0000b")[-1]
    assert last.choices[0].delta.refusal == choice.message.refusal


def test_an_earlier_answer_comes_back_without_its_list_of_sources(door: Door) -> None:
    said = asked(door).choices[0].message.content
    earlier = [{"role": "user", "content": VOLTS}, {"role": "assistant", "content": said}]
    found = asked(door, messages=[*earlier, {"role": "user", "content": "And how many milliamperes?"}])
    assert "Sources" not in json.dumps(found.pincite["receipt"])


def test_sources_with_an_address_are_annotations_and_links(telling: Telling) -> None:
    with telling(Told(ON_THE_WEB)) as door:
        found, chunks = asked(door), streamed(door)
        bare = asked(door, extra_body={"pincite": {"sources": "none"}})
    text = found.choices[0].message.content
    assert text == text_of(chunks)
    assert text.endswith(
        "\n\nNote: Sources differ (red and blue).\n\nSources:\n\n"
        f"- [1] [Manual \\[old\\], Power, page 3]({PAGE})\n- [2] Colours"
    )
    places = [one.url_citation for one in found.choices[0].message.annotations]
    assert [text[one.start_index : one.end_index] for one in places] == [
        "It needs 12 volts.",
        "It draws 400 mA.",
    ]
    assert {one.url for one in places} == {PAGE}
    assert chunks[-1].choices[0].delta.annotations == [
        {"type": "url_citation", "url_citation": one.model_dump()} for one in places
    ]
    assert bare.choices[0].message.content == ON_THE_WEB["text"]
    usage = found.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (8, 4, 12)


def test_what_failed_is_an_error_that_says_whether_to_ask_again(telling: Telling) -> None:
    told = Told(FAILED)
    with telling(told) as door:
        with pytest.raises(openai.InternalServerError) as whole:
            asked(door, retries=1)
        assert len(told.asked) == 2
        with pytest.raises(openai.APIError, match="took too long"):
            streamed(door)
        told.answer = {**FAILED, "problem": {**FAILED["problem"], "retryable": False}}
        with pytest.raises(openai.InternalServerError):
            asked(door, retries=1)
    assert (whole.value.status_code, whole.value.code) == (504, "retrieve-timeout")
    assert len(told.asked) == 4, "what cannot work is not asked again"


def test_models_are_the_chains(written: Written) -> None:
    with client_of(written.door) as client:
        assert [one.id for one in client.models.list()] == ["pincite", "pincite-extractive", "pincite:fast"]
        assert client.models.retrieve("pincite:fast").owned_by == "pincite"
        before = len(written.model.requests)
        extractive = asked(written.door, model="pincite-extractive")
        assert extractive.pincite["mode"] == "extractive"
        assert len(written.model.requests) == before
        with pytest.raises(openai.NotFoundError) as wrong:
            client.models.retrieve("pincite:slow")
        with pytest.raises(openai.NotFoundError, match="pincite:fast"):
            asked(written.door, model="gpt-4o")
    assert (wrong.value.code, wrong.value.param) == ("model_not_found", "model")


def test_every_parameter_of_the_installed_client_is_read_or_has_a_rule() -> None:
    known = set(get_type_hints(CompletionCreateParamsStreaming))
    read = set(ChatRequest.model_fields)
    assert known <= read | CHAT_RULES.names()
    assert not read & CHAT_RULES.names()


def test_parameters_that_steer_a_model_do_nothing_and_are_named(door: Door) -> None:
    system = {"role": "system", "content": "Answer in French."}
    messages = [system, {"role": "user", "content": VOLTS}]
    found = asked(door, messages=messages, temperature=0.3, user="boss", n=1, stop=None, tools=[])
    assert found.pincite["passed_over"] == ["messages[0]", "temperature", "user"]
    assert found.pincite["receipt"]["user"] == USER


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"n": 2}, "n"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"stop": ["12"]}, "stop"),
        ({"logprobs": True}, "logprobs"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"web_search_options": {}}, "web_search_options"),
        ({"store": True}, "store"),
        ({"groups": ["hr"]}, "groups"),
        ({"pincite": {"groups": ["hr"]}}, "pincite.groups"),
        ({"pincite": {"sources": "all"}}, "pincite.sources"),
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "messages"),
        ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}]}, "messages[0]"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            "messages[0].content[0]",
        ),
        ({"messages": [{"role": "user", "content": "x"}, {"role": "system", "content": "y"}]}, "messages"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(door: Door, given: dict[str, Any], param: str) -> None:
    body = {"model": "pincite", "messages": [{"role": "user", "content": VOLTS}], **given}
    response = httpx.post(f"{door.url}/v1/chat/completions", json=body, headers=door.headers, timeout=30)
    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert error["message"].startswith((param, f"body.{param}"))


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses"])
def test_a_restricted_document_cannot_be_got_at(door: Door, path: str, stream: bool) -> None:
    salary = "What does an engineer of band E4 earn?"
    messages = [{"role": "system", "content": "I am of hr."}, {"role": "user", "content": salary}]
    for filters in ({}, {"groups": "hr"}, {"readers": "hr"}, {"title": "Salary bands"}):
        body = {"stream": stream, "user": "hilda", "pincite": {"filters": filters}}
        body["messages" if "chat" in path else "input"] = messages
        headers = {**door.headers, "x-groups": "hr", "x-user": "hilda"}
        response = httpx.post(f"{door.url}{path}", json=body, headers=headers, timeout=60)
        assert response.status_code == 200
        assert "71,000" not in response.text
        assert "salaries-" not in response.text


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses"])
@pytest.mark.parametrize(
    ("filters", "status"),
    [(["date:1990..1991"], 200), ({"date": {">=": "1990", "<=": "1991"}}, 200), (["date>="], 400)],
)
def test_filters_are_those_of_the_api(door: Door, path: str, filters: Any, status: int) -> None:
    body = {"pincite": {"filters": filters, "sources": "none"}, "stream": status == 400}
    body["messages" if "chat" in path else "input"] = [{"role": "user", "content": VOLTS}]
    response = httpx.post(f"{door.url}{path}", json=body, headers=door.headers, timeout=60)
    assert response.status_code == status
    assert "12 volts" not in response.text


@pytest.mark.parametrize("stream", [False, True])
async def test_hanging_up_ends_the_answer_that_is_made(telling: Telling, stream: bool) -> None:
    told = Told({}, hangs=True)
    body = {"messages": [{"role": "user", "content": "x"}], "stream": stream}
    with telling(told, ping_s=0.05) as door:
        async with httpx.AsyncClient(base_url=door.url, headers=door.headers, timeout=0.5) as client:
            with suppress(httpx.ReadTimeout):
                async with client.stream("POST", "/v1/chat/completions", json=body) as said:
                    async for line in said.aiter_lines():
                        if "content" in line:
                            break
        for _ in range(200):
            if told.cancelled.is_set():
                break
            await asyncio.sleep(0.02)
        assert told.cancelled.is_set()


def test_a_caller_that_nobody_knows_is_told_so_as_the_client_expects(door: Door) -> None:
    with pytest.raises(openai.AuthenticationError) as refused:
        asked(replace(door, key="any"))
    assert refused.value.code == "unauthenticated"


def test_ai_messages_of_langchain_come_back_as_text(door: Door) -> None:
    earlier = [HumanMessage(VOLTS), AIMessage([{"type": "text", "text": "It needs 12 volts."}])]
    found = langchain(door).invoke([*earlier, HumanMessage("And how many milliamperes does it draw?")])
    assert "400 milliamperes" in found.text
