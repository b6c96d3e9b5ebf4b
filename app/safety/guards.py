"""The guards the graph is given: a Guardrails Guard behind a callable with a plain result."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from app.safety.guard import Side
from app.safety.telemetry import quiet_guardrails, quiet_libraries
from graphs.parts import GuardResult

if TYPE_CHECKING:
    from guardrails import Guard


@dataclass(frozen=True, slots=True)
class GuardrailsGuard:
    """A ``Guard`` around one of Guardrails, which is built when it is first asked."""

    name: str
    checks: tuple[Side, ...]
    on_failure: Literal["deny", "modify"]
    guard: Callable[[], Guard]

    def __call__(self, text: str) -> GuardResult:
        """Run the guard. An exception is not caught: the node fails, and nothing is let through."""
        if not text:
            return GuardResult(self.name, "allow", text)
        outcome = self.guard().validate(text)
        # `validation_passed` is true after a fix, and can be with a failed noop: the summaries do not lie.
        reasons = tuple(str(summary.failure_reason) for summary in outcome.validation_summaries or [])
        if not reasons:
            return GuardResult(self.name, "allow", text)
        fixed = outcome.validated_output if self.on_failure == "modify" else text
        return GuardResult(self.name, self.on_failure, fixed if isinstance(fixed, str) else "", reasons)


def question_guard(max_chars: int) -> GuardrailsGuard:
    """Denies questions that are too long or hold control characters."""

    def build() -> Guard:
        _import_guardrails()
        from app.safety.validators import QuestionForm

        return _guard(QuestionForm(max_chars=max_chars, on_fail="noop"))

    return GuardrailsGuard("question-form", ("question",), "deny", _once(build))


def answer_guard(allowed_hosts: list[str]) -> GuardrailsGuard:
    """Takes links to hosts that are not allowed out of what leaves."""

    def build() -> Guard:
        _import_guardrails()
        from app.safety.validators import AllowedLinks

        return _guard(AllowedLinks(hosts=allowed_hosts, on_fail="fix"))

    return GuardrailsGuard("allowed-links", ("answer",), "modify", _once(build))


def _import_guardrails() -> None:
    quiet_libraries()
    # jsonschema builds a grammar for 1.2 s when this optional module can be imported; nobody here needs it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    quiet_guardrails()


def _guard(*validators: Any) -> Guard:
    from guardrails import Guard

    # Guards keep the texts of their last calls; one is the fewest there can be.
    guard = Guard(history_max_length=1)
    guard.use(*validators)
    return guard


def _once(build: Callable[[], Guard]) -> Callable[[], Guard]:
    lock = threading.Lock()
    built: list[Guard] = []

    def get() -> Guard:
        with lock:
            if not built:
                built.append(build())
            return built[0]

    return get
