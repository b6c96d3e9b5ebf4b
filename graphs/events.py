"""What a run tells while it goes on: the events of the graph's custom stream, of the API's and of the CLI's.

In order: ``step`` after each node; ``sentence`` for each sentence that was cited, checked and cleaned, as
soon as it was; ``excerpt`` for each piece of a document that is shown around them where no model wrote the
answer; ``error`` where the run failed; ``answer`` last, always, with all there is.
"""

from __future__ import annotations

from typing import Any, Literal

from langgraph.config import get_stream_writer
from pydantic import BaseModel, ConfigDict, Field

from graphs.contracts import Answer, Citation, Claim, Excerpt, Problem


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StepEvent(_Event):
    """A node has finished."""

    type: Literal["step"] = "step"
    node: str
    ms: float = Field(ge=0, description="Milliseconds it took.")


class SentenceEvent(_Event):
    """A sentence of the answer. It is final: nothing that was sent is taken back."""

    type: Literal["sentence"] = "sentence"
    number: int = Field(ge=1, description="Its place in the answer.")
    claim: Claim
    citations: list[Citation] = Field(description="Those that the sentence names by number.")


class ExcerptEvent(_Event):
    """A piece of a document to read, before the rest of the evidence is searched for what says otherwise.

    The answer's ``excerpts`` begin with those that were sent, and may hold more, with more marks.
    """

    type: Literal["excerpt"] = "excerpt"
    number: int = Field(ge=1, description="Its place among the excerpts; the first is the answer.")
    excerpt: Excerpt


class ErrorEvent(_Event):
    """The run failed; what was sent before stands."""

    type: Literal["error"] = "error"
    problem: Problem


class AnswerEvent(_Event):
    """The whole answer, the last event of every run."""

    type: Literal["answer"] = "answer"
    answer: Answer


Event = StepEvent | SentenceEvent | ExcerptEvent | ErrorEvent | AnswerEvent


def emit_answer(answer: dict[str, Any]) -> None:
    """The answer as the last event; before it, where there is none because something failed, an error."""
    if answer["status"] == "failed":
        emit({"type": "error", "problem": answer["problem"]})
    emit({"type": "answer", "answer": answer})


def emit(event: dict[str, Any]) -> None:
    """Send a custom stream event; it goes nowhere when nobody streams."""
    get_stream_writer()(event)
