"""State, input, output and context of the answer graph: plain JSON data, so any checkpointer can keep it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from types import UnionType
from typing import Annotated, Any, NotRequired, cast, get_origin

from langchain_core.messages import AnyMessage
from langgraph.channels import EphemeralValue, LastValue
from langgraph.graph.message import add_messages
from pydantic import Field
from typing_extensions import TypedDict, get_type_hints

from graphs.citing.verdict import Verdict


class EvidencePassage(TypedDict):
    """A passage shown to the model: ``text`` is ``canonical[start:end]`` of the named version."""

    doc_id: str
    version: str
    start: int
    end: int
    text: str
    title: str
    uri: str
    headings: list[str]
    page: int | None
    scores: dict[str, Any]
    metadata: NotRequired[dict[str, Any]]
    """What the document says of itself: date, version, status."""


class DraftSentence(TypedDict):
    """A sentence from draft to release, the one form it has inside the graph.

    Drafted, it has the evidence numbers (from 1) it names and the words it quotes from them; judged, also its
    verdict, and the citations it may leave with. What leaves is a ``graphs.contracts.Claim``.
    """

    text: str
    sources: list[int]
    quotes: list[str]
    by_quote: NotRequired[bool]
    """The provider cites words and no numbers: the passages that hold them are meant."""
    at: NotRequired[int]
    """Where the last of the quotes begins in the passage: the same words may stand there twice."""
    verdict: NotRequired[Verdict]
    failure: NotRequired[str]
    """Why it may not be released, as the model is told; empty when it may."""
    checks: NotRequired[dict[str, Any]]
    reading: NotRequired[dict[str, str]]
    """What a second reader found, and the words it showed: with the draft it is remembered."""
    cites: NotRequired[list[dict[str, Any]]]
    """Citations without their numbers: the words it was compared with, also where it may not be released."""


class AnswerInput(TypedDict):
    """What a caller gives: a question, or messages whose last one is the question."""

    question: NotRequired[Annotated[str, EphemeralValue]]
    messages: NotRequired[Annotated[list[AnyMessage], add_messages]]
    filters: NotRequired[Annotated[dict[str, Any] | list[str], EphemeralValue]]
    """By key, or lines as ``tools.filters`` reads them."""


class AnswerOutput(TypedDict):
    """What a caller gets: the answer (see ``graphs.contracts.Answer``) and the conversation."""

    answer: dict[str, Any]
    messages: Annotated[list[AnyMessage], add_messages]


class AnswerState(TypedDict, total=False):
    """Everything the nodes share. All but ``messages``, ``owner``, ``shown`` is new for every question.

    ``question`` and ``filters`` are the caller's and gone after ``guard``, so that a thread's next turn
    cannot find those of the turn before; ``asked`` and ``narrowed`` are what guard made of them.
    """

    question: Annotated[str, EphemeralValue]
    messages: Annotated[list[AnyMessage], add_messages]
    filters: Annotated[dict[str, Any] | list[str], EphemeralValue]
    owner: Annotated[dict[str, Any], LastValue]
    """Whose conversation it is (``graphs.nodes.conversation_owner``)."""
    shown: Annotated[list[str], LastValue]
    """Ids of the passages that were shown last, in order. Only an order is taken from it."""
    asked: str
    narrowed: dict[str, Any]
    refusal: dict[str, Any] | None
    small_talk: bool
    standalone: str
    searched: list[str]
    widened: bool
    retrieved: list[EvidencePassage]
    evidence: list[EvidencePassage]
    enough: bool
    assessment: dict[str, Any]
    draft: list[DraftSentence]
    absent: list[str]
    unanswerable: str
    model_reason: str
    """Why there is no answer, as the model put it: for the receipt, never for the reader."""
    mode: str
    attempts: int
    failures: list[str]
    lost: bool
    early: list[DraftSentence]
    released: list[dict[str, Any]]
    tool_calls: list[dict[str, Any]]
    tool_rounds: int
    labels: dict[str, Any]
    """Of what tools said so far (``tools.policy.labels``)."""
    claims: list[DraftSentence]
    citations: list[dict[str, Any]]
    notices: list[str]
    receipt: dict[str, Any]
    answer: dict[str, Any]
    seal: str
    """That the graph itself wrote the rest (``graphs.nodes.sealed_state``)."""


def fresh_state() -> AnswerState:
    """Every field that a question starts anew with, empty: ``""``, ``0``, ``False``, ``[]``, ``{}`` or None.

    Read from ``AnswerState`` itself, so that a new field cannot leak from one turn into the next. Fields with
    a channel of their own (the conversation, what the caller gives) are left to it.
    """
    return cast(AnswerState, {name: make() for name, make in _makers()})


@cache
def _makers() -> tuple[tuple[str, Callable[[], Any]], ...]:
    found: list[tuple[str, Callable[[], Any]]] = []
    for name, hint in get_type_hints(AnswerState, include_extras=True).items():
        origin: Any = get_origin(hint)
        if origin is Annotated:
            continue
        kind: Any = origin or hint
        if kind is UnionType:
            found.append((name, lambda: None))
        elif kind in (str, int, bool, list, dict):
            found.append((name, kind))
        else:
            raise TypeError(f"state field {name}: {hint} has no empty value; use plain JSON types")
    return tuple(found)


@dataclass
class AskContext:
    """What may differ from run to run. Studio makes its form of these fields."""

    groups: Annotated[
        list[str],
        Field(description="Groups the person asking belongs to. Ignored by servers, which ask their login."),
    ] = field(default_factory=list)
    user: Annotated[str, Field(description="Name of the person asking, for the receipt.")] = "anonymous"
    key: Annotated[
        str, Field(description="Name of the key that was shown, which budgets may go by; ignored by servers.")
    ] = ""
    top_k: Annotated[
        int | None, Field(description="Passages to retrieve; the application's setting when empty.")
    ] = None
    extractive: Annotated[
        bool, Field(description="Answer with sentences from the documents even where a model is configured.")
    ] = False
    chain: Annotated[
        str, Field(description="Chain of models to ask, as PINCITE_CHAINS names it; the default when empty.")
    ] = ""
    deadline_s: Annotated[
        float | None,
        Field(
            description="Seconds the model calls of this run share, where less than the setting allows: "
            "what is left of a request's time after it waited."
        ),
    ] = None
    gate: Annotated[
        float | None,
        Field(description="Answerability score needed to answer; the application's setting when empty."),
    ] = None
