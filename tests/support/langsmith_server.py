"""As much of LangSmith as a tracing client talks to, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BATCHES = {
    "use_multipart_endpoint": True,
    "size_limit": 100,
    "size_limit_bytes": 20_971_520,
    "scale_up_nthreads_limit": 16,
    "scale_up_qsize_trigger": 1000,
    "scale_down_nempty_trigger": 4,
}


class LangSmithServer:
    """What arrived. ``hang`` holds every answer back until the server is stopped."""

    def __init__(self) -> None:
        self.url = ""
        self.hang = False
        self.bodies: list[bytes] = []
        self.requests: list[str] = []
        self.arrived = threading.Event()

    @property
    def payload(self) -> str:
        return b"\n".join(self.bodies).decode("utf-8", "replace")


@contextmanager
def serve_langsmith() -> Iterator[LangSmithServer]:
    """Serve at ``server.url`` for the length of a ``with`` block."""
    langsmith = LangSmithServer()
    stopped = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({"version": "0.0.0", "batch_ingest_config": BATCHES})

        def do_POST(self) -> None:
            if self.headers.get("transfer-encoding") == "chunked":
                body = b"".join(self._chunks())
            else:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
            langsmith.bodies.append(body)
            langsmith.arrived.set()
            self._answer({})

        def _chunks(self) -> Iterator[bytes]:
            while size := int(self.rfile.readline(), 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()

        def _answer(self, data: object) -> None:
            langsmith.requests.append(f"{self.command} {self.path}")
            if langsmith.hang:
                stopped.wait()
            raw = json.dumps(data).encode()
            with suppress(OSError):
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    langsmith.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield langsmith
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
