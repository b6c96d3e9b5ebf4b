from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import openai
import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langchain_core.prompt_values import StringPromptValue

from app.testing.openai_server import Reply, Script, ScriptedModel
from graphs.calling.call import (
    DeadlineError,
    DraftFormatError,
    ask_for_repair,
    call_model,
    describe_failure,
    is_retryable,
    may_have_cost,
    retry_after,
)
from graphs.calling.chains import model_name, with_tools
from tests.support.graph_parts import chat

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
    slept: list[float] | None = None,
    lost: list[str] | None = None,
) -> tuple[str, list[AIMessage]]:
    counted: list[AIMessage] = []
    waits = [] if slept is None else slept
    unknown = [] if lost is None else lost

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    def read(reply: AIMessage) -> str:
        if not reply.text:
            raise DraftFormatError("the model wrote nothing")
        return reply.text

    text = await call_model(
        chat(server),
        StringPromptValue(text="hello"),
        read,
        attempts=attempts,
        timeout_s=timeout_s,
        time_left=left,
        count=counted.append,
        lost=lambda: unknown.append("a call"),
        repair=ask_for_repair,
        sleep=sleep,
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


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Mon, 23 Nov 2026 00:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 00:00:00 GMT"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after-ms": "x", "retry-after": "2"}, 2.0),
        ({}, None),
    ],
)
def test_what_the_server_says_about_waiting_is_read(headers: dict[str, str], seconds: float | None) -> None:
    error = openai.RateLimitError(
        "busy", response=httpx.Response(429, request=REQUEST, headers=headers), body=None
    )
    midnight = 1_795_392_000.0
    assert retry_after(error, lambda: midnight) == seconds


def test_an_error_without_a_response_says_nothing_about_waiting() -> None:
    assert retry_after(TimeoutError()) is None


async def test_the_wait_is_as_long_as_the_server_asks(scripted: Scripted) -> None:
    server = scripted([Reply(status=429, headers={"retry-after": "3"}), Reply(content="hi")])
    slept: list[float] = []
    text, _ = await _call(server, slept=slept)
    assert (text, slept) == ("hi", [3.0])


async def test_a_wait_that_does_not_fit_is_not_made(scripted: Scripted) -> None:
    server = scripted([Reply(status=429, headers={"retry-after": "5"}), Reply(content="hi")])
    slept: list[float] = []
    with pytest.raises(openai.RateLimitError):
        await _call(server, slept=slept)
    assert slept == []
    assert len(server.requests) == 1


async def test_a_bad_reply_is_followed_by_what_was_wrong_with_it(scripted: Scripted) -> None:
    server = scripted([Reply(content=""), Reply(content="hi")])
    slept: list[float] = []
    await _call(server, slept=slept)
    assert [len(request["messages"]) for request in server.requests] == [1, 2]
    assert "could not be read: the model wrote nothing" in server.prompt()
    assert slept == [0.0]


async def test_a_bad_reply_is_mended_once_and_no_oftener(scripted: Scripted) -> None:
    server = scripted([Reply(content="")])
    with pytest.raises(DraftFormatError):
        await _call(server, attempts=5)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("reply", "unknown"),
    [(Reply(status=429), 0), (Reply(status=401), 0), (Reply(status=500), 1), (Reply(hang_s=30), 1)],
)
async def test_calls_whose_tokens_nobody_knows_are_told_of(
    reply: Reply, unknown: int, scripted: Scripted
) -> None:
    lost: list[str] = []
    with pytest.raises((openai.APIError, TimeoutError)):
        await _call(scripted([reply]), attempts=1, timeout_s=0.3, lost=lost)
    assert len(lost) == unknown


def test_a_call_that_reached_nobody_cost_nothing() -> None:
    refused = openai.APIConnectionError(request=REQUEST)
    refused.__cause__ = httpx.ConnectError("refused")
    cut = openai.APIConnectionError(request=REQUEST)
    cut.__cause__ = httpx.ReadError("cut")
    assert not may_have_cost(refused)
    assert may_have_cost(cut)


async def test_no_attempt_is_begun_when_the_wait_before_it_would_take_what_is_left(
    scripted: Scripted,
) -> None:
    server = scripted([Reply(status=503, headers={"retry-after": "1"}), Reply(content="hi")])
    with pytest.raises(openai.InternalServerError):
        await _call(server, left=lambda: 1.5)
    assert len(server.requests) == 1
