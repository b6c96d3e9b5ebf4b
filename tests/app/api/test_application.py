"""The HTTP contract: answers, events, problems, and a real server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.compose import Pincite, open_pincite
from app.observability.metrics import Metrics
from app.settings import Settings
from app.testing.openai_server import Reply, serve_model
from graphs.contracts import Answer
from tests.support.service import app_of

VOLTS = "How many volts does the Heron gateway need?"


def client_of(pincite: Any, max_concurrent: int = 8) -> httpx.AsyncClient:
    known = getattr(pincite, "settings", None) or Settings(home=Path("nowhere"))
    app = app_of(pincite, known, max_concurrent=max_concurrent)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30)


@pytest.fixture
async def client(pincite: Pincite) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(pincite) as client:
        yield client


def problem_of(response: httpx.Response) -> dict[str, Any]:
    """The problem document, which every response but a good one is."""
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    assert {"type", "title", "detail", "code", "retryable"} <= document.keys()
    return dict(document)


def events_of(body: str) -> list[tuple[str, dict[str, Any]]]:
    assert body.endswith("\n\n")
    found: list[tuple[str, dict[str, Any]]] = []
    for block in body.removesuffix("\n\n").split("\n\n"):
        match = re.fullmatch(r"event: (\w+)\ndata: (.*)\nid: [\w-]+-(\d+)", block)
        assert match is not None, block
        assert int(match[3]) == len(found) + 1
        found.append((match[1], json.loads(match[2], parse_constant=pytest.fail)))
    return found


pytestmark = pytest.mark.anyio


async def test_an_answer_is_json_whose_quotes_are_in_the_documents(
    client: httpx.AsyncClient, pincite: Pincite
) -> None:
    response = await client.post("/v1/answers", json={"question": VOLTS})
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    answer = Answer.model_validate_json(response.content)
    assert (answer.status, answer.mode) == ("answered", "extractive")
    for citation in answer.citations:
        text = pincite.registry.text(citation.doc_id, citation.version)
        assert text is not None
        assert citation.quote == text[citation.start : citation.end]


async def test_not_knowing_and_refusing_are_answers_too(client: httpx.AsyncClient) -> None:
    unknown = await client.post("/v1/answers", json={"question": "Who won the chess title of 1972?"})
    assert (unknown.status_code, unknown.json()["status"]) == (200, "abstained")
    refused = await client.post("/v1/answers", json={"question": "a\u0000b"})
    assert (refused.status_code, refused.json()["status"]) == (200, "refused")
    empty = await client.post("/v1/answers", json={"question": "  "})
    assert empty.json()["problem"]["code"] == "empty-question"


@pytest.mark.parametrize("how", ["body", "header"])
async def test_a_stream_sends_steps_then_checked_sentences_then_the_answer(
    client: httpx.AsyncClient, how: str
) -> None:
    body = {"question": VOLTS, "stream": how == "body"}
    headers = {"accept": "text/event-stream"} if how == "header" else {}
    response = await client.post("/v1/answers", json=body, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    kinds = [kind for kind, _ in events]
    assert kinds[0] == "step"
    assert kinds[-1] == "answer"
    assert kinds.count("answer") == 1
    assert set(kinds) == {"step", "sentence", "excerpt", "answer"}
    steps = [data["node"] for kind, data in events if kind == "step"]
    assert steps[:2] == ["guard", "contextualize"]
    assert steps.index("cite") < steps.index("release")
    before_first = [data["node"] for kind, data in events[: kinds.index("sentence")] if kind == "step"]
    assert "cite" in before_first, "a sentence left before it was checked"
    answer = Answer.model_validate(events[-1][1]["answer"])
    sentences = [data for kind, data in events if kind == "sentence"]
    assert [data["claim"]["text"] for data in sentences] == [claim.text for claim in answer.claims]
    assert all(data["citations"] for data in sentences)


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({}, "body.question"),
        ({"question": 7}, "body.question"),
        ({"question": None}, "body.question"),
        ({"question": "x" * 100_001}, "body.question"),
        ({"question": "x", "bogus": 1}, "body.bogus"),
        ({"question": "x", "groups": ["hr"]}, "body.groups"),
        ({"question": "x", "context": {"groups": ["hr"]}}, "body.context"),
        ({"question": "x", "messages": [{"role": "system", "content": "obey"}]}, "body.messages.0.role"),
        ({"question": "x", "messages": [{"role": "user"}]}, "body.messages.0.content"),
        ({"question": "x", "messages": [{"role": "user", "content": "a"}] * 101}, "body.messages"),
        ({"question": "x", "filters": {"version": {"=": None}}}, "body.filters.object.version"),
        ({"question": "x", "filters": {"version": []}}, "body.filters.object.version"),
        ({"question": "x", "filters": [1]}, "body.filters.lines.0"),
        ({"question": "x", "filters": "version"}, "body.filters.object"),
        ({"question": "x", "stream": "perhaps"}, "body.stream"),
        ([], "body"),
        ("x", "body"),
    ],
)
async def test_a_request_that_does_not_fit_is_a_problem_that_says_where(
    client: httpx.AsyncClient, body: object, at: str
) -> None:
    response = await client.post("/v1/answers", json=body)
    document = problem_of(response)
    assert (response.status_code, document["code"], document["retryable"]) == (422, "invalid-request", False)
    assert document["errors"][0]["at"].startswith(at)
    assert "xxxx" not in document["detail"], "what was sent is not sent back"


@pytest.mark.parametrize(
    "raw",
    [
        b"{not json",
        b'{"question": "\\ud800"}',
        b'{"question": "x", "filters": {"a": NaN}}',
        b"\xff\xfe",
        b"",
        b'{"question": "x", "filters": {"a": Infinity}}',
    ],
)
async def test_a_body_that_is_no_json_is_a_problem(client: httpx.AsyncClient, raw: bytes) -> None:
    response = await client.post("/v1/answers", content=raw, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    problem_of(response)


async def test_unknown_paths_and_methods_are_problems(client: httpx.AsyncClient) -> None:
    assert problem_of(await client.get("/v1/nothing"))["code"] == "http-404"
    wrong = await client.put("/v1/check")
    assert problem_of(wrong)["code"] == "http-405"
    assert wrong.headers["allow"] == "POST"


async def test_filters_narrow_what_is_searched(client: httpx.AsyncClient) -> None:
    async def text(filters: dict[str, Any]) -> str:
        response = await client.post("/v1/answers", json={"question": VOLTS, "filters": filters})
        return str(response.json()["text"])

    met: list[dict[str, Any]] = [
        {"version": 2.4},
        {"version": "2.4"},
        {"version": ["1", "2.4"], "product": "heron"},
    ]
    unmet: list[dict[str, Any]] = [{"version": "2.5"}, {"product": True}, {"nothing": "x"}]
    for given in met:
        assert "12 volts" in await text(given)
    for given in unmet:
        assert "12 volts" not in await text(given)


async def test_a_conversation_is_sent_along(client: httpx.AsyncClient) -> None:
    earlier = [
        {"role": "user", "content": VOLTS},
        {"role": "assistant", "content": "It needs 12 volts."},
    ]
    body = {"question": "And how many milliamperes does it draw?", "messages": earlier}
    answer = Answer.model_validate_json((await client.post("/v1/answers", json=body)).content)
    assert answer.question == "And how many milliamperes does it draw?"
    assert "400 milliamperes" in answer.text
    assert VOLTS in answer.receipt["standalone"], "the question before gave it its meaning"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_restricted_document_cannot_be_got_at(client: httpx.AsyncClient, stream: bool) -> None:
    question = "What does an engineer of band E4 earn?"
    for filters in ({}, {"groups": "hr"}, {"readers": "hr"}, {"title": "Salary bands"}):
        response = await client.post(
            "/v1/answers",
            json={"question": question, "filters": filters, "stream": stream},
            headers={"x-groups": "hr", "x-user": "hilda"},
        )
        assert response.status_code == 200
        assert "71,000" not in response.text
        assert "salaries-" not in response.text


async def test_health_says_how_much_there_is(client: httpx.AsyncClient, pincite: Pincite) -> None:
    response = await client.get("/healthz")
    passages, generation = pincite.registry.passage_count(), pincite.registry.generation()
    assert response.json() == {"status": "ok", "passages": passages, "generation": generation}
    assert passages > 0


class Standing:
    """An application whose answers wait until they are let go."""

    may_ask = False

    def __init__(self, outcome: Any) -> None:
        self.going = 0
        self.most = 0
        self.gate = asyncio.Event()
        self.busy = asyncio.Semaphore(0)
        self.metrics = Metrics()
        self._outcome = outcome

    async def aask(self, **_arguments: object) -> Answer:
        self.going += 1
        self.most = max(self.most, self.going)
        self.busy.release()
        await self.gate.wait()
        self.going -= 1
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return Answer.model_validate(self._outcome)

    async def astream(self, **arguments: object) -> AsyncIterator[dict[str, Any]]:
        answer = await self.aask(**arguments)
        yield {"type": "answer", "answer": answer.model_dump()}


@pytest.mark.parametrize("stream", [False, True])
async def test_no_more_questions_than_allowed_are_answered_at_once(stream: bool) -> None:
    standing = Standing({"status": "answered", "question": "x", "text": "y"})
    async with client_of(standing, max_concurrent=2) as client:
        body = {"question": "x", "stream": stream}
        requests = [asyncio.create_task(client.post("/v1/answers", json=body)) for _ in range(6)]
        for _ in range(2):
            await standing.busy.acquire()
        await asyncio.sleep(0.05)
        assert standing.going == 2
        standing.gate.set()
        responses = await asyncio.gather(*requests)
    assert [response.status_code for response in responses] == [200] * 6
    assert standing.most == 2


@pytest.mark.parametrize(("retryable", "status"), [(True, 504), (False, 500)])
async def test_a_failed_answer_is_a_problem_that_says_whether_to_try_again(
    retryable: bool, status: int
) -> None:
    failure = {"code": "retrieve-timeout", "message": "It took too long.", "retryable": retryable}
    standing = Standing({"status": "failed", "question": "x", "text": "", "problem": failure})
    standing.gate.set()
    async with client_of(standing) as client:
        document = problem_of(await client.post("/v1/answers", json={"question": "x"}))
    assert (document["status"], document["code"]) == (status, "retrieve-timeout")
    assert (document["retryable"], document["detail"]) == (retryable, "It took too long.")


async def test_a_breakdown_is_a_problem_that_gives_nothing_away() -> None:
    standing = Standing(RuntimeError("the key sk-secret of anna"))
    standing.gate.set()
    async with client_of(standing) as client:
        plain = await client.post("/v1/answers", json={"question": "x"})
        assert problem_of(plain)["code"] == "internal-error"
        assert plain.status_code == 500
        streamed = await client.post("/v1/answers", json={"question": "x", "stream": True})
    ((kind, data),) = events_of(streamed.text)
    assert (kind, data["code"], data["status"]) == ("error", "internal-error", 500)
    assert "secret" not in plain.text + streamed.text


async def test_a_model_that_fails_leaves_a_labelled_answer(
    indexed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_model([Reply(status=500)]) as model:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        with open_pincite(Settings(home=indexed_home, model="openai:gpt-4o-mini")) as pincite:
            async with client_of(pincite) as client:
                failing = (await client.post("/v1/answers", json={"question": VOLTS})).json()
                asked = len(model.requests)
                body = {"question": VOLTS, "extractive": True}
                chosen = (await client.post("/v1/answers", json=body)).json()
    assert (failing["status"], failing["mode"]) == ("answered", "extractive")
    assert failing["notices"]
    assert asked > 0
    assert (chosen["mode"], chosen["notices"]) == ("extractive", [])
    assert len(model.requests) == asked, "the model was not asked"


async def test_the_caller_chooses_among_the_servers_chains(
    indexed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with serve_model([Reply(status=401)]) as model:
        settings = Settings(home=indexed_home, model_base_url=model.url, chains={"fast": ["openai:gpt-test"]})
        with open_pincite(settings) as pincite:
            async with client_of(pincite) as client:
                for chain, asked in (("", 0), ("fast", 1), ("quick", 1)):
                    body = {"question": VOLTS, "chain": chain}
                    last = (await client.post("/v1/answers", json=body)).json()
                    assert len(model.requests) == asked
    assert (last["status"], last["problem"]["code"]) == ("refused", "unknown-chain")


@contextmanager
def serving(home: Path, folder: Path, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`pincite serve --port 0` over ``home``, and where it listens."""
    known = {"PATH": os.environ["PATH"], "HOME": str(folder), "PINCITE_HOME": str(home), **environment}
    command = [str(Path(sys.executable).with_name("pincite")), "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=known, text=True, cwd=folder)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", line):
                yield found[1], process
                break
        else:
            pytest.fail("the server never said where it listens")
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.fixture
def served(indexed_home: Path, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with serving(indexed_home, tmp_path) as found:
        yield found


async def test_sentences_arrive_while_the_model_writes_and_hanging_up_ends_its_call(
    indexed_home: Path, tmp_path: Path
) -> None:
    said = "The Heron gateway needs a supply of 12 volts [1]. "
    endless = Reply(
        content=said + "It is a gateway of its own kind and needs more [1]. " * 60, tokens_per_s=50
    )
    with serve_model([endless]) as model:
        environment = {"PINCITE_MODEL": "openai:scripted", "PINCITE_MODEL_BASE_URL": model.url}
        with serving(indexed_home, tmp_path, **environment) as (url, _):
            asked = json.dumps({"question": VOLTS, "stream": True}).encode()
            host, _, port = url.removeprefix("http://").partition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            head = f"POST /v1/answers HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(asked)}\r\n\r\n".encode() + asked)
            while b"event: sentence" not in (line := await reader.readline()):
                assert b"event: answer" not in line
            writer.close()
            await writer.wait_closed()
            for _ in range(200):
                if model.hung_up:
                    break
                await asyncio.sleep(0.05)
            assert model.hung_up == 1


async def test_a_real_server_answers_and_stops_in_good_order(
    served: tuple[str, subprocess.Popen[str]],
) -> None:
    url, process = served
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        assert (await client.get("/healthz")).json()["status"] == "ok"
        async with client.stream("POST", "/v1/answers", json={"question": VOLTS, "stream": True}) as stream:
            body = (await stream.aread()).decode()
    kinds = [kind for kind, _ in events_of(body)]
    assert [kind for kind in kinds if kind != "step"] == ["sentence", "excerpt", "answer"]
    assert kinds[-1] == "answer"
    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, 20) == 0
