"""The calls of the API that are there, as data: both clients send the same."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter

from app.api.client.call import Call
from app.api.contract.asking import WaitingAnswer
from app.api.contract.checking import CheckResult, VerifyResult
from app.api.contract.conversations import AnswerSummary, FeedbackItem, ThreadDetail, ThreadSummary
from app.api.contract.keys import AuditEntry, KeyItem, KeyMade, WhoAmI
from app.api.contract.operation import Health
from graphs.contracts import Answer

M = TypeVar("M", bound=BaseModel)


def ask(question: str, **how: Any) -> Call[Answer | WaitingAnswer]:
    """``how``: the other fields of ``AskRequest``."""
    headers = {"idempotency-key": secrets.token_urlsafe(16)}
    return Call("POST", "/v1/answers", _outcome, {"question": question, **_given(how)}, headers=headers)


def approve(waiting: WaitingAnswer, decisions: Sequence[Mapping[str, Any]]) -> Call[Answer | WaitingAnswer]:
    body = {"token": waiting.token, "decisions": [dict(one) for one in decisions]}
    return Call("POST", f"/v1/answers/{_part(waiting.id)}/approvals", _outcome, body, again=False)


def answers(limit: int, everybody: bool) -> Call[list[AnswerSummary]]:
    return Call(
        "GET", "/v1/answers", _list_of(AnswerSummary), params={"limit": limit, "everybody": everybody}
    )


def answer(ident: str, everybody: bool) -> Call[Answer]:
    return Call("GET", f"/v1/answers/{_part(ident)}", _one(Answer), params={"everybody": everybody})


def delete_answer(ident: str) -> Call[None]:
    return Call("DELETE", f"/v1/answers/{_part(ident)}", _nothing)


def stop(run: str) -> Call[None]:
    return Call("DELETE", f"/v1/answers/runs/{_part(run)}", _nothing)


def threads() -> Call[list[ThreadSummary]]:
    return Call("GET", "/v1/threads", _list_of(ThreadSummary))


def thread(name: str) -> Call[ThreadDetail]:
    return Call("GET", f"/v1/threads/{_part(name)}", _one(ThreadDetail))


def delete_thread(name: str) -> Call[None]:
    return Call("DELETE", f"/v1/threads/{_part(name)}", _nothing)


def give_feedback(answer_id: str, rating: str, **how: Any) -> Call[FeedbackItem]:
    body = {"answer_id": answer_id, "rating": rating, **_given(how)}
    return Call("POST", "/v1/feedback", _one(FeedbackItem), body)


def feedback(**which: Any) -> Call[list[FeedbackItem]]:
    return Call("GET", "/v1/feedback", _list_of(FeedbackItem), params=_given(which))


def check(text: str, sources: Sequence[str | Mapping[str, str]], question: str) -> Call[CheckResult]:
    given = [{"text": one} if isinstance(one, str) else dict(one) for one in sources]
    body = {"text": text, "sources": given, "question": question}
    return Call("POST", "/v1/check", _one(CheckResult), body)


def verify(answer_ids: Sequence[str], exported: Sequence[Mapping[str, Any]]) -> Call[VerifyResult]:
    body = {"answer_ids": list(answer_ids), "answers": [dict(one) for one in exported]}
    return Call("POST", "/v1/verify", _one(VerifyResult), body)


def me() -> Call[WhoAmI]:
    return Call("GET", "/v1/me", _one(WhoAmI))


def health() -> Call[Health]:
    return Call("GET", "/healthz", _one(Health))


def keys() -> Call[list[KeyItem]]:
    return Call("GET", "/v1/keys", _list_of(KeyItem))


def issue_key(name: str, user: str, **how: Any) -> Call[KeyMade]:
    return Call("POST", "/v1/keys", _one(KeyMade), {"name": name, "user": user, **_given(how)}, again=False)


def rotate_key(ident: str, **how: Any) -> Call[KeyMade]:
    return Call("POST", f"/v1/keys/{_part(ident)}/rotate", _one(KeyMade), _given(how), again=False)


def revoke_key(ident: str) -> Call[KeyItem]:
    return Call("DELETE", f"/v1/keys/{_part(ident)}", _one(KeyItem))


def audit(limit: int) -> Call[list[AuditEntry]]:
    return Call("GET", "/v1/audit", _list_of(AuditEntry), params={"limit": limit})


def _part(name: str) -> str:
    return quote(name, safe="")


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _one(model: type[M]) -> Callable[[httpx.Response], M]:
    return lambda response: model.model_validate_json(response.content)


def _list_of(model: type[M]) -> Callable[[httpx.Response], list[M]]:
    return lambda response: TypeAdapter(list[model]).validate_json(response.content)  # type: ignore[valid-type]


def _outcome(response: httpx.Response) -> Answer | WaitingAnswer:
    kind: type[Answer] | type[WaitingAnswer] = WaitingAnswer if response.status_code == 202 else Answer
    return kind.model_validate_json(response.content)


def _nothing(_response: httpx.Response) -> None:
    return None
