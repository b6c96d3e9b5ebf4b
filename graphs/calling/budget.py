"""What model calls may cost: reserved before each, settled after it. Who keeps the account is a part."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from langchain_core.messages import BaseMessage
from langchain_core.prompt_values import PromptValue
from langchain_core.runnables import Runnable, RunnableBinding

from graphs.limits import WhenSpent
from tools.scoped_search import RequestError

BYTES_A_TOKEN = 2
"""Bytes of UTF-8 that a token stands for at least, when tokens are estimated: half of the 4 characters that
OpenAI names for English (help.openai.com, "What are tokens and how to count them?"), since figures, code and
other scripts take more tokens. What is reserved too much is given back when the call is settled."""

MESSAGE_TOKENS = 8
"""Tokens around each message: OpenAI's cookbook ("How to count tokens with tiktoken") counts 3 or 4."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays for a call. ``request`` is the receipt's id; ``key`` is empty where no key was shown."""

    request: str
    user: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One attempt of a model call before it is made. Tokens are the most it may take; it ends, or is ended,
    within ``seconds``."""

    payer: Payer
    step: str
    model: str
    endpoint: str
    input_tokens: int
    output_tokens: int
    seconds: float


class BudgetRefusedError(RequestError):
    """A model may not be asked, since that may cost more than is left. Its message is written for the caller.

    ``retry_after_s``: seconds until it may be asked again; None where waiting does not help.
    """

    code = "budget-exceeded"
    receipt: dict[str, Any]
    """Set where a model was asked meanwhile: what that took."""

    def __init__(
        self, message: str, *, retry_after_s: float | None = None, retryable: bool = False, **told: Any
    ) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.retryable = retryable
        """Whether a moment is enough: others hold what they may not need."""
        self.told = told
        """For the receipt."""


class BudgetUnavailableError(BudgetRefusedError):
    """What was spent cannot be read or written, so nothing is spent."""

    code = "budget-unavailable"


class Reservation(Protocol):
    """What one attempt may cost, held until it is known. Neither call raises."""

    async def settle(self, usd: float | None, usage: Mapping[str, Any] | None, /) -> None:
        """It cost ``usd`` US dollars and ``usage`` tokens (LangChain's UsageMetadata); without a price, what
        the account says of unknown prices; without usage, what was reserved."""

    async def release(self) -> None:
        """Nothing can have been spent."""


class Budget(Protocol):
    """The account that model calls are paid from."""

    @property
    def when_spent(self) -> WhenSpent:
        """``refuse``: a failed answer. ``extractive``: an answer without a model, labelled."""

    async def reserve(self, call: PlannedCall, /) -> Reservation:
        """Hold what ``call`` may cost at most.

        Raises:
            BudgetRefusedError: it does not fit, or the account cannot be kept.
        """

    async def state(self, payer: Payer, /) -> Mapping[str, Any]:
        """What a request has reserved and spent, and what is left, for its receipt. It does not raise."""


def estimated_tokens(text: str) -> int:
    """The tokens a text may be, rather too many.

    >>> estimated_tokens("Returns are free.")
    9
    """
    return math.ceil(len(text.encode("utf-8", "replace")) / BYTES_A_TOKEN)


def request_tokens(model: Runnable[Any, BaseMessage], request: Any) -> int:
    """The tokens of what a model is sent, rather too many: messages, and the tools or schema bound to it."""
    messages = request.to_messages() if isinstance(request, PromptValue) else [request]
    tokens = 0
    for message in messages:
        said = message.content if isinstance(message, BaseMessage) else message
        written = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, default=str)
        calls = getattr(message, "tool_calls", None)
        tokens += estimated_tokens(written) + MESSAGE_TOKENS
        tokens += estimated_tokens(json.dumps(calls, ensure_ascii=False, default=str)) if calls else 0
    while isinstance(model, RunnableBinding):
        bound = json.dumps(model.kwargs, ensure_ascii=False, default=str) if model.kwargs else ""
        tokens += estimated_tokens(bound)
        model = model.bound
    return tokens


def most_output_tokens(model: Any, otherwise: int) -> int:
    """The tokens that a model was told to write at most; ``otherwise`` where it was told nothing."""
    for name in ("max_tokens", "max_completion_tokens", "max_output_tokens", "num_predict"):
        told = getattr(model, name, None)
        if isinstance(told, int) and told > 0:
            return told
    return otherwise
