"""From what a model wrote to draft claims: a tool call, JSON, or text with [n] marks."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage
from pydantic import BaseModel, Field, ValidationError

from graphs.calling.call import DraftFormatError
from graphs.drafting.marks import marked_numbers, marks_before_ends, without_marks
from graphs.state import DraftSentence, EvidencePassage
from graphs.text.sentences import units

ANSWER_TOOL = "give_answer"
NOT_ANSWERABLE = "NOT IN THE DOCUMENTS"
NOT_FOUND = "the model found no answer in the passages"

_TEMPLATE_TOKENS = re.compile(
    r"<\|[^|>\n]{1,40}\|>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>"
    r"|</?(?:system|assistant|user|passage|quoted)\b[^>]*>",
    re.I,
)
# Zero width, direction marks, soft hyphens, variation selectors, and Unicode's tag characters.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_FENCES = re.compile(r"^```(?:json)?\s*|(?:(?<!\s)\s+)?```$")
_SAYS = re.compile(r"[^\W_]")


class DraftClaim(BaseModel):
    """One sentence of the answer."""

    text: str = Field(description="One short sentence that answers (part of) the question.")
    sources: list[int] = Field(description="Numbers of the passages this sentence rests on.")
    quotes: list[str] = Field(
        default_factory=list, description="The shortest exact words from those passages that prove it."
    )


class give_answer(BaseModel):
    """Give the answer as single sentences with sources, or say that the passages do not hold it."""

    claims: list[DraftClaim] = Field(
        default_factory=list, description="The answer's sentences in reading order; empty if not answerable."
    )
    not_answerable: str = Field(
        default="", description="Empty, or what is missing when the passages do not hold the answer."
    )


class SmallClaim(BaseModel):
    """One sentence of the answer, its sources chosen before it is written."""

    sources: list[int] = Field(description="Numbers of the sentences it rests on.", max_length=2)
    text: str = Field(description="One short sentence that answers the question.")


class small_answer(BaseModel):
    """What a small model is held to; it reads as ``give_answer``."""

    claims: list[SmallClaim] = Field(max_length=2)


@dataclass(frozen=True, slots=True)
class Draft:
    """Claims, or why there are none, or the tools the model wants called first."""

    claims: list[DraftSentence] = field(default_factory=list)
    unanswerable: str = ""
    model_reason: str = ""
    """What the model says is missing."""
    tool_calls: list[dict[str, Any]] = field(default_factory=list)


def read_draft(message: AIMessage) -> Draft:
    """Read a model's message.

    >>> read_draft(AIMessage("Returns are free [2]. Keep the box [1, 3].")).claims[1]
    {'text': 'Keep the box.', 'sources': [1, 3], 'quotes': []}

    Raises:
        DraftFormatError: it holds neither an answer nor a tool call, or one that does not fit the schema.
    """
    answers = [call for call in message.tool_calls if call["name"] == ANSWER_TOOL]
    if answers:
        return _structured(answers[0]["args"])
    if message.tool_calls:
        return Draft(tool_calls=[dict(call) for call in message.tool_calls])
    if message.invalid_tool_calls:
        raise DraftFormatError("the model's tool call is not valid JSON")
    annotated = _annotated_sentences(message)
    if annotated:
        return Draft(claims=annotated)
    text = message.text.strip()
    data = _json_object(text)
    if data is not None:
        return _structured(data)
    if not text:
        raise DraftFormatError("the model wrote nothing")
    if NOT_ANSWERABLE in text:
        return Draft(unanswerable=NOT_FOUND)
    return Draft(claims=marked_sentences(text))


def show_evidence(passages: Sequence[EvidencePassage], nonce: str) -> str:
    """The passages as the model sees them, each in a block whose end no document can forge.

    Invisible characters and chat-template tokens are blanked in this copy; quotes are always taken from
    the stored text.
    """
    blocks = []
    for number, passage in enumerate(passages, 1):
        path = " › ".join(dict.fromkeys([passage["title"], *passage["headings"]]))
        page = f", page {passage['page']}" if passage["page"] else ""
        body = plain_words(passage["text"])
        blocks.append(f"[{number}] {one_line(path)}{page}\n<passage {nonce}>\n{body}\n</passage {nonce}>")
    return "\n\n".join(blocks)


def plain_words(text: str) -> str:
    """``text`` as a model may see it: without invisible characters and chat-template tokens."""
    return _TEMPLATE_TOKENS.sub(" ", _INVISIBLE.sub("", text))


def one_line(text: str) -> str:
    """The same as one line."""
    return " ".join(plain_words(text).split())


def _structured(data: Any) -> Draft:
    try:
        answer = give_answer.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DraftFormatError(f"the model's answer does not fit: {where}: {first['msg']}") from None
    claims = _written(answer)
    if not claims:
        return Draft(unanswerable=NOT_FOUND, model_reason=answer.not_answerable.strip())
    return Draft(claims=claims)


def claims_of(claims: list[Any]) -> list[DraftSentence]:
    """The claims of a part of an answer.

    Raises:
        ValidationError: one does not fit the schema.
    """
    return _written(give_answer.model_validate({"claims": claims}))


def _written(answer: give_answer) -> list[DraftSentence]:
    return [
        DraftSentence(text=text, sources=claim.sources, quotes=claim.quotes)
        for claim in answer.claims
        if (text := without_marks(claim.text))
    ]


def _json_object(text: str) -> Any:
    body = _FENCES.sub("", text) if "```" in text else text
    if not body.startswith("{"):
        return None
    try:
        data = json.loads(body)
    except json.JSONDecodeError:
        raise DraftFormatError("the model's answer is not valid JSON") from None
    # Some servers give the arguments under the tool's name.
    return data.get(ANSWER_TOOL, data)


def _annotated_sentences(message: AIMessage) -> list[DraftSentence]:
    """Sentences of a message whose provider cites by itself, as LangChain's standard annotations have it.

    A citation that counts the documents it was given names the passage by that; others are found by their
    words. Empty where the message has no such citations.
    """
    claims: list[DraftSentence] = []
    blocks = [(block, _citations(block)) for block in message.content_blocks if block["type"] == "text"]
    if not any(citations for _, citations in blocks):
        return []
    for block, citations in blocks:
        sources = [number for note in citations if (number := _document_number(note)) is not None]
        quotes = [text for note in citations if (text := note.get("cited_text"))]
        for unit in units(block["text"]):
            text = without_marks(unit.of(block["text"]))
            if unit.kind != "heading" and _SAYS.search(text):
                claims.append(
                    DraftSentence(
                        text=text,
                        sources=list(dict.fromkeys(sources)),
                        quotes=quotes,
                        by_quote=not sources,
                    )
                )
    return claims


def _citations(block: Any) -> list[Any]:
    return [note for note in block.get("annotations") or [] if note["type"] == "citation"]


def _document_number(citation: Any) -> int | None:
    index = (citation.get("extras") or {}).get("document_index")
    return index + 1 if isinstance(index, int) else None


def marked_sentences(text: str) -> list[DraftSentence]:
    """Split at sentence ends; marks before or after the full stop belong to the sentence."""
    moved = marks_before_ends(text)
    claims: list[DraftSentence] = []
    for unit in units(moved):
        sentence = unit.of(moved)
        if unit.kind == "heading" or not _SAYS.search(sentence):
            continue
        bare = without_marks(sentence)
        if _SAYS.search(bare):
            claims.append(DraftSentence(text=bare, sources=marked_numbers(sentence), quotes=[]))
    return claims
