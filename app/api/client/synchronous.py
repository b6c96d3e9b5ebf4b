"""The synchronous client."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import httpx

from app.api.client import calls
from app.api.client.call import Call, ProblemError, UnreachableError, checked
from app.api.client.stream import LAST, StreamEvent, StreamLines
from app.api.contract.asking import WaitingAnswer
from app.api.contract.checking import CheckResult, VerifyResult
from app.api.contract.conversations import AnswerSummary, FeedbackItem, ThreadDetail, ThreadSummary
from app.api.contract.keys import AuditEntry, KeyItem, KeyMade, WhoAmI
from app.api.contract.operation import Health
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
                    call.method, call.path, json=call.body, params=call.params, headers=call.headers
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

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> PinciteClient:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def unreachable(url: httpx.URL, error: httpx.TransportError) -> str:
    """What is said where there is no connection, without what was sent."""
    why = "no answer in time" if isinstance(error, httpx.TimeoutException) else "no connection"
    return f"{url} cannot be reached ({why}); is the server running, and is the address right?"


def pause(attempt: int, asked_s: float | None) -> float:
    """Seconds before the next attempt: as the server asks, else 0.25, 0.5, …; half a minute at most."""
    return min(MOST_WAIT_S, asked_s if asked_s is not None else 0.25 * 2 ** (attempt - 1))
