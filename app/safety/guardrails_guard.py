"""A Guardrails validator behind a callable with a plain result: what it saw, and what is done about that.

The validators are called themselves, not through a ``guardrails.Guard``: a Guard starts a thread that reports
to its makers, and every Guard switches that reporting on or off for all others in the process (one
``HubTelemetry``, one ``settings.rc``), the host's own among them. A validator reports nothing. A host may put
the same validators into a Guard of its own: ``app.safety.host_guard``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from app.process.passing import quiet_import
from app.safety.guard import Side
from app.safety.time_limit import GuardOverranError, within
from graphs.parts import GuardFailedError, GuardResult, GuardRun, Unshown, WordsCheck

if TYPE_CHECKING:
    from guardrails.validator_base import Validator

logger = logging.getLogger(__name__)

Action = Literal["log", "block", "redact", "mend"]
"""What is done about what a guard sees: noted, refused, masked, or taken out."""

Policy = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class GuardrailsGuard:
    """A ``Guard`` around a validator of Guardrails, which is built when it is first asked."""

    name: str
    checks: tuple[Side, ...]
    action: Action
    validator: Callable[[], Validator]
    policy: Policy = "closed"
    limit_ms: int = 2000
    lets_by: frozenset[str] = field(default=frozenset())
    """What may be seen and nothing is done: degrees below the one that is blocked."""

    def __call__(self, text: str) -> GuardResult:
        """The verdict on ``text``.

        Raises:
            GuardFailedError: it failed or overran, and its policy is closed: nothing is let through.
        """
        if not text:
            return GuardResult(self.name, "allow", text)
        seen, run = self._look(text)
        if seen is None or run.action in ("allow", "log"):
            return GuardResult(self.name, "allow", text, runs=(run,))
        reasons = (str(seen.error_message),)
        if run.action == "block":
            return GuardResult(self.name, "deny", text, reasons, (run,))
        fixed = seen.fix_value if isinstance(seen.fix_value, str) else ""
        return GuardResult(self.name, "modify", fixed, reasons, (run,), redacted=run.action == "redact")

    def words(self, text: str) -> WordsCheck:
        """Where ``text`` holds what may not be shown.

        Raises:
            GuardFailedError: as for a call.
        """
        if not text or self.action not in ("redact", "block"):
            return WordsCheck()
        seen, run = self._look(text)
        spans = (seen.error_spans or []) if seen is not None else []
        found = tuple(Unshown(one.start, one.end, one.reason, self.action) for one in spans)
        return WordsCheck(found, (run,))

    def _look(self, text: str) -> tuple[Any, GuardRun]:
        """The failed result, or None where the text passes or the guard may fail; and the run."""
        validator = self.validator()  # its libraries are imported at the first call: that is not its time
        begun = time.perf_counter()
        fault, result = "", None
        try:
            result = within(self.limit_ms, lambda: validator.validate(text, {}))
        except GuardOverranError as error:
            fault = str(error)
        except Exception as error:  # whatever it is, nothing was checked
            fault = f"it failed ({type(error).__name__})"
        ms = round((time.perf_counter() - begun) * 1000, 2)
        if fault:
            run = GuardRun(
                self.name, "unknown", "allow" if self.policy == "open" else "block", ms, self.policy, fault
            )
            if self.policy == "closed":
                raise GuardFailedError(f"the guard {self.name!r} did not check: {fault}", (run,))
            logger.warning("the guard %r did not check and lets through: %s", self.name, fault)
            return None, run
        if result is None or result.outcome == "pass":
            return None, GuardRun(self.name, "none", "allow", ms, self.policy)
        saw = str((result.metadata or {}).get("saw") or "something")
        action = "log" if saw in self.lets_by else self.action
        return result, GuardRun(self.name, saw, action, ms, self.policy)


def built_once(build: Callable[[], Validator]) -> Callable[[], Validator]:
    """``build``, called at the first call and never again; threads wait for it."""
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
