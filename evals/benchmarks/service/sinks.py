"""Endpoints that traces, metrics and log records are sent to, on loopback: one that keeps what it is sent,
and three that are in trouble."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TROUBLES = ("dead", "black hole", "slow")
SLOW_S = 20.0
"""Seconds that the slow endpoint takes for each answer."""


BATCHES = {
    "use_multipart_endpoint": True,
    "size_limit": 100,
    "size_limit_bytes": 20_971_520,
    "scale_up_nthreads_limit": 16,
    "scale_up_qsize_trigger": 1000,
    "scale_down_nempty_trigger": 4,
}
"""What LangSmith's SDK wants to know of a server."""


@dataclass
class Sink:
    """What arrived, as it came."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@contextmanager
def keeping(hold_s: float = 0.0) -> Iterator[Sink]:
    """An endpoint that takes everything, as LangSmith's and as a collector's, ``hold_s`` seconds late."""
    sink, lock, stopped = Sink(), threading.Lock(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({"version": "0.0.0", "batch_ingest_config": BATCHES})

        def do_POST(self) -> None:
            chunked = self.headers.get("transfer-encoding") == "chunked"
            body = b"".join(self._chunks()) if chunked else self._whole()
            with lock:
                sink.bodies.append(body)
                sink.paths.append(self.path)
            self._answer({})

        do_PATCH = do_POST

        def _whole(self) -> bytes:
            return self.rfile.read(int(self.headers.get("content-length", 0)))

        def _chunks(self) -> Iterator[bytes]:
            while size := int(self.rfile.readline(), 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()

        def _answer(self, data: object) -> None:
            if hold_s:
                stopped.wait(hold_s)
            raw = b"" if self.path.startswith("/v1/") else json.dumps(data).encode()
            with suppress(OSError):
                self.send_response(200)
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    sink.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield sink
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def in_trouble() -> Iterator[dict[str, str]]:
    """The address of an endpoint for each of ``TROUBLES``."""
    with ExitStack() as stack:
        dead = stack.enter_context(socket.socket())
        dead.bind(("127.0.0.1", 0))
        silent = stack.enter_context(socket.socket())
        silent.bind(("127.0.0.1", 0))
        silent.listen(128)
        slow = stack.enter_context(keeping(SLOW_S))
        urls = {"dead": dead, "black hole": silent}
        found = {name: f"http://127.0.0.1:{one.getsockname()[1]}" for name, one in urls.items()}
        yield {**found, "slow": slow.url}
