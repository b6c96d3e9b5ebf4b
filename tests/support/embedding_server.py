"""An OpenAI-compatible embedding endpoint on loopback. Its vectors count letters, so alike words are near."""

from __future__ import annotations

import base64
import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class EmbeddingServer:
    """What was asked; ``status`` other than 200 makes every request fail."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []


def letters(text: str) -> list[float]:
    return [float(text.lower().count(letter)) + 0.01 for letter in "abcdefghijklmnopqrstuvwxyz"]


@contextmanager
def serve_embeddings() -> Iterator[EmbeddingServer]:
    """Serve at ``server.url`` for the length of a ``with`` block."""
    embedding = EmbeddingServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            embedding.requests.append(request)
            embedding.paths.append(self.path)
            given = request["input"] if isinstance(request["input"], list) else [request["input"]]
            data = [
                {"object": "embedding", "index": number, "embedding": _encoded(letters(text), request)}
                for number, text in enumerate(given)
            ]
            body = {"object": "list", "data": data, "model": request["model"], "usage": {"total_tokens": 1}}
            if embedding.status != 200:
                body = {"error": {"message": "scripted", "type": "scripted", "code": "scripted"}}
            raw = json.dumps(body).encode()
            self.send_response(embedding.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.send_header("retry-after", "0")
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    embedding.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield embedding
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _encoded(vector: list[float], request: dict[str, Any]) -> Any:
    if request.get("encoding_format") != "base64":
        return vector
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
