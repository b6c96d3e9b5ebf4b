"""The guards the graph is given: a Guardrails validator behind a callable with a plain result.

The validators are called themselves, not through a ``guardrails.Guard``: a Guard starts a thread that reports
to its makers, and every Guard switches that reporting on or off for all others in the process (one
``HubTelemetry``, one ``settings.rc``), the host's own among them. A validator reports nothing. A host may put
the same validators into a Guard of its own: they are registered.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from app.process.passing import quiet_import
from graphs.parts import GuardCheck, GuardResult

if TYPE_CHECKING:
    from guardrails.validator_base import Validator


def question_guard(max_chars: int) -> GuardCheck:
    """Denies questions that are too long or hold control characters."""

    def build() -> Validator:
        from app.safety.validators import QuestionForm

        return QuestionForm(max_chars=max_chars, on_fail="noop")

    return partial(_check, "question-form", "deny", _once(build))


def answer_guard(allowed_hosts: list[str]) -> GuardCheck:
    """Takes links to hosts that are not allowed out of what leaves."""

    def build() -> Validator:
        from app.safety.validators import AllowedLinks

        return AllowedLinks(hosts=allowed_hosts, on_fail="fix")

    return partial(_check, "allowed-links", "modify", _once(build))


def _check(name: str, on_failure: Any, validator: Callable[[], Validator], text: str) -> GuardResult:
    """Run the validator. An exception is not caught: the node fails, and nothing is let through."""
    if not text:
        return GuardResult(name, "allow", text)
    result = validator().validate(text, {})
    if result.outcome == "pass":
        return GuardResult(name, "allow", text)
    fixed = result.fix_value if on_failure == "modify" else text
    return GuardResult(
        name, on_failure, fixed if isinstance(fixed, str) else "", (str(result.error_message),)
    )


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
