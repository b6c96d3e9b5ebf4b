"""The guards the graph is given: a Guardrails validator behind a callable with a plain result.

The validators are called themselves, not through a ``guardrails.Guard``: a Guard starts a thread that reports
to its makers, and every Guard switches that reporting on or off for all others in the process (one
``HubTelemetry``, one ``settings.rc``), the host's own among them. A validator reports nothing. A host may put
the same validators into a Guard of its own: they are registered.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.process.passing import quiet_import
from app.safety.guard import Side
from graphs.parts import GuardResult

if TYPE_CHECKING:
    from guardrails.validator_base import Validator


@dataclass(frozen=True, slots=True)
class GuardrailsGuard:
    """A ``Guard`` around a validator of Guardrails, which is built when it is first asked."""

    name: str
    checks: tuple[Side, ...]
    on_failure: Literal["deny", "modify"]
    validator: Callable[[], Validator]

    def __call__(self, text: str) -> GuardResult:
        """Run the validator. An exception is not caught: the node fails, and nothing is let through."""
        if not text:
            return GuardResult(self.name, "allow", text)
        result = self.validator().validate(text, {})
        if result.outcome == "pass":
            return GuardResult(self.name, "allow", text)
        fixed = result.fix_value if self.on_failure == "modify" else text
        reasons = (str(result.error_message),)
        return GuardResult(self.name, self.on_failure, fixed if isinstance(fixed, str) else "", reasons)


def question_guard(max_chars: int) -> GuardrailsGuard:
    """Denies questions that are too long or hold control characters."""

    def build() -> Validator:
        from app.safety.validators import QuestionForm

        return QuestionForm(max_chars=max_chars, on_fail="noop")

    return GuardrailsGuard("question-form", ("question",), "deny", _once(build))


def answer_guard(allowed_hosts: list[str]) -> GuardrailsGuard:
    """Takes links to hosts that are not allowed out of what leaves."""

    def build() -> Validator:
        from app.safety.validators import AllowedLinks

        return AllowedLinks(hosts=allowed_hosts, on_fail="fix")

    return GuardrailsGuard("allowed-links", ("answer",), "modify", _once(build))


def _once(build: Callable[[], Validator]) -> Callable[[], Validator]:
    lock = threading.Lock()
    built: list[Validator] = []

    def get() -> Validator:
        with lock:
            if not built:
                built.append(_quietly(build))
            return built[0]

    return get


def _quietly(build: Callable[[], Validator]) -> Validator:
    """A validator asks, when it is made and never again, whether metrics are wanted: here, they are not."""
    with quiet_import():
        from guardrails import settings
        from guardrails.classes.rc import RC

        kept = settings.rc
        settings.rc = RC(enable_metrics=False)
        try:
            return build()
        finally:
            settings.rc = kept
