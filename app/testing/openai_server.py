"""A scripted chat model behind the real OpenAI wire format, on loopback: for tests and benchmarks."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}


@dataclass
class Reply:
    """One scripted reply: a status, and what the assistant (or the error) says or calls.

    ``hang_s`` waits first.
    """

    status: int = 200
    content: str | None = None
    tool: str | None = None
    arguments: dict[str, Any] | str = field(default_factory=dict)
    also: Sequence[tuple[str, dict[str, Any]]] = ()
    """More tools called in the same reply: (name, arguments) each."""
    hang_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    model: str = ""
    """What the server calls the model; as it was asked for when empty."""
    pieces: int = 1
    """Pieces the content is streamed in."""
    tokens_per_s: float = 0.0
    """Above 0, a streamed reply comes token by token (four characters each) at this pace."""
    cut_after: int | None = None
    """Such a reply breaks off after so many tokens: the connection is closed in the middle."""


def give_answer(*claims: tuple[str, list[int], list[str]], not_answerable: str = "") -> Reply:
    """The tool call a well-behaved model answers with: (sentence, sources, quotes) each."""
    listed = [{"text": text, "sources": sources, "quotes": quotes} for text, sources, quotes in claims]
    return Reply(tool="give_answer", arguments={"claims": listed, "not_answerable": not_answerable})


Script = Sequence[Reply] | Callable[[dict[str, Any]], Reply]


class ScriptedModel:
    """What was asked, and what comes next. The last reply of a list is repeated."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._lock = threading.Lock()
        self.requests: list[dict[str, Any]] = []
        self.hung_up = 0
        """How many replies their reader closed before the end."""
        self.keys: list[str] = []
        self.url = ""

    def reply(self, request: dict[str, Any]) -> Reply:
        with self._lock:
            self.requests.append(request)
            if callable(self._script):
                return self._script(request)
            return self._script[min(len(self.requests), len(self._script)) - 1]

    def prompt(self, number: int = -1) -> str:
        """All text of one request's messages."""
        return "\n".join(str(message.get("content")) for message in self.requests[number]["messages"])


@contextmanager
def serve_model(script: Script) -> Iterator[ScriptedModel]:
    """Serve ``script`` at ``model.url`` for the length of a ``with`` block."""
    model = ScriptedModel(script)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            model.keys.append(self.headers.get("authorization", ""))
            reply = model.reply(body)
            stopped.wait(reply.hang_s)
            # A client that gave up, as it should when nothing comes, has closed its end.
            try:
                _send(self, body, reply)
            except OSError:
                model.hung_up += 1

        def log_message(self, *_args: object) -> None:
            return

    stopped = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _send(handler: BaseHTTPRequestHandler, request: dict[str, Any], reply: Reply) -> None:
    if reply.status != 200:
        error = {"message": reply.content or "scripted", "type": "scripted", "code": str(reply.status)}
        _write(handler, reply.status, json.dumps({"error": error}), "application/json", reply.headers)
        return
    message: dict[str, Any] = {"role": "assistant", "content": reply.content}
    if reply.tool:
        arguments = reply.arguments if isinstance(reply.arguments, str) else json.dumps(reply.arguments)
        called = [(reply.tool, arguments), *((name, json.dumps(given)) for name, given in reply.also)]
        message["tool_calls"] = [
            {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": given}}
            for n, (name, given) in enumerate(called, 1)
        ]
    head = {"id": "chatcmpl-1", "created": int(time.time()), "model": reply.model or request["model"]}
    finish = "tool_calls" if reply.tool else "stop"
    if not request.get("stream"):
        choice = {"index": 0, "message": message, "finish_reason": finish}
        whole = {**head, "object": "chat.completion", "choices": [choice], "usage": USAGE}
        _write(handler, 200, json.dumps(whole), "application/json", reply.headers)
        return
    for index, call in enumerate(message.get("tool_calls", [])):
        call["index"] = index
    deltas = _tokens(message) if reply.tokens_per_s else _deltas(message, reply.pieces)
    parts: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    parts += [
        {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]},
    ]
    if (request.get("stream_options") or {}).get("include_usage"):
        parts.append({"choices": [], "usage": USAGE})
    lines = [json.dumps({**head, "object": "chat.completion.chunk", **part}) for part in parts]
    events = [f"data: {line}\n\n" for line in [*lines, "[DONE]"]]
    if reply.tokens_per_s:
        _write_slowly(handler, events, reply)
    else:
        _write(handler, 200, "".join(events), "text/event-stream", {})


def _write_slowly(handler: BaseHTTPRequestHandler, events: Sequence[str], reply: Reply) -> None:
    # Chunked, so that a connection that closes too early is seen as such.
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    handler.send_header("transfer-encoding", "chunked")
    handler.send_header("connection", "close")
    handler.end_headers()
    for number, event in enumerate(events):
        if number == reply.cut_after:
            return
        data = event.encode()
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        handler.wfile.flush()
        time.sleep(1 / reply.tokens_per_s)
    handler.wfile.write(b"0\r\n\r\n")


TOKEN_CHARS = 4


def _tokens(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The message in small deltas, as a provider streams it."""
    content = message.get("content") or ""
    found: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    found += [{"content": content[at : at + TOKEN_CHARS]} for at in range(0, len(content), TOKEN_CHARS)]
    for call in message.get("tool_calls", []):
        written = call["function"]["arguments"]
        found.append(
            {"tool_calls": [{**call, "function": {"name": call["function"]["name"], "arguments": ""}}]}
        )
        for at in range(0, len(written), TOKEN_CHARS):
            piece = {"arguments": written[at : at + TOKEN_CHARS]}
            found.append({"tool_calls": [{"index": call["index"], "function": piece}]})
    return found


def _deltas(message: dict[str, Any], pieces: int) -> list[dict[str, Any]]:
    """The message, its content cut into ``pieces``."""
    content = message["content"]
    if pieces < 2 or not content:
        return [message]
    size = -(-len(content) // pieces)
    cut = [content[at : at + size] for at in range(0, len(content), size)]
    return [{**message, "content": cut[0]}, *({"content": piece} for piece in cut[1:])]


def _write(
    handler: BaseHTTPRequestHandler, status: int, body: str, kind: str, headers: dict[str, str]
) -> None:
    data = body.encode()
    handler.send_response(status)
    handler.send_header("content-type", kind)
    handler.send_header("content-length", str(len(data)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)
