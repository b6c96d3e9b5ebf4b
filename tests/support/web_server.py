"""A web server on the loopback address, with pages that a test gives and a log of what was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Handler = BaseHTTPRequestHandler
Reply = tuple[int, dict[str, str], bytes] | Callable[[Handler], None]


@dataclass
class Site:
    """``pages`` by path: (status, headers, content), or a function that does everything itself."""

    url: str
    port: int
    pages: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def page(self, path: str, content: str | bytes, kind: str = "text/html", **headers: str) -> None:
        """Serve ``content``; with an ``ETag`` among the headers, answer 304 to whoever has it."""
        data = content.encode() if isinstance(content, str) else content
        known = {name.replace("_", "-"): value for name, value in headers.items()}

        def reply(handler: Handler) -> None:
            same = "ETag" in known and handler.headers.get("If-None-Match") == known["ETag"]
            handler.send_response(304 if same else 200)
            for name, value in {"Content-Type": kind, **known}.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", "0" if same else str(len(data)))
            handler.end_headers()
            handler.wfile.write(b"" if same else data)

        self.pages[path] = reply

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _ in self.asked]


@contextmanager
def site() -> Iterator[Site]:
    """Serve until the ``with`` block ends."""

    class Serving(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found.asked.append((self.path, dict(self.headers)))
            reply = found.pages.get(self.path, (404, {}, b"no such page"))
            if callable(reply):
                reply(self)
                return
            status, headers, data = reply
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # clients that hang up are part of the tests

    server = Server(("127.0.0.1", 0), Serving)
    found = Site(f"http://127.0.0.1:{server.server_port}", server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
