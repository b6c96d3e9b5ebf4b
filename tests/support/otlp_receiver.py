"""An OTLP/HTTP receiver on loopback that decodes the traces, log records and metrics it is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
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
        self.came = threading.Condition()

    def wait_for(self, path: str, timeout_s: float = 60) -> bool:
        """Whether something came to this path in time."""
        with self.came:
            return self.came.wait_for(lambda: path in self.paths, timeout_s)

    @property
    def spans(self) -> list[Any]:
        """All spans, as the protocol has them."""
        requests = self._read("/v1/traces", ExportTraceServiceRequest)
        scopes = [scope for one in requests for of in one.resource_spans for scope in of.scope_spans]
        return [span for scope in scopes for span in scope.spans]

    @property
    def records(self) -> list[Any]:
        """All log records, as the protocol has them."""
        requests = self._read("/v1/logs", ExportLogsServiceRequest)
        scopes = [scope for one in requests for of in one.resource_logs for scope in of.scope_logs]
        return [record for scope in scopes for record in scope.log_records]

    @property
    def metrics(self) -> dict[str, Any]:
        """The metrics of the last request that had some, by name."""
        requests = self._read("/v1/metrics", ExportMetricsServiceRequest)
        scopes = [scope for one in requests[-1:] for of in one.resource_metrics for scope in of.scope_metrics]
        return {metric.name: metric for scope in scopes for metric in scope.metrics}

    @property
    def resources(self) -> dict[str, list[dict[str, Any]]]:
        """The resource of each request, by its path."""
        kinds: tuple[tuple[str, type[Any], str], ...] = (
            ("/v1/traces", ExportTraceServiceRequest, "resource_spans"),
            ("/v1/logs", ExportLogsServiceRequest, "resource_logs"),
            ("/v1/metrics", ExportMetricsServiceRequest, "resource_metrics"),
        )
        return {
            path: [attributes(of.resource) for one in self._read(path, kind) for of in getattr(one, field)]
            for path, kind, field in kinds
        }

    def _read(self, path: str, kind: type[Any]) -> list[Any]:
        found = []
        for to, body in zip(self.paths, self.bodies, strict=True):
            if to == path:
                request = kind()
                request.ParseFromString(body)
                found.append(request)
        return found

    @property
    def payload(self) -> str:
        return b"\n".join(self.bodies).decode("utf-8", "replace")


def attributes(span: Any) -> dict[str, Any]:
    """The attributes of a span, a log record, a data point or a resource, by name."""
    return {one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in span.attributes}


@contextmanager
def receive_otlp() -> Iterator[OtlpReceiver]:
    """Serve at ``receiver.url`` for the length of a ``with`` block."""
    receiver = OtlpReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            with receiver.came:
                receiver.bodies.append(body)
                receiver.paths.append(self.path)
                receiver.came.notify_all()
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
