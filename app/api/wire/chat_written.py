"""Answers as OpenAI's chat completions: one message, or chunks of checked sentences."""

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
from app.api.wire.openai_errors import openai_error
from app.api.wire.openai_usage import counted_tokens
from app.api.wire.wire_question import ends_badly, failure_of
from graphs.contracts import Answer


@dataclass(frozen=True, slots=True)
class ChatHead:
    """What every part of a completion says. ``created``: Unix time in seconds."""

    id: str
    created: int
    model: str
    sources: Sources
    passed_over: Sequence[str] = ()


def chat_completion(answer: Answer, head: ChatHead) -> dict[str, Any]:
    """The whole answer as one completion."""
    annotations = _annotations(url_citations(_claims(answer), answer.citations))
    message: dict[str, Any] = {
        "role": "assistant",
        "content": message_text(answer, head.sources),
        "refusal": answer.text if answer.status == "refused" else None,
        "annotations": annotations,
    }
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {
        **_head(head, "chat.completion"),
        "choices": [choice],
        "usage": chat_usage(answer),
        "pincite": our_field(answer, head.passed_over),
    }


def chat_usage(answer: Answer) -> dict[str, int]:
    """Tokens of all model calls of the answer."""
    tokens = counted_tokens(answer.receipt)
    return {
        "prompt_tokens": tokens.read,
        "completion_tokens": tokens.written,
        "total_tokens": tokens.total,
    }


def our_field(answer: Answer, passed_over: Sequence[str]) -> dict[str, Any]:
    """The whole answer, and what of the request did nothing."""
    return {**answer.model_dump(), "passed_over": list(passed_over)}


@dataclass
class ChatChunks:
    """One stream: a chunk for each sentence as it is released, then the rest, and ``[DONE]``."""

    head: ChatHead
    usage: bool
    sent: str = ""

    def begin(self) -> Iterable[bytes]:
        return [self._chunk({"role": "assistant", "content": ""})]

    def write(self, kind: str, data: Mapping[str, Any]) -> Iterable[bytes]:
        if ends_badly(kind, data):
            return [_data(openai_error(failure_of(kind, data))), DONE]
        if kind == "sentence":
            text = sentence_text(data["claim"], first=not self.sent)
            self.sent += text
            return [self._chunk({"content": text})]
        if kind == "answer":
            return self._end(Answer.model_validate(data["answer"]))
        return []

    def _end(self, answer: Answer) -> list[bytes]:
        rest = message_text(answer, self.head.sources)
        rest = rest.removeprefix(self.sent) if rest.startswith(self.sent) else tail(answer, self.head.sources)
        written = [self._chunk({"content": rest})] if rest else []
        last: dict[str, Any] = {}
        if answer.status == "refused":
            last["refusal"] = answer.text
        if found := url_citations(_claims(answer), answer.citations):
            last["annotations"] = _annotations(found)
        ours = our_field(answer, self.head.passed_over)
        written.append(self._chunk(last, finish="stop", pincite=ours))
        if self.usage:
            written.append(_data({**_head(self.head, CHUNK), "choices": [], "usage": chat_usage(answer)}))
        return [*written, DONE]

    def _chunk(self, delta: Mapping[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        usage = {"usage": None} if self.usage else {}
        return _data({**_head(self.head, CHUNK), "choices": [choice], **usage, **more})


CHUNK = "chat.completion.chunk"
DONE = b"data: [DONE]\n\n"


def _head(head: ChatHead, kind: str) -> dict[str, Any]:
    return {"id": head.id, "object": kind, "created": head.created, "model": head.model}


def _claims(answer: Answer) -> list[dict[str, Any]]:
    return [claim.model_dump() for claim in answer.claims]


def _annotations(found: Sequence[UrlCitation]) -> list[dict[str, Any]]:
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": one.start,
                "end_index": one.end,
                "title": one.title,
                "url": one.url,
            },
        }
        for one in found
    ]


def _data(data: Mapping[str, Any]) -> bytes:
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False))
