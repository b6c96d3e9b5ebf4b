"""An OTLP/HTTP receiver on loopback that decodes the traces it is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class OtlpReceiver:
    """What arrived. ``hold``: seconds before each answer; ``status``: of the answers."""

    def __init__(self) -> None:
        self.url = ""
        self.hold = 0.0
        self.status = 200
        self.paths: list[str] = []
        self.bodies: list[bytes] = []
        self.arrived = threading.Event()
        self.stopped = threading.Event()

    @property
    def spans(self) -> list[Any]:
        """All spans, as the protocol has them."""
        found = []
        for body in self.bodies:
            request = ExportTraceServiceRequest()
            request.ParseFromString(body)
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    found += scope.spans
        return found

    @property
    def payload(self) -> str:
        return b"\n".join(self.bodies).decode("utf-8", "replace")


def attributes(span: Any) -> dict[str, Any]:
    """The attributes of a span, by name."""
    return {one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in span.attributes}


@contextmanager
def receive_otlp() -> Iterator[OtlpReceiver]:
    """Serve at ``receiver.url`` for the length of a ``with`` block."""
    receiver = OtlpReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.bodies.append(self.rfile.read(int(self.headers.get("content-length", 0))))
            receiver.paths.append(self.path)
            receiver.arrived.set()
            if receiver.hold:
                receiver.stopped.wait(receiver.hold)
            with suppress(OSError):
                self.send_response(receiver.status)
                self.send_header("content-length", "0")
                self.end_headers()

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield receiver
    finally:
        receiver.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
