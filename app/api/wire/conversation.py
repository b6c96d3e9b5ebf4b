"""Messages of a chat as a question and what was said before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.api.wire.answer_text import without_tail
from app.api.wire.refused import RefusedParameterError

MOST_EARLIER = 100
"""Messages before the question that are read, the last of them."""
LONGEST_EARLIER = 20_000
LONGEST_QUESTION = 100_000
"""Characters; both as ``/v1/answers`` has them."""

_TEXTS = ("text", "input_text", "output_text")
_PASSED_OVER = ("system", "developer", "reasoning", "activity")
_CALLS = ("tool_calls", "function_call", "toolCalls")


@dataclass(frozen=True, slots=True)
class AskedInChat:
    """``earlier``: as the graph takes messages. ``passed_over``: which messages were not read."""

    question: str
    earlier: list[dict[str, str]]
    passed_over: list[str]


def asked_in(messages: Sequence[Mapping[str, Any]], param: str) -> AskedInChat:
    """The last message is the question, and it is the user's; earlier ones of user and assistant are the
    conversation. Instructions (system, developer) are passed over: what a model is told is the server's.
    So are reasoning and activities, which other protocols have among messages.

    Raises:
        RefusedParameterError: something is not text, or not of this kind; ``param`` names the list.
    """
    if not messages:
        raise RefusedParameterError(param, "there is no message")
    passed_over: list[str] = []
    said: list[dict[str, str]] = []
    for number, message in enumerate(messages):
        at = f"{param}[{number}]"
        role = message.get("role")
        if role in _PASSED_OVER or message.get("type") == "reasoning":
            passed_over.append(at)
            continue
        if role not in ("user", "assistant") or any(message.get(call) for call in _CALLS):
            raise RefusedParameterError(
                at, "only what user and assistant said is read; tools are the server's"
            )
        text = text_of(message.get("content"), f"{at}.content")
        said.append({"role": role, "content": without_tail(text) if role == "assistant" else text})
    if not said or said[-1]["role"] != "user" or messages[-1].get("role") != "user":
        raise RefusedParameterError(param, "the last message must be the user's: it is the question")
    *earlier, last = said
    earlier = [one for one in earlier if one["content"].strip()][-MOST_EARLIER:]
    if len(last["content"]) > LONGEST_QUESTION:
        raise RefusedParameterError(param, f"the question may have {LONGEST_QUESTION:,} characters at most")
    if any(len(one["content"]) > LONGEST_EARLIER for one in earlier):
        told = f"a message of the conversation may have {LONGEST_EARLIER:,} characters at most"
        raise RefusedParameterError(param, told)
    return AskedInChat(last["content"], earlier, passed_over)


def text_of(content: Any, at: str) -> str:
    """A message's content as text.

    >>> text_of([{"type": "text", "text": "How many "}, {"type": "text", "text": "volts?"}], "content")
    'How many volts?'

    Raises:
        RefusedParameterError: a part of it is not text.
    """
    if content is None:
        return ""
    if isinstance(content, str):
        return _unicode(content, at)
    texts: list[str] = []
    for number, part in enumerate(content if isinstance(content, list) else [content]):
        kind = part.get("type") if isinstance(part, Mapping) else None
        if kind == "refusal" and isinstance(part.get("refusal"), str):
            texts.append(part["refusal"])
        elif kind in _TEXTS and isinstance(part.get("text"), str):
            texts.append(part["text"])
        else:
            raise RefusedParameterError(f"{at}[{number}]", "only text is read")
    return _unicode("".join(texts), at)


def _unicode(text: str, at: str) -> str:
    """Raises ``RefusedParameterError``: half a character, as JSON's escapes can have."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise RefusedParameterError(at, "it is not whole Unicode text")
    return text
