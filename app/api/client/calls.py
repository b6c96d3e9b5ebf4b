"""The calls of the API that are there, as data: both clients send the same."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from app.api.client.call import Call
from app.api.client.reading import given, list_of, nothing, one, part
from app.api.contract.asking import WaitingAnswer
from app.api.contract.checking import CheckResult, VerifyResult
from app.api.contract.conversations import AnswerSummary, FeedbackItem, ThreadDetail, ThreadSummary
from app.api.contract.keys import AuditEntry, KeyItem, KeyMade, WhoAmI
from app.api.contract.operation import Health
from app.api.contract.usage import UsageItem
from graphs.contracts import Answer


def ask(question: str, **how: Any) -> Call[Answer | WaitingAnswer]:
    """``how``: the other fields of ``AskRequest``."""
    headers = {"idempotency-key": secrets.token_urlsafe(16)}
    return Call("POST", "/v1/answers", _outcome, {"question": question, **given(how)}, headers=headers)


def approve(waiting: WaitingAnswer, decisions: Sequence[Mapping[str, Any]]) -> Call[Answer | WaitingAnswer]:
    body = {"token": waiting.token, "decisions": [dict(item) for item in decisions]}
    return Call("POST", f"/v1/answers/{part(waiting.id)}/approvals", _outcome, body, again=False)


def answers(limit: int, everybody: bool) -> Call[list[AnswerSummary]]:
    return Call("GET", "/v1/answers", list_of(AnswerSummary), params={"limit": limit, "everybody": everybody})


def answer(ident: str, everybody: bool) -> Call[Answer]:
    return Call("GET", f"/v1/answers/{part(ident)}", one(Answer), params={"everybody": everybody})


def delete_answer(ident: str) -> Call[None]:
    return Call("DELETE", f"/v1/answers/{part(ident)}", nothing)


def stop(run: str) -> Call[None]:
    return Call("DELETE", f"/v1/answers/runs/{part(run)}", nothing)


def threads() -> Call[list[ThreadSummary]]:
    return Call("GET", "/v1/threads", list_of(ThreadSummary))


def thread(name: str) -> Call[ThreadDetail]:
    return Call("GET", f"/v1/threads/{part(name)}", one(ThreadDetail))


def delete_thread(name: str) -> Call[None]:
    return Call("DELETE", f"/v1/threads/{part(name)}", nothing)


def give_feedback(answer_id: str, rating: str, **how: Any) -> Call[FeedbackItem]:
    body = {"answer_id": answer_id, "rating": rating, **given(how)}
    return Call("POST", "/v1/feedback", one(FeedbackItem), body)


def feedback(**which: Any) -> Call[list[FeedbackItem]]:
    return Call("GET", "/v1/feedback", list_of(FeedbackItem), params=given(which))


def check(text: str, sources: Sequence[str | Mapping[str, str]], question: str) -> Call[CheckResult]:
    texts = [{"text": item} if isinstance(item, str) else dict(item) for item in sources]
    body = {"text": text, "sources": texts, "question": question}
    return Call("POST", "/v1/check", one(CheckResult), body)


def verify(answer_ids: Sequence[str], exported: Sequence[Mapping[str, Any]]) -> Call[VerifyResult]:
    body = {"answer_ids": list(answer_ids), "answers": [dict(item) for item in exported]}
    return Call("POST", "/v1/verify", one(VerifyResult), body)


def me() -> Call[WhoAmI]:
    return Call("GET", "/v1/me", one(WhoAmI))


def health() -> Call[Health]:
    return Call("GET", "/healthz", one(Health))


def keys() -> Call[list[KeyItem]]:
    return Call("GET", "/v1/keys", list_of(KeyItem))


def issue_key(name: str, user: str, **how: Any) -> Call[KeyMade]:
    return Call("POST", "/v1/keys", one(KeyMade), {"name": name, "user": user, **given(how)}, again=False)


def rotate_key(ident: str, **how: Any) -> Call[KeyMade]:
    return Call("POST", f"/v1/keys/{part(ident)}/rotate", one(KeyMade), given(how), again=False)


def revoke_key(ident: str) -> Call[KeyItem]:
    return Call("DELETE", f"/v1/keys/{part(ident)}", one(KeyItem))


def usage(everybody: bool) -> Call[list[UsageItem]]:
    return Call("GET", "/v1/usage", list_of(UsageItem), params={"everybody": everybody})


def audit(limit: int) -> Call[list[AuditEntry]]:
    return Call("GET", "/v1/audit", list_of(AuditEntry), params={"limit": limit})


def _outcome(response: httpx.Response) -> Answer | WaitingAnswer:
    kind: type[Answer] | type[WaitingAnswer] = WaitingAnswer if response.status_code == 202 else Answer
    return kind.model_validate_json(response.content)
