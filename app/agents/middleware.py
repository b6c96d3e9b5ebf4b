"""Middleware for ``create_agent`` and what is built on it: no sentence of an answer without its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from langchain.agents.middleware import AgentMiddleware, AgentState, hook_config
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langgraph.runtime import Runtime

from graphs.judging.check_text import CheckedSentence, SourceText, check_text

CHECKED = "pincite"
"""The key of ``additional_kwargs`` under which a checked message says what was found."""

NOTHING_STANDS = "I do not know: no sentence of the answer is supported by what was found."

OnFailure = Literal["withhold", "label", "send_back"]


class PinciteMiddleware(AgentMiddleware[AgentState[Any], Any]):
    """Checks each sentence of an agent's last message against the results of the tools it called.

    ``on_failure`` says what becomes of a message with unsupported sentences:

    - ``withhold``: they are left out; where none stands, the message says that nothing is known.
    - ``label``: they stay, each with "(not supported)" behind it.
    - ``send_back``: the model is told which failed and why, at most ``returns`` times; then ``withhold``.

    The message that leaves has, under ``additional_kwargs["pincite"]``, its sentences with verdicts, reasons
    and the words they rest on. Tokens that were streamed before the message was whole are not checked: show
    the message, not the tokens.
    """

    def __init__(
        self,
        on_failure: OnFailure = "withhold",
        *,
        returns: int = 1,
        sources: Callable[[Sequence[AnyMessage]], Sequence[SourceText]] | None = None,
    ) -> None:
        """``sources``: what the messages may rest on; by default the text of every tool's result."""
        super().__init__()
        self._on_failure = on_failure
        self._returns = returns
        self._sources = sources or tool_results

    @hook_config(can_jump_to=["model"])
    def after_model(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Check the model's message, unless it calls tools: then it is not the last."""
        messages = state["messages"]
        last = messages[-1] if messages else None
        if not isinstance(last, AIMessage) or last.tool_calls or not last.text.strip():
            return None
        asked = next((message.text for message in reversed(messages) if _asks(message)), "")
        checked = check_text(last.text, self._sources(messages), question=asked)
        failed = [one for one in checked if one.verdict == "unsupported"]
        if failed and self._on_failure == "send_back" and _sent_back(messages) < self._returns:
            told = HumanMessage(_told(failed), additional_kwargs={CHECKED: {"sent_back": True}})
            return {"messages": [told], "jump_to": "model"}
        text = _labelled(last.text, checked) if self._on_failure == "label" else _standing(last.text, checked)
        return {"messages": [_replaced(last, text, checked)]}


def tool_results(messages: Sequence[AnyMessage]) -> list[SourceText]:
    """The texts of all tools' results, each called after its tool."""
    return [
        SourceText(message.text, message.name or "")
        for message in messages
        if isinstance(message, ToolMessage) and message.status != "error"
    ]


def _asks(message: AnyMessage) -> bool:
    return isinstance(message, HumanMessage) and CHECKED not in message.additional_kwargs


def _sent_back(messages: Sequence[AnyMessage]) -> int:
    """How often the message that is asked for now was sent back."""
    count = 0
    for message in reversed(messages):
        if _asks(message):
            break
        count += isinstance(message, HumanMessage)
    return count


def _told(failed: Sequence[CheckedSentence]) -> str:
    lines = [f"- {one.text.strip()} ({'; '.join(one.reasons) or 'not in any source'})" for one in failed]
    return (
        "These sentences of your answer are not supported by the tools' results. Answer again: keep what the "
        "results say, in their words and numbers, and leave the rest out.\n" + "\n".join(lines)
    )


def _standing(text: str, checked: Sequence[CheckedSentence]) -> str:
    """The text without what is not supported; what introduces or asks goes with it where nothing stands."""
    if not any(one.verdict in ("verified", "partial") for one in checked):
        return NOTHING_STANDS
    kept, at = "", 0
    for one in checked:
        if one.verdict == "unsupported":
            kept += text[at : one.start]
            at = one.end
    return "\n".join(line.rstrip() for line in (kept + text[at:]).strip().split("\n"))


def _labelled(text: str, checked: Sequence[CheckedSentence]) -> str:
    labelled, at = "", 0
    for one in checked:
        if one.verdict == "unsupported":
            labelled += f"{text[at : one.end]} (not supported)"
            at = one.end
    return labelled + text[at:]


def _replaced(message: AIMessage, text: str, checked: Sequence[CheckedSentence]) -> AIMessage:
    found = [
        {
            "text": one.text,
            "verdict": one.verdict,
            "reasons": list(one.reasons),
            "spans": [
                {"source": span.source, "start": span.start, "end": span.end, "quote": span.quote}
                for span in one.spans
            ],
        }
        for one in checked
    ]
    kwargs = {**message.additional_kwargs, CHECKED: {"sentences": found}}
    return message.model_copy(update={"content": text, "additional_kwargs": kwargs})
