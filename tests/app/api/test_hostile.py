"""A real server on loopback, and what is sent to break it: refused with a 4xx, and it answers afterwards."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.api import timed_protocol
from app.compose import Pincite
from tests.support.loopback import listening
from tests.support.service import app_of
from tests.support.waiting import wait_for

VOLTS = b'{"question": "How many volts does the Heron gateway need?"}'
JSON = b"Content-Type: application/json\r\n"


@pytest.fixture(scope="module")
def server(pincite: Pincite) -> Iterator[str]:
    with listening(app_of(pincite, body_timeout_s=0.5)) as url:
        yield url


def sent(url: str, *pieces: bytes) -> bytes:
    """What the server says to these bytes, until it hangs up; the client says that no more comes."""
    host, _, port = url.removeprefix("http://").partition(":")
    said = b""
    with socket.create_connection((host, int(port)), timeout=60) as one:
        try:
            for piece in pieces:
                one.sendall(piece)
            while more := one.recv(65536):
                said += more
        except ConnectionError:  # it hung up while more was on its way
            pass
    return said


def statuses(said: bytes) -> list[int]:
    return [int(line.split()[1]) for line in said.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


def post(
    path: bytes = b"/v1/answers", headers: bytes = JSON, body: bytes = VOLTS, length: bytes = b""
) -> bytes:
    counted = length or b"Content-Length: %d\r\n" % len(body)
    return (
        b"POST "
        + path
        + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        + headers
        + counted
        + b"\r\n"
        + body
    )


def get(path: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
REFUSED: dict[str, bytes] = {
    "a body of two megabytes": post(body=b" " * 2_000_000),
    "a body that is announced as endless": post(length=b"Content-Length: 99999999999999\r\n"),
    "a length of 5000 digits": post(length=b"Content-Length: " + b"9" * 5000 + b"\r\n"),
    "a negative length": post(length=b"Content-Length: -1\r\n"),
    "a length with a sign": post(length=b"Content-Length: +5\r\n"),
    "two lengths": post(length=b"Content-Length: 5\r\nContent-Length: 50\r\n"),
    "a list of lengths": post(length=b"Content-Length: 5, 50\r\n"),
    "a coding that is not known": post(length=b"Transfer-Encoding: xchunked\r\n"),
    "a coding twice": post(length=b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
    "a chunk of no size": post(length=b"Transfer-Encoding: chunked\r\n", body=b"zz\r\nabc\r\n0\r\n\r\n"),
    "a chunk of a huge size": post(length=b"Transfer-Encoding: chunked\r\n", body=b"f" * 40 + b"\r\n"),
    "white space before the colon": post(length=b"Content-Length : 5\r\n"),
    "a folded header": post(headers=JSON + b"X-A: b\r\n  Content-Length: 3\r\n", length=b"X: \x00\r\n"),
    "a NUL in a header": post(headers=JSON + b"X-Request-Id: a\x00b\r\n"),
    "a bare CR in a header": post(headers=JSON + b"X-Request-Id: a\rSet-Cookie: b\r\n"),
    "a header of a megabyte": post(headers=JSON + b"X: " + b"a" * 1_000_000 + b"\r\n"),
    "200,000 headers": post(headers=JSON + b"X: a\r\n" * 200_000),
    "a NUL in the path": post(path=b"/v1/ans\x00wers"),
    "a NUL in the path, escaped": post(path=b"/v1/answers/%00/approvals"),
    "a line end in the path, escaped": post(path=b"/v1/answers%0d%0aSet-Cookie:%20a=b"),
    "a path of a megabyte": post(path=b"/v1/" + b"a" * 1_000_000),
    "the way up": get(b"/docs/../../../etc/passwd"),
    "the way up, escaped": get(b"/docs/..%2f..%2fserve.py"),
    "the way up in an id": get(b"/v1/answers/..%2f..%2fstate.key"),
    "an absolute path as an id": get(b"/v1/answers/%2fetc%2fpasswd"),
    "an id of 10,000 characters": get(b"/v1/answers/" + b"a" * 10_000),
    "ten thousand parameters": get(b"/v1/answers?" + b"a=1&" * 10_000 + b"limit=x"),
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "no host": b"GET /v1/me HTTP/1.1\r\nConnection: close\r\n\r\n",
    "another's host": b"GET /v1/me HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "lists a thousand deep": post(body=b"[" * 1000 + b"]" * 1000),
    "no UTF-8": post(body=b'{"question": "\xff\xfe"}'),
    "a number of a million digits": post(
        body=b'{"question": "a", "filters": {"a": ' + b"9" * 900_000 + b"}}"
    ),
    "an address where a file is": post(
        body=b'{"question": "a", "filters": {"url": {"$ref": "http://127.0.0.1:1/"}}}'
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_malformed_is_refused_and_the_server_goes_on(server: str, what: str) -> None:
    found = statuses(sent(server, REFUSED[what]))
    # Uvicorn hangs up on some of it without a word; what must not be is any other answer.
    assert all(400 <= status < 500 for status in found), found
    assert len(found) <= 1
    assert httpx.get(f"{server}/healthz").status_code == 200


@pytest.mark.parametrize(
    "request_",
    [
        post(length=b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", body=b"0\r\n\r\n" + SMUGGLED),
        post(length=b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", body=b"0\r\n\r\n" + SMUGGLED),
        post(length=b"Transfer-Encoding:\x0bchunked\r\n", body=b"0\r\n\r\n" + SMUGGLED),
        post(length=b"Content-Length: 0\r\n Transfer-Encoding: chunked\r\n", body=b"0\r\n\r\n" + SMUGGLED),
    ],
    ids=["length first", "coding first", "a tab", "folded"],
)
def test_no_second_request_is_hidden_in_a_first(server: str, request_: bytes) -> None:
    said = sent(server, request_)
    found = statuses(said)
    assert len(found) <= 1
    assert all(400 <= status < 500 for status in found)
    assert b"passages" not in said, "the hidden request was answered"


def test_a_body_that_does_not_come_is_not_waited_for(server: str) -> None:
    half = post(length=b"Content-Length: 60\r\n", body=b'{"question": ')
    assert statuses(sent(server, half)) == [408]
    assert httpx.get(f"{server}/healthz").status_code == 200


def test_many_slow_callers_do_not_keep_others_out(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timed_protocol, "HEADER_S", 0.3)
    host, _, port = server.removeprefix("http://").partition(":")
    slow = [socket.create_connection((host, int(port)), timeout=60) for _ in range(100)]
    for one in slow:
        one.sendall(b"POST /v1/answers HTTP/1.1\r\nHost: loc")
    assert httpx.get(f"{server}/healthz", timeout=60).status_code == 200
    assert [one.recv(1) for one in slow] == [b""] * 100
    for one in slow:
        one.close()


def planted(number: int) -> list[str]:
    """An address, a key and a number of an account, made up anew for each ``number``."""
    chance = random.Random(number)  # noqa: S311 - nothing is protected with it
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    key = "".join(chance.choices(letters, k=40))
    card = chance.choice(["4111111111111111", "5500005555555559", "340000000000009"])
    return [
        f"person{number}.{key[:6]}@corp{number}.example",
        f"sk-proj-{key}",
        card if number % 9 == 0 else f"ghp_{key[:36]}",
    ]


def test_no_planted_secret_or_address_is_logged_or_in_metrics(
    indexed_home: Path, home: Path, tmp_path: Path
) -> None:
    """300 of them: in questions, earlier turns, filters, names of conversations, addresses and headers."""
    plain = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PINCITE_HOME": str(home)}
    log = tmp_path / "log"
    with log.open("wb") as file:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("pincite"), "serve", "--port", "0"],
            env={**plain, "PINCITE_OBSERVABILITY__LOG_FORMAT": "json"},
            cwd=tmp_path,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: b"running on http://" in log.read_bytes() or server.poll() is not None, 120)
        url = log.read_text().partition("running on ")[2].split()[0]
        everything: list[str] = []
        with httpx.Client(base_url=url, timeout=120) as client:
            for number in range(20):
                mail, key, other = planted(5 * number)
                turns = [planted(5 * number + more) for more in range(1, 5)]
                everything += [mail, key, other, *(one for turn in turns for one in turn)]
                body = {
                    "question": f"Why does {mail} use {key} and {other} for the Heron gateway?",
                    "messages": [{"role": "user", "content": " ".join(turn)} for turn in turns[:3]],
                    "filters": {"author": turns[3][0]} if number % 2 else {},
                }
                headers = {"x-request-id": turns[3][1], "user-agent": turns[3][2], "idempotency-key": mail}
                assert client.post("/v1/answers", json=body, headers=headers).status_code < 500
                client.get(f"/v1/threads/{mail}")
                client.get(f"/v1/answers/{key}", params={"everybody": other})
                client.post("/v1/answers", content=json.dumps(body)[:-5], headers=headers)
            metrics = client.get("/metrics").text
    finally:
        server.terminate()
        server.wait(60)
    said = log.read_text() + metrics
    assert len(everything) == 300
    assert said.count("/v1/answers") >= 60, "the requests are in the log"
    assert [one for one in everything if one in said] == []
