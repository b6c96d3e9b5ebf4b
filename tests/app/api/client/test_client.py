"""The typed clients against a real server, with a key and without."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.client.asynchronous import AsyncPinciteClient
from app.api.client.call import ProblemError, UnreachableError
from app.api.client.synchronous import PinciteClient, pause
from app.api.contract.asking import WaitingAnswer
from app.compose import Pincite
from app.identity.identify import key_store
from tests.support.loopback import listening
from tests.support.service import app_of

VOLTS = "How many volts does the Heron gateway need?"


@pytest.fixture
def url(pincite: Pincite) -> Iterator[str]:
    with listening(app_of(pincite, resume_s=20)) as address:
        yield address


@pytest.fixture
def key(pincite: Pincite) -> str:
    tenant = pincite.settings.tenant
    return key_store(pincite.settings).issue("c", user="carla", tenant=tenant, roles=["operator"]).secret


class Breaking(httpx.HTTPTransport):
    """A connection that breaks after so many pieces of a stream, the first times."""

    def __init__(self, after: int, times: int) -> None:
        super().__init__()
        self.after = after
        self.times = times

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if self.times > 0 and "event-stream" in response.headers.get("content-type", ""):
            self.times -= 1
            stream: Any = response.stream
            response.stream = _Cut(stream, self.after)
        return response


class _Cut(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, after: int) -> None:
        self._stream = stream
        self._after = after

    def __iter__(self) -> Iterator[bytes]:
        for number, piece in enumerate(self._stream):
            if number == self._after:
                raise httpx.ReadError("broken")
            yield piece

    def close(self) -> None:
        self._stream.close()


def test_asking_looking_up_checking_verifying_and_saying_what_one_thinks(url: str, key: str) -> None:
    with PinciteClient(url, key) as client:
        answer = client.ask(VOLTS, thread="trip")
        assert not isinstance(answer, WaitingAnswer)
        assert (answer.status, client.answer(answer.id).text) == ("answered", answer.text)
        assert answer.id in {one.id for one in client.answers()}
        assert [one.name for one in client.threads()] == ["trip"]
        assert client.thread("trip").turns[0].content == VOLTS
        (state,) = {one.state for one in client.verify([answer.id]).answers[0].citations}
        assert state == "in_place"
        assert client.check("It costs 5 EUR.", ["It costs 5 EUR today."]).verified == 1
        assert client.give_feedback(answer.id, "up", comment="good").user == "carla"
        assert [one.comment for one in client.feedback(answer_id=answer.id)] == ["good"]
        client.delete_thread("trip")
        client.delete_answer(answer.id)
        with pytest.raises(ProblemError) as gone:
            client.answer(answer.id)
    assert (gone.value.code, gone.value.http_status) == ("no-such-answer", 404)


def test_a_stream_that_breaks_goes_on_where_it_broke(url: str, key: str) -> None:
    transport = Breaking(after=2, times=2)
    with PinciteClient(url, key, client=httpx.Client(transport=transport, timeout=30)) as client:
        events = list(client.stream(VOLTS))
    numbers = [int(event.id.rpartition("-")[2]) for event in events]
    assert numbers == list(range(1, len(events) + 1)), "none twice and none left out"
    assert (events[-1].kind, transport.times) == ("answer", 0)


def test_keys_are_made_rotated_and_revoked_and_it_is_noted(url: str, key: str) -> None:
    with PinciteClient(url, key) as client:
        made = client.issue_key("bot", "robin", roles=["asker"], days=1)
        with PinciteClient(url, made.secret) as robin:
            assert (robin.me().user, robin.me().roles) == ("robin", ["asker"])
            with pytest.raises(ProblemError, match="operator"):
                robin.keys()
        new = client.rotate_key(made.key.id, grace_hours=0)
        with PinciteClient(url, made.secret) as old, pytest.raises(ProblemError, match="not valid"):
            old.me()
        client.revoke_key(new.key.id)
        with PinciteClient(url, new.secret) as revoked, pytest.raises(ProblemError, match="not valid"):
            revoked.me()
        noted = [one.action for one in client.audit() if one.user == "carla"]
    assert [one for one in noted if one.startswith("keys.")][:3] == [
        "keys.revoke",
        "keys.rotate",
        "keys.issue",
    ]


@pytest.mark.anyio
async def test_the_asynchronous_client_does_the_same(url: str, key: str) -> None:
    async with AsyncPinciteClient(url, key) as client:
        answer = await client.ask(VOLTS)
        events = [event async for event in client.stream(VOLTS)]
        assert not isinstance(answer, WaitingAnswer)
        assert events[-1].data["answer"]["text"] == answer.text
        assert (await client.me()).user == "carla"


def test_a_server_that_is_not_there_and_one_that_is_another_are_said_in_one_line() -> None:
    with PinciteClient("http://127.0.0.1:9") as client, pytest.raises(UnreachableError) as refused:
        client.ask("x")
    assert "127.0.0.1:9" in str(refused.value)

    async def other(scope: Any, _receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"<html>"})

    with listening(other) as url, PinciteClient(url) as client, pytest.raises(ProblemError) as strange:
        client.me()
    assert "is it Pincite?" in str(strange.value)


def test_waits_are_as_the_server_asks_and_bounded() -> None:
    assert [pause(1, None), pause(2, None), pause(1, 7), pause(1, 9999)] == [0.25, 0.5, 7, 30]


def test_it_needs_pydantic_and_httpx_and_nothing_heavy(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[4]
    script = (
        "import sys, app.api.client.asynchronous\n"
        "print(*{name.partition('.')[0] for name in sys.modules} & {'fastapi', 'starlette', 'langgraph',"
        " 'langchain_core', 'sqlalchemy', 'numpy', 'uvicorn'})"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == ""
