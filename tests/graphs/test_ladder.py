from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import openai
import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage

from graphs.drafting import DraftFormatError
from graphs.ladder import DeadlineError, call_model, describe_failure, is_retryable, model_name, with_tools
from tests.support.graph_parts import chat
from tests.support.openai_server import Reply, Script, ScriptedModel

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]
REQUEST = httpx.Request("POST", "http://model.test")


def status(code: int) -> openai.APIStatusError:
    return openai.APIStatusError("key sk-secret", response=httpx.Response(code, request=REQUEST), body=None)


@pytest.mark.parametrize(
    ("error", "worth_it", "said"),
    [
        (status(429), True, "too many requests (429)"),
        (status(500), True, "the server answered 500"),
        (status(529), True, "the server answered 529"),
        (status(400), False, "the server answered 400"),
        (status(401), False, "the key was not accepted (401)"),
        (status(403), False, "the key was not accepted (403)"),
        (openai.APITimeoutError(REQUEST), True, "no answer in time"),
        (openai.APIConnectionError(request=REQUEST), True, "no connection"),
        (httpx.ReadError("sk-secret"), True, "no connection"),
        (TimeoutError(), True, "no answer in time"),
        (ConnectionResetError("sk-secret"), True, "no connection"),
        (DraftFormatError("the model wrote nothing"), True, "the model wrote nothing"),
        (DeadlineError("no time left"), False, "no answer in time"),
        (KeyError("sk-secret"), False, "KeyError"),
    ],
)
def test_what_a_failure_is_called_and_whether_it_may_pass(
    error: Exception, worth_it: bool, said: str
) -> None:
    assert is_retryable(error) is worth_it
    assert describe_failure(error) == said


async def _call(
    server: ScriptedModel,
    *,
    attempts: int = 2,
    timeout_s: float = 5.0,
    left: Callable[[], float] = lambda: 9.0,
) -> tuple[str, list[AIMessage]]:
    counted: list[AIMessage] = []

    def read(reply: AIMessage) -> str:
        if not reply.text:
            raise DraftFormatError("the model wrote nothing")
        return reply.text

    text = await call_model(
        chat(server),
        "hello",
        read,
        attempts=attempts,
        timeout_s=timeout_s,
        time_left=left,
        count=counted.append,
    )
    return text, counted


async def test_a_busy_server_is_asked_again(scripted: Scripted) -> None:
    server = scripted([Reply(status=429), Reply(content="hi")])
    text, counted = await _call(server)
    assert text == "hi"
    assert len(server.requests) == 2
    assert len(counted) == 1


async def test_a_useless_reply_is_asked_for_again_and_counted(scripted: Scripted) -> None:
    server = scripted([Reply(content=""), Reply(content="hi")])
    text, counted = await _call(server)
    assert text == "hi"
    assert len(counted) == 2


async def test_a_refused_key_is_not_tried_twice(scripted: Scripted) -> None:
    server = scripted([Reply(status=401)])
    with pytest.raises(openai.AuthenticationError):
        await _call(server)
    assert len(server.requests) == 1


async def test_attempts_are_bounded(scripted: Scripted) -> None:
    server = scripted([Reply(status=503)])
    with pytest.raises(openai.InternalServerError):
        await _call(server)
    assert len(server.requests) == 2


async def test_a_silent_server_is_given_up_on_in_time(scripted: Scripted) -> None:
    server = scripted([Reply(hang_s=30, content="late")])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3):
            await _call(server, attempts=1, timeout_s=0.2)


async def test_nobody_is_asked_after_the_deadline(scripted: Scripted) -> None:
    server = scripted([Reply(content="hi")])
    with pytest.raises(DeadlineError):
        await _call(server, left=lambda: 0.0)
    assert server.requests == []


def test_a_model_that_calls_no_tools_is_taken_as_it_is() -> None:
    model = FakeListChatModel(responses=["x"])
    assert with_tools(model, []) is model
    assert model_name(model) == "FakeListChatModel"
