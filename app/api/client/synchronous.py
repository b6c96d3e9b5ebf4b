"""The synchronous client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx

from app.api.client import calls, document_calls
from app.api.client.call import Call, ProblemError, UnreachableError, checked
from app.api.client.document_calls import UPLOAD_OFFSET
from app.api.client.file_parts import ROUNDS, Progress, part_at, sha256_and_size
from app.api.client.stream import LAST, StreamEvent, StreamLines
from app.api.contract.asking import WaitingAnswer
from app.api.contract.checking import CheckResult, VerifyResult
from app.api.contract.conversations import AnswerSummary, FeedbackItem, ThreadDetail, ThreadSummary
from app.api.contract.documents import (
    CanonicalText,
    CitingAnswerItem,
    DocumentDetail,
    DocumentItem,
    DocumentList,
    ForgottenDocument,
    PlacedRectangle,
    VersionItem,
)
from app.api.contract.facets import KeyFacet
from app.api.contract.jobs import JobDetail, JobItem, SourceItem, UploadItem
from app.api.contract.keys import AuditEntry, KeyItem, KeyMade, WhoAmI
from app.api.contract.operation import Health
from app.api.contract.usage import UsageItem
from graphs.contracts import Answer

T = TypeVar("T")

ATTEMPTS = 3
MOST_WAIT_S = 30.0


class PinciteClient:
    """The API of ``pincite serve`` at ``url``. Use it as a context manager, or call ``close``.

    ``key``: an API key or a token. Calls that a busy server refuses are sent again, as it asks, where that
    does no harm. Every call may raise ``ProblemError`` (the server said no) and ``UnreachableError``.
    """

    def __init__(
        self, url: str, key: str = "", *, timeout_s: float = 120.0, client: httpx.Client | None = None
    ) -> None:
        """``client``: one that is set up otherwise, as for a proxy; its base address is replaced."""
        self._client = client or httpx.Client(timeout=timeout_s)
        self._client.base_url = httpx.URL(url.rstrip("/"))
        if key:
            self._client.headers["authorization"] = f"Bearer {key}"

    def send(self, call: Call[T]) -> T:
        """One of ``app.api.client.calls``."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = self._client.request(
                    call.method,
                    call.path,
                    json=call.body,
                    content=call.content,
                    params=call.params,
                    headers=call.headers,
                )
                return call.read(checked(response))
            except httpx.TransportError as error:
                if attempt == ATTEMPTS or not call.again:
                    raise UnreachableError(unreachable(self._client.base_url, error)) from error
                time.sleep(pause(attempt, None))
            except ProblemError as error:
                if attempt == ATTEMPTS or not (call.again and error.retryable):
                    raise
                time.sleep(pause(attempt, error.retry_after_s))
        raise AssertionError("the last attempt returns or raises")

    def stream(self, question: str, **how: Any) -> Iterator[StreamEvent]:
        """Ask, and read events as they come; a stream that breaks goes on where it broke.

        ``how``: the other fields of ``AskRequest``. Leaving the iteration stops the answer.
        """
        lines, run = StreamLines(), ""
        body = {**(calls.ask(question, **how).body or {}), "stream": True}
        for attempt in range(1, ATTEMPTS + 1):
            again = {"last-event-id": lines.last_id} if lines.last_id else {}
            method, path = ("GET", f"/v1/answers/runs/{run}/events") if run else ("POST", "/v1/answers")
            try:
                with self._client.stream(method, path, json=None if run else body, headers=again) as response:
                    if not response.is_success:
                        response.read()
                    checked(response)
                    run = response.headers.get("pincite-run", run)
                    for line in response.iter_lines():
                        event = lines.read(line)
                        if event is not None:
                            yield event
                            if event.kind in LAST:
                                return
                raise httpx.ReadError("the stream ended before its last event")
            except httpx.TransportError as error:
                if attempt == ATTEMPTS or not run:
                    raise UnreachableError(unreachable(self._client.base_url, error)) from error
                time.sleep(pause(attempt, None))

    def ask(self, question: str, **how: Any) -> Answer | WaitingAnswer:
        """An answer, or what is to be approved first. ``how``: the other fields of ``AskRequest``."""
        return self.send(calls.ask(question, **how))

    def approve(
        self, waiting: WaitingAnswer, decisions: Sequence[Mapping[str, Any]]
    ) -> Answer | WaitingAnswer:
        """Decide about the calls of an answer that waits, one decision each."""
        return self.send(calls.approve(waiting, decisions))

    def answers(self, limit: int = 50, *, everybody: bool = False) -> list[AnswerSummary]:
        return self.send(calls.answers(limit, everybody))

    def answer(self, ident: str, *, everybody: bool = False) -> Answer:
        return self.send(calls.answer(ident, everybody))

    def delete_answer(self, ident: str) -> None:
        return self.send(calls.delete_answer(ident))

    def stop(self, run: str) -> None:
        """Stop an answer that is being made; ``run`` is the part of an event's id before its last ``-``."""
        return self.send(calls.stop(run))

    def threads(self) -> list[ThreadSummary]:
        return self.send(calls.threads())

    def thread(self, name: str) -> ThreadDetail:
        return self.send(calls.thread(name))

    def delete_thread(self, name: str) -> None:
        return self.send(calls.delete_thread(name))

    def give_feedback(self, answer_id: str, rating: str, **how: Any) -> FeedbackItem:
        """``rating``: ``up`` or ``down``. ``how``: the other fields of ``FeedbackRequest``."""
        return self.send(calls.give_feedback(answer_id, rating, **how))

    def feedback(self, **which: Any) -> list[FeedbackItem]:
        return self.send(calls.feedback(**which))

    def check(
        self, text: str, sources: Sequence[str | Mapping[str, str]], *, question: str = ""
    ) -> CheckResult:
        """Each sentence of a text against sources, texts or ``{"text", "title"}``."""
        return self.send(calls.check(text, sources, question))

    def verify(
        self, answer_ids: Sequence[str] = (), *, exported: Sequence[Mapping[str, Any]] = ()
    ) -> VerifyResult:
        """Where the words that answers cite stand today."""
        return self.send(calls.verify(answer_ids, exported))

    def me(self) -> WhoAmI:
        return self.send(calls.me())

    def health(self) -> Health:
        return self.send(calls.health())

    def keys(self) -> list[KeyItem]:
        return self.send(calls.keys())

    def issue_key(self, name: str, user: str, **how: Any) -> KeyMade:
        """``how``: the other fields of ``KeyRequest``."""
        return self.send(calls.issue_key(name, user, **how))

    def rotate_key(self, ident: str, **how: Any) -> KeyMade:
        """``how``: the fields of ``RotateRequest``."""
        return self.send(calls.rotate_key(ident, **how))

    def revoke_key(self, ident: str) -> KeyItem:
        return self.send(calls.revoke_key(ident))

    def audit(self, limit: int = 100) -> list[AuditEntry]:
        return self.send(calls.audit(limit))

    def usage(self, *, everybody: bool = False) -> list[UsageItem]:
        """What you spent; with ``everybody``, all accounts of your tenant."""
        return self.send(calls.usage(everybody))

    def facets(
        self, keys: Sequence[str] = (), *, filters: Sequence[str] = (), limit: int | None = None
    ) -> list[KeyFacet]:
        """Keys of metadata with their values: those named, or those with few."""
        return self.send(document_calls.facets(keys, filters, limit))

    def documents(self, *, filters: Sequence[str] = (), **how: Any) -> DocumentList:
        """A page of the documents that you may read. ``how``: words, sort, descending, cursor, limit."""
        return self.send(document_calls.documents(filters, **how))

    def document(self, doc_id: str) -> DocumentDetail:
        return self.send(document_calls.document(doc_id))

    def document_versions(self, doc_id: str) -> list[VersionItem]:
        return self.send(document_calls.document_versions(doc_id))

    def document_text(
        self, doc_id: str, *, version: str = "", start: int = 0, end: int | None = None
    ) -> CanonicalText:
        """The text that offsets of citations count into, or a part of it."""
        return self.send(document_calls.document_text(doc_id, version, start, end))

    def citing_answers(self, doc_id: str, limit: int = 100) -> list[CitingAnswerItem]:
        return self.send(document_calls.citing_answers(doc_id, limit))

    def change_document(
        self,
        doc_id: str,
        *,
        metadata: Mapping[str, Any] | None = None,
        readers: Sequence[str] | None = None,
    ) -> DocumentItem:
        """Say metadata (None leaves a key out) or readers over what the source says."""
        return self.send(document_calls.change_document(doc_id, metadata, readers))

    def reset_document(self, doc_id: str) -> DocumentItem:
        return self.send(document_calls.reset_document(doc_id))

    def delete_document(self, doc_id: str) -> None:
        return self.send(document_calls.delete_document(doc_id))

    def forget_document(self, doc_id: str) -> ForgottenDocument:
        """Take it away for good, from stored answers too; for operators."""
        return self.send(document_calls.forget_document(doc_id))

    def rectangles(self, doc_id: str, start: int, end: int, *, version: str = "") -> list[PlacedRectangle]:
        """Where words stand on pages."""
        return self.send(document_calls.rectangles(doc_id, start, end, version))

    def page_lines(self, doc_id: str, page: int) -> list[PlacedRectangle]:
        return self.send(document_calls.page_lines(doc_id, page))

    def page_image(self, doc_id: str, page: int, *, scale: float = 1.5) -> bytes:
        """A page of an uploaded PDF as a PNG."""
        return self.send(document_calls.page_image(doc_id, page, scale))

    def upload(
        self,
        path: str | Path,
        *,
        name: str = "",
        source: str | None = None,
        readers: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> UploadItem:
        """Send a file in parts, from where an earlier attempt at the same file stopped.

        Raises:
            OSError: it cannot be read.
        """
        file = Path(path)
        sha256, size = sha256_and_size(file)
        begin = document_calls.begin_upload(name or file.name, sha256, size, source, readers)
        known = self.send(begin)
        broken = 0
        while known.received < size:
            if progress is not None:
                progress(known.received, size)
            content = part_at(file, known.received)
            try:
                known = self.send(document_calls.append_upload(known.id, known.received, content))
                broken = 0
            except (UnreachableError, ProblemError) as error:
                broken += 1
                if broken == ROUNDS or not (error.retryable or error.code == UPLOAD_OFFSET):
                    raise
                known = self.send(document_calls.upload(known.id))
        if progress is not None:
            progress(size, size)
        return known

    def finish_uploads(self, upload_ids: Sequence[str]) -> JobItem:
        """Have the hashes checked, and one job make documents of what was sent."""
        return self.send(document_calls.finish_uploads(upload_ids))

    def cancel_upload(self, upload_id: str) -> None:
        return self.send(document_calls.cancel_upload(upload_id))

    def jobs(self, limit: int = 50, *, state: str | None = None) -> list[JobItem]:
        return self.send(document_calls.jobs(limit, state))

    def job(self, job_id: str) -> JobDetail:
        return self.send(document_calls.job(job_id))

    def wait_for_job(
        self, job_id: str, *, every_s: float = 0.5, progress: Callable[[JobDetail], object] | None = None
    ) -> JobDetail:
        """Return when the job is over; ``progress`` is told how far it is."""
        while True:
            found = self.job(job_id)
            if progress is not None:
                progress(found)
            if found.state in ("done", "failed", "cancelled"):
                return found
            time.sleep(every_s)

    def cancel_job(self, job_id: str) -> JobItem:
        return self.send(document_calls.cancel_job(job_id))

    def retry_job(self, job_id: str) -> JobItem:
        return self.send(document_calls.retry_job(job_id))

    def sources(self) -> list[SourceItem]:
        return self.send(document_calls.sources())

    def add_source(self, name: str, place: str, minutes: int, *, readers: Sequence[str] = ()) -> SourceItem:
        """Have a folder of the server, or a sitemap, read every so many minutes; for operators."""
        return self.send(document_calls.add_source(name, place, minutes, readers))

    def remove_source(self, name: str) -> None:
        return self.send(document_calls.remove_source(name))

    def sync_source(self, name: str) -> JobItem:
        return self.send(document_calls.sync_source(name))

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> PinciteClient:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def unreachable(url: httpx.URL, error: httpx.TransportError) -> str:
    """What is said where there is no connection, without what was sent."""
    why = "no answer in time" if isinstance(error, httpx.TimeoutException) else "no connection"
    if not (url.host and url.scheme in ("http", "https")):
        return f"{str(url)!r} is no address of a server; write it as http://127.0.0.1:8000"
    return f"{url} cannot be reached ({why}); is the server running, and is the address right?"


def pause(attempt: int, asked_s: float | None) -> float:
    """Seconds before the next attempt: as the server asks, else 0.25, 0.5, …; half a minute at most."""
    return min(MOST_WAIT_S, asked_s if asked_s is not None else 0.25 * 2 ** (attempt - 1))
