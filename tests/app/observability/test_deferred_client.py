"""LangSmith's client that works when the question is over."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from app.observability.deferred_client import MOST_WAITING, DeferredClient
from tests.support.langsmith_server import LangSmithServer, serve_langsmith


@pytest.fixture
def server() -> Iterator[LangSmithServer]:
    with serve_langsmith() as found:
        yield found


def client_of(server: LangSmithServer, cleaned: list[str], later_s: float) -> DeferredClient:
    def clean(data: Any) -> Any:
        cleaned.append(threading.current_thread().name)
        return data

    return DeferredClient(
        later_s=later_s, api_url=server.url, api_key="lsv2_pt_test", anonymizer=clean, auto_batch_tracing=True
    )


def trace(client: DeferredClient, name: str = "asked") -> None:
    client.create_run(name, {"question": "x"}, "chain", id=uuid.uuid4())


def test_cleaning_is_not_done_by_who_traces_and_flush_waits_for_it(server: LangSmithServer) -> None:
    cleaned: list[str] = []
    client = client_of(server, cleaned, later_s=600)
    trace(client)
    assert cleaned == []
    client.flush(20)
    assert set(cleaned) == {"pincite-langsmith"}
    assert "asked" in server.payload


def test_what_waited_long_enough_is_sent_by_itself(server: LangSmithServer) -> None:
    client = client_of(server, [], later_s=0.01)
    trace(client)
    for _ in range(500):
        if "asked" in server.payload:
            break
        threading.Event().wait(0.02)
    assert "asked" in server.payload


def test_no_more_than_so_many_wait_and_it_is_said_once(
    server: LangSmithServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(server, [], later_s=600)
    for _ in range(MOST_WAITING + 5):
        trace(client)
    assert [one.message for one in caplog.records if "left out" in one.message] == [
        "more is traced than can be sent to LangSmith; some runs are left out"
    ]


def test_settling_is_bounded(server: LangSmithServer) -> None:
    client = client_of(server, [], later_s=600)
    gate = threading.Event()
    client._put(lambda: print(gate.wait()))
    assert not client.settle(0.05)
    gate.set()
    assert client.settle(20)
