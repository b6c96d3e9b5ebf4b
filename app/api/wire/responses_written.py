"""Answers as OpenAI's responses: one object, or the events that lead to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.sse import format_sse_event

from app.api.wire.answer_text import (
    Sources,
    UrlCitation,
    message_text,
    sentence_text,
    tail,
    url_citations,
)
from app.api.wire.chat_written import our_field
from app.api.wire.openai_usage import counted_tokens
from app.api.wire.wire_question import ends_badly, failure_of
from graphs.contracts import Answer

OUTPUT_TEXT = "output_text"
REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """What every state of a response says. ``created``: Unix time in seconds."""

    id: str
    created: int
    model: str
    sources: Sources
    passed_over: Sequence[str] = ()

    @property
    def item(self) -> str:
        """The id of its one message."""
        return f"msg_{self.id.removeprefix('resp_')}"


def response_of(answer: Answer, head: ResponseHead) -> dict[str, Any]:
    """The whole answer as one response that is completed."""
    if answer.status == "refused":
        part = _part(REFUSAL, answer.text)
    else:
        found = url_citations([claim.model_dump() for claim in answer.claims], answer.citations)
        part = _part(OUTPUT_TEXT, message_text(answer, head.sources), _annotations(found))
    return _completed(answer, head, part)


def _completed(answer: Answer, head: ResponseHead, part: Mapping[str, Any]) -> dict[str, Any]:
    tokens = counted_tokens(answer.receipt)
    usage = {
        "input_tokens": tokens.read,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": tokens.written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens.total,
    }
    ours = our_field(answer, head.passed_over)
    return _response(head, "completed", output=[_item(head, "completed", [part])], usage=usage, pincite=ours)


class ResponseEvents:
    """One stream: text as it is released, then its annotations, then the response as a whole."""

    def __init__(self, head: ResponseHead) -> None:
        self._head = head
        self._number = 0
        self._sent = ""
        self._begun = ""

    def begin(self) -> Iterable[bytes]:
        state = _response(self._head, "in_progress")
        return [
            self._event("response.created", response=state),
            self._event("response.in_progress", response=state),
            self._event(
                "response.output_item.added", output_index=0, item=_item(self._head, "in_progress", [])
            ),
        ]

    def write(self, kind: str, data: Mapping[str, Any]) -> Iterable[bytes]:
        if ends_badly(kind, data):
            return [self._failed(failure_of(kind, data))]
        if kind == "sentence":
            return self._said(OUTPUT_TEXT, sentence_text(data["claim"], first=not self._sent))
        if kind == "answer":
            return self._end(Answer.model_validate(data["answer"]))
        return []

    def _said(self, kind: str, text: str) -> list[bytes]:
        written = []
        if not self._begun:
            self._begun = kind
            written.append(self._in_part("response.content_part.added", part=_part(kind, "")))
        self._sent += text
        more: dict[str, Any] = {"logprobs": []} if kind == OUTPUT_TEXT else {}
        return [*written, self._in_part(f"response.{kind}.delta", delta=text, **more)]

    def _end(self, answer: Answer) -> list[bytes]:
        refused = answer.status == "refused" and not self._sent
        kind = REFUSAL if refused else OUTPUT_TEXT
        whole = answer.text if refused else message_text(answer, self._head.sources)
        rest = whole.removeprefix(self._sent)
        if not whole.startswith(self._sent):
            rest = tail(answer, self._head.sources)
        written = self._said(kind, rest) if rest or not self._begun else []
        found = []
        if not refused:
            claims = [claim.model_dump() for claim in answer.claims]
            found = _annotations(url_citations(claims, answer.citations))
        for number, one in enumerate(found):
            told = "response.output_text.annotation.added"
            written.append(self._in_part(told, annotation_index=number, annotation=one))
        part = _part(kind, self._sent, found)
        done = {"refusal": self._sent} if refused else {"text": self._sent, "logprobs": []}
        item = _item(self._head, "completed", [part])
        return [
            *written,
            self._in_part(f"response.{kind}.done", **done),
            self._in_part("response.content_part.done", part=part),
            self._event("response.output_item.done", output_index=0, item=item),
            self._event("response.completed", response=_completed(answer, self._head, part)),
        ]

    def _failed(self, problem: Mapping[str, Any]) -> bytes:
        # OpenAI has few codes; ours is told in words.
        error = {"code": "server_error", "message": f"{problem['detail']} ({problem['code']})"}
        return self._event("response.failed", response=_response(self._head, "failed", error=error))

    def _in_part(self, kind: str, **data: Any) -> bytes:
        return self._event(kind, item_id=self._head.item, output_index=0, content_index=0, **data)

    def _event(self, kind: str, **data: Any) -> bytes:
        told = {"type": kind, "sequence_number": self._number, **data}
        self._number += 1
        return format_sse_event(event=kind, data_str=json.dumps(told, ensure_ascii=False))


def _response(head: ResponseHead, status: str, **more: Any) -> dict[str, Any]:
    return {
        "id": head.id,
        "object": "response",
        "created_at": head.created,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "metadata": {},
        "model": head.model,
        "output": [],
        "parallel_tool_calls": False,
        "previous_response_id": None,
        "store": False,
        "temperature": None,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "truncation": "disabled",
        "usage": None,
        **more,
    }


def _item(head: ResponseHead, status: str, content: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"id": head.item, "type": "message", "status": status, "role": "assistant", "content": content}


def _part(kind: str, text: str, annotations: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    if kind == REFUSAL:
        return {"type": REFUSAL, "refusal": text}
    return {"type": OUTPUT_TEXT, "text": text, "annotations": list(annotations), "logprobs": []}


def _annotations(found: Sequence[UrlCitation]) -> list[dict[str, Any]]:
    return [
        {
            "type": "url_citation",
            "start_index": one.start,
            "end_index": one.end,
            "title": one.title,
            "url": one.url,
        }
        for one in found
    ]
