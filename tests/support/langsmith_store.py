"""As much of LangSmith as datasets, experiments, feedback and annotation queues need, on loopback: it keeps
what it is sent."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.langsmith_server import BATCHES

NOW = "2026-11-22T10:00:00+00:00"
TENANT = "11111111-1111-1111-1111-111111111111"


class LangSmithStore:
    """Everything by id. ``refuse`` makes every writing request fail with that status."""

    def __init__(self) -> None:
        self.url = ""
        self.refuse = 0
        self.datasets: dict[str, dict[str, Any]] = {}
        self.examples: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, dict[str, Any]] = {}
        self.runs: dict[str, dict[str, Any]] = {}
        self.feedback: list[dict[str, Any]] = []
        self.queues: dict[str, dict[str, Any]] = {}
        self.queued: list[str] = []
        self.writes: list[str] = []
        self.lock = threading.Lock()

    def get(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        if path == "/info":
            return 200, {
                "version": "0.0.0",
                "batch_ingest_config": {**BATCHES, "use_multipart_endpoint": False},
            }
        if path == "/datasets":
            return 200, [d for d in self.datasets.values() if d["name"] in query.get("name", [])]
        if path.startswith("/datasets/"):
            return (200, self.datasets[path[10:]]) if path[10:] in self.datasets else (404, {})
        if path == "/examples":
            start = int(query.get("offset", ["0"])[0])
            of = query["dataset"][0]
            found = [e for e in self.examples.values() if e["dataset_id"] == of]
            return 200, found[start : start + int(query.get("limit", ["100"])[0])]
        if path == "/feedback":
            start = int(query.get("offset", ["0"])[0])
            on = [one for one in self.feedback if one["run_id"] in query.get("run", [])]
            return 200, on[start : start + int(query.get("limit", ["100"])[0])]
        if path == "/annotation-queues":
            return 200, [one for one in self.queues.values() if one["name"] in query.get("name", [])]
        if path == "/sessions":
            return 200, [s for s in self.sessions.values() if s["name"] in query.get("name", [])]
        if path.startswith("/sessions/"):
            return (200, self.sessions[path[10:]]) if path[10:] in self.sessions else (404, {})
        return 404, {"detail": f"GET {path} is not known"}

    def write(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        with self.lock:
            self.writes.append(f"{method} {path}")
            if self.refuse:
                return self.refuse, {"detail": "refused"}
            if (method, path) == ("POST", "/datasets"):
                made = {**body, "id": str(uuid.uuid4()), "created_at": NOW, "tenant_id": TENANT}
                self.datasets[made["id"]] = {**made, "metadata": body["extra"]["metadata"]}
                return 200, self.datasets[made["id"]]
            if (method, path) == ("POST", "/examples/bulk"):
                for one in body:
                    assert one["id"] not in self.examples
                    self.examples[one["id"]] = {**one, "created_at": NOW, "modified_at": NOW}
                return 200, [self.examples[one["id"]] for one in body]
            if (method, path) == ("PATCH", "/examples/bulk"):
                for one in body:
                    self.examples[one["id"]].update(one)
                return 200, {}
            if method == "DELETE" and path.startswith("/examples/"):
                del self.examples[path[10:]]
                return 200, {}
            if (method, path) == ("POST", "/sessions"):
                made = {**body, "id": body.get("id") or str(uuid.uuid4()), "tenant_id": TENANT}
                self.sessions[made["id"]] = {"start_time": NOW, "reference_dataset_id": None, **made}
                return 200, self.sessions[made["id"]]
            if method == "PATCH" and path.startswith("/sessions/"):
                self.sessions[path[10:]].update({k: v for k, v in body.items() if v is not None})
                return 200, self.sessions[path[10:]]
            if (method, path) == ("POST", "/runs"):
                self.runs[body["id"]] = body
                return 202, {}
            if (method, path) == ("POST", "/runs/batch"):
                for one in [*(body.get("post") or []), *(body.get("patch") or [])]:
                    self.runs.setdefault(one["id"], {}).update(
                        {k: v for k, v in one.items() if v is not None}
                    )
                return 202, {}
            if method == "PATCH" and path.startswith("/runs/"):
                self.runs.setdefault(path[6:], {}).update(body)
                return 202, {}
            if (method, path) == ("POST", "/feedback"):
                assert body["id"] not in [one.get("id") for one in self.feedback]
                self.feedback.append({"trace_id": None, **body})
                return 200, body
            if path.startswith("/feedback/"):
                (known,) = [one for one in self.feedback if one["id"] == path[10:]]
                if method == "DELETE":
                    self.feedback.remove(known)
                else:
                    known.update(body)
                return 200, known
            if (method, path) == ("POST", "/annotation-queues"):
                made = {"created_at": NOW, "updated_at": NOW, "tenant_id": TENANT, **body}
                self.queues[made["id"]] = made
                return 200, made
            if method == "POST" and path.startswith("/annotation-queues/"):
                self.queued += body
                return 200, {}
        return 404, {"detail": f"{method} {path} is not known"}


@contextmanager
def serve_store() -> Iterator[LangSmithStore]:
    """Serve at ``store.url`` for the length of a ``with`` block."""
    store = LangSmithStore()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._answer(*store.get(parts.path, parse_qs(parts.query)))

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            self._answer(*store.write(self.command, urlsplit(self.path).path, json.loads(raw or b"null")))

        do_PATCH = do_DELETE = do_POST

        def _answer(self, status: int, data: object) -> None:
            raw = json.dumps(data).encode()
            self.send_response(status)
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
    store.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
