"""What a run's events come to, whichever protocol tells them: text as it grows, and the values at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.wire.answer_text import sentence_text
from app.api.wire.langgraph.begin_run import VALUES
from app.api.wire.langgraph.messages import ai_message, answer_content, answer_id, text_in
from app.api.wire.langgraph.thread_runs import ThreadRun
from graphs.contracts import Answer
from graphs.nodes.answer_message import answer_message


class RunParts:
    """Of one run, read from its first event on."""

    def __init__(self, run: ThreadRun) -> None:
        self.run = run
        self.message = answer_id(run.message)
        self.sent = ""
        self.step = ""
        self._values: dict[str, Any] | None = None

    @property
    def first(self) -> dict[str, Any]:
        """The values before the answer: the conversation with the question."""
        return {"messages": list(self.run.before)}

    def keep(self, kind: str, data: Mapping[str, Any]) -> None:
        """Take note of an event."""
        if kind == VALUES:
            self._values = dict(data["values"])

    def grow(self, claim: Mapping[str, Any]) -> str:
        """What a sentence adds to the message's text."""
        added = sentence_text(claim, first=not self.sent)
        self.sent += added
        return added

    def last(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """The values after the answer."""
        if self._values is not None:
            return self._values
        content = answer_content(answer_message(Answer.model_validate(answer), str(answer.get("id", ""))))
        return {**self.first, "answer": dict(answer)} | {
            "messages": [*self.run.before, ai_message(content, self.message)]
        }

    def answered(self, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """The message of the answer among the values; None where there is none."""
        return next((one for one in reversed(values["messages"]) if one["id"] == self.message), None)

    def rest(self, message: Mapping[str, Any]) -> str:
        """What is left to send of the message's text."""
        text = text_in(message["content"])
        return text.removeprefix(self.sent) if text.startswith(self.sent) else ""
