"""What a model is sent for a draft: the prompt of its family, filled with passages or with best sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.prompt_values import PromptValue

from graphs.calling.chains import ChainModel
from graphs.drafting.read import one_line, show_evidence
from graphs.drafting.tool_notes import tool_notes
from graphs.limits import CHARS_A_TOKEN
from graphs.parts import AnswerRequest, Parts
from graphs.receipts import model_seconds
from graphs.state import AnswerState, DraftSentence, EvidencePassage
from prompts.canary import with_canary
from prompts.load import Prompt, load_prompt


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """A prompt and what it became. Its numbers count ``sentences``; passages where there are none."""

    prompt: Prompt
    value: PromptValue
    sentences: Sequence[DraftSentence] = field(default=())

    def claims(self, drafted: list[DraftSentence]) -> list[DraftSentence]:
        """The drafted claims with passages for sources, and the numbered sentences' words for quotes.

        A number that no sentence has stays one that no passage has.
        """
        return [self._claim(claim) for claim in drafted] if self.sentences else drafted

    def _claim(self, claim: DraftSentence) -> DraftSentence:
        known = [self.sentences[n - 1] for n in claim["sources"] if 1 <= n <= len(self.sentences)]
        unknown = [-abs(n) for n in claim["sources"] if not 1 <= n <= len(self.sentences)]
        return DraftSentence(
            text=claim["text"],
            sources=[*(number for sentence in known for number in sentence["sources"]), *unknown],
            quotes=[quote for sentence in known for quote in sentence["quotes"]],
        )


class DraftRequests:
    """The requests of one round of drafting, each made once. ``deadline_s``: seconds that all model calls of
    the run share. ``nonce``: the word around passages, which no document knows."""

    def __init__(self, parts: Parts, state: AnswerState, deadline_s: float, nonce: str) -> None:
        self._deadline_s = deadline_s
        self._parts = parts
        self._state = state
        self._nonce = nonce
        self._made: dict[tuple[str | None, int, bool], DraftRequest] = {}

    async def of(self, member: ChainModel) -> DraftRequest:
        """What ``member`` is sent."""
        key = (member.family, member.best_sentences, member.draft_format == "tool")
        if key not in self._made:
            self._made[key] = await self._make(member)
        return self._made[key]

    async def _make(self, member: ChainModel) -> DraftRequest:
        prompt = load_prompt("answer", member.family)
        if self._parts.answer_prompt is not None and not prompt.family:
            prompt = self._parts.answer_prompt
        evidence = self._state["evidence"]
        sentences: Sequence[DraftSentence] = ()
        if member.best_sentences and self._parts.sentences is not None:
            asked = AnswerRequest(self._state["standalone"], evidence)
            sentences = (await self._parts.sentences.ainvoke(asked))[: member.best_sentences]
        shown = show_sentences(sentences, evidence) if sentences else show_evidence(evidence, self._nonce)
        value = prompt.template.invoke(
            {
                "evidence": shown,
                "failures": self._tools(member) + _failures(self._state["failures"], self._state["released"]),
                "question": self._state["standalone"],
            }
        )
        # What a canary costs a small model in quality was not measured, and its form holds no free text.
        said = value if member.small else with_canary(value, self._parts.canary)
        return DraftRequest(prompt, said, sentences)

    def _tools(self, member: ChainModel) -> str:
        if not self._parts.tools or member.draft_format != "tool":
            return ""
        limits, receipt = self._parts.limits, self._state["receipt"]
        left = limits.max_tool_calls - self._state["tool_rounds"]
        seconds = self._deadline_s - model_seconds(receipt)
        return tool_notes(receipt.get("tools", []), left, seconds, limits.max_draft_chars // CHARS_A_TOKEN)


def show_sentences(sentences: Sequence[DraftSentence], evidence: Sequence[EvidencePassage]) -> str:
    """Numbered sentences, one a line, each with the name of its document and section.

    A sentence cannot look like another: it is one line, without invisible characters and template tokens.
    """
    lines = []
    for number, sentence in enumerate(sentences, 1):
        passage = evidence[sentence["sources"][0] - 1]
        place = " › ".join(dict.fromkeys([passage["title"], *passage["headings"][-1:]]))
        lines.append(f"[{number}] ({one_line(place)}) {one_line(sentence['text'])}")
    return "\n".join(lines)


def _failures(failures: Sequence[str], released: Sequence[Mapping[str, Any]]) -> str:
    if not failures:
        return ""
    listed = "\n".join(f"- {failure}" for failure in failures)
    said = " ".join(str(claim["text"]) for claim in released)
    known = (
        f"The reader has already been told this; go on from it and do not repeat it: {said}\n" if said else ""
    )
    return f"An earlier draft was rejected. Mend exactly this:\n{listed}\n{known}\n"
