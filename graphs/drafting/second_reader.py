"""A second reader: a model is asked whether the quotes of open sentences say what the sentences say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable
from pydantic import BaseModel, Field, ValidationError

from graphs.calling.budget import BudgetRefusedError
from graphs.calling.call import DraftFormatError, ask_for_repair, invoke
from graphs.calling.chains import Chain, ChainModel, with_schema, with_tools
from graphs.drafting.ask import ask_model
from graphs.drafting.read import one_line, plain_words
from graphs.parts import Parts, Principal
from graphs.receipts import Receipt, with_entry
from prompts.load import load_prompt

Found = Literal["supported", "contradicted", "not_addressed"]

STEP = "second_reader"


class SentenceReading(BaseModel):
    """What was found of one sentence."""

    number: int = Field(description="The sentence's number.")
    finding: Found
    words: str = Field(default="", description="The shortest exact words of its quote that show it.")


class give_readings(BaseModel):
    """Give a finding for each sentence."""

    readings: list[SentenceReading]


@dataclass(frozen=True, slots=True)
class OpenSentence:
    """A sentence, and the exact words it cites."""

    text: str
    quotes: Sequence[str]


async def read_again(
    parts: Parts,
    chain: Chain,
    sentences: Sequence[OpenSentence],
    receipt: Receipt,
    time_left: Callable[[], float],
    who: Principal,
) -> tuple[Mapping[int, SentenceReading], Receipt]:
    """Findings by the sentence's place, from one call; those the model gave. None where no model answers, or
    ``who`` has no budget left: the sentences stay what they are, and labelled so.

    Models that are shown single sentences are too small to be asked: one of 1.5 billion weights says yes to
    everything (evals/results/attribution).
    """
    for member in chain:
        if member.small:
            continue
        prompt = load_prompt(STEP, member.family)
        nonce = parts.nonce()
        try:
            asked = await ask_model(
                parts,
                member,
                _bound(member),
                prompt.template.invoke({"pairs": _shown(sentences, nonce), "nonce": nonce}),
                read_readings,
                step=STEP,
                receipt=with_entry(receipt, "prompts", prompt.entry()),
                attempts=1,
                time_left=time_left,
                who=who,
                repair=ask_for_repair,
                send=partial(invoke, run_name=STEP),
            )
        except BudgetRefusedError as error:
            return {}, error.receipt
        receipt = asked.receipt
        if asked.value is not None:
            return {one.number - 1: one for one in asked.value if 0 < one.number <= len(sentences)}, receipt
    return {}, receipt


def read_readings(message: AIMessage) -> list[SentenceReading]:
    """Read a model's message: a tool call, or JSON in its text.

    Raises:
        DraftFormatError: it is neither.
    """
    called = [call["args"] for call in message.tool_calls if call["name"] == give_readings.__name__]
    try:
        data: Any = called[0] if called else json.loads(re.sub(r"^\s*```(?:json)?|```\s*$", "", message.text))
        return give_readings.model_validate(data).readings
    except (json.JSONDecodeError, ValidationError):
        raise DraftFormatError(f"the findings are not in the form of {give_readings.__name__}") from None


def _bound(member: ChainModel) -> Runnable[Any, BaseMessage]:
    if member.draft_format == "json_schema":
        return with_schema(member.model, give_readings)
    # A server that is asked for text may not take tools at all: the prompt says how to write it.
    return with_tools(member.model, [give_readings]) if member.draft_format == "tool" else member.model


def _shown(sentences: Sequence[OpenSentence], nonce: str) -> str:
    """Each sentence on one line, its quote in a block whose end no document can forge."""
    blocks = []
    for number, sentence in enumerate(sentences, 1):
        quoted = "\n…\n".join(plain_words(quote) for quote in sentence.quotes)
        blocks.append(f"[{number}] {one_line(sentence.text)}\n<quoted {nonce}>\n{quoted}\n</quoted {nonce}>")
    return "\n\n".join(blocks)
