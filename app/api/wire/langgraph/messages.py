"""Messages of a conversation as LangGraph's clients read them: plain data, with ids that do not change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import BaseMessage

_IDS = uuid.UUID("0a4c8a5e-3f0e-5d0c-9c56-3d3b0f6a7f11")
_PLACE = ("doc_id", "version", "source_start", "source_end")


@dataclass
class _CitedText:
    """The text of an answer with its marks and sources, and where in it each citation stands."""

    text: str = ""
    annotations: list[dict[str, Any]] = field(default_factory=list)
    sources: dict[tuple[Any, ...], Mapping[str, Any]] = field(default_factory=dict)

    def add(self, sentence: str, cited: Sequence[Mapping[str, Any]]) -> None:
        self.text += " " if self.text else ""
        start = len(self.text)
        numbers: list[int] = []
        for one in cited:
            place = tuple(one.get("extras", one).get(name) for name in _PLACE)
            self.sources.setdefault(place, one)
            numbers.append(list(self.sources).index(place) + 1)
            self.annotations.append({**one, "start_index": start, "end_index": start + len(sentence)})
        marks = "".join(f"[{number}]" for number in numbers)
        self.text += f"{sentence} {marks}" if marks else sentence


def answer_id(before: str) -> str:
    """The id of the answer to the message of that id; known before the answer is."""
    return str(uuid.uuid5(_IDS, before))


def human_message(text: str, id: str) -> dict[str, Any]:
    """A question."""
    return {"type": "human", "content": text, "id": id, "name": None, **_EMPTY}


def ai_message(content: str | list[dict[str, Any]], id: str) -> dict[str, Any]:
    """An answer."""
    more: dict[str, Any] = {"tool_calls": [], "invalid_tool_calls": [], "usage_metadata": None}
    return {"type": "ai", "content": content, "id": id, "name": None, **_EMPTY, **more}


def read_messages(messages: Iterable[BaseMessage]) -> list[dict[str, Any]]:
    """A conversation's messages: what was asked and answered, oldest first."""
    found: list[dict[str, Any]] = []
    for message in messages:
        before = found[-1]["id"] if found else ""
        if message.type == "human":
            found.append(human_message(message.text, message.id or answer_id(before)))
        elif message.type == "ai":
            found.append(ai_message(answer_content(message), answer_id(before)))
    return found


def answer_content(message: BaseMessage) -> str | list[dict[str, Any]]:
    """An answer's content: one text with a mark after each sentence, its notes and its sources, and the
    citations as annotations of it; or text alone, where it cites nothing."""
    cited = _CitedText()
    blocks = message.content if isinstance(message.content, list) else [message.content]
    for block in blocks:
        if isinstance(block, str):
            cited.add(block, [])
        elif block.get("type") == "text":
            cited.add(str(block["text"]).rstrip(), block.get("annotations") or [])
    notes = "".join(f"\n\nNote: {one}" for one in message.response_metadata.get("notices", []))
    if not cited.annotations:
        return cited.text + notes
    sources = "\n".join(_source(number, one) for number, one in enumerate(cited.sources.values(), 1))
    text = f"{cited.text}{notes}\n\nSources:\n\n{sources}"
    return [{"type": "text", "text": text, "annotations": cited.annotations}]


def text_in(content: str | list[dict[str, Any]]) -> str:
    """The text of a content that ``answer_content`` made."""
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


_EMPTY: Mapping[str, Any] = {"additional_kwargs": {}, "response_metadata": {}}


def _source(number: int, cited: Mapping[str, Any]) -> str:
    title = cited.get("title") or cited.get("extras", cited).get("doc_id") or ""
    label, url = " ".join(str(title).split()), str(cited.get("url") or "")
    if not url.startswith(("https://", "http://")):
        return f"- [{number}] {label}"
    for character, written in ((" ", "%20"), ("(", "%28"), (")", "%29"), ("<", "%3C"), (">", "%3E")):
        url = url.replace(character, written)
    for character in "\\[]":
        label = label.replace(character, f"\\{character}")
    return f"- [{number}] [{label}]({url})"
