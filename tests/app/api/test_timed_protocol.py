"""Connections whose headers do not come."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from app.api import timed_protocol
from tests.support.loopback import listening


async def there(scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def connect(url: str) -> socket.socket:
    host, _, port = url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=10)


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: a\r\nX: "], ids=["nothing", "half"])
def test_headers_that_do_not_come_in_time_are_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(timed_protocol, "HEADER_S", 0.2)
    with listening(there) as url, connect(url) as slow:
        slow.sendall(sent)
        assert slow.recv(100) == b"", "the server hung up"


def test_a_kept_connection_may_not_stop_halfway_through_its_next_headers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timed_protocol, "HEADER_S", 0.2)
    with listening(there) as url, connect(url) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"200" in slow.recv(1000)
        slow.sendall(b"GET / HT")
        assert slow.recv(100) == b""
