"""What every guard must do: inherit ``GuardSuite`` in your tests, give it your guard and some texts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, ClassVar

from app.safety.guard import Guard, fault_of_guard, fault_of_result
from app.safety.guardrails_guard import GuardrailsGuard
from app.testing.paused_collection import paused_collection
from graphs.parts import GuardFailedError, GuardResult

SHORT = 5000
"""Characters of the shorter text."""
SLACK_S = 0.05
"""What a busy machine may add."""
GROWTHS = ((4, 9), (8, 24), (16, 64))
"""How much longer a text becomes, and how much longer it may then take: between the length and its square.
The later ones, each surer than the one before, are for what a busy machine made look slow."""


class GuardSuite:
    """Set ``guard``, texts it ``passes`` and texts it ``stops`` (denies or mends); every method is a test."""

    guard: ClassVar[Guard]
    passes: ClassVar[Sequence[str]]
    stops: ClassVar[Sequence[str]]
    repeated: ClassVar[Sequence[str]] = (
        *("a", " ", "\n", "1-", "a@", "a.", "12 ", ":", "[", "<a ", "://", "\\", "==", "eyJ", "é"),
        *("password: ", "-----BEGIN PRIVATE KEY-----", "ignore all ", "DE89370400440532013000", "AKIA"),
    )
    """Texts whose repetition might take a careless pattern long; longer by the square of their number."""

    def test_it_says_what_it_checks(self) -> None:
        assert (fault := fault_of_guard(self._guard())) is None, fault

    def test_what_is_fine_passes_as_it_is(self) -> None:
        for text in ("", *self.passes):
            assert self._result(text).verdict == "allow", f"{text!r} was stopped"

    def test_what_is_not_is_denied_or_mended_with_a_reason(self) -> None:
        assert self.stops, "the suite needs a text that is stopped"
        for text in self.stops:
            assert self._result(text).verdict != "allow", f"{text!r} passed"

    def test_what_it_mended_passes(self) -> None:
        for text in self.stops:
            result = self._result(text)
            if result.verdict == "modify":
                assert result.text != text, f"{text!r} was mended and did not change"
                assert self._result(result.text).verdict == "allow", f"{result.text!r} was mended before"

    def test_threads_may_ask_at_the_same_time(self) -> None:
        texts = [*self.passes, *self.stops] * 4
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(self._result, texts)) == [self._result(text) for text in texts]

    def test_time_grows_with_the_length_and_no_faster(self) -> None:
        self._result("warm")
        guard = self._guard()
        if isinstance(guard, GuardrailsGuard):
            guard = replace(guard, limit_ms=600_000)  # a busy machine is no reason to fail here
        for unit in (*self.repeated, *self.stops, *self.passes):
            assert any(_grows_slowly(guard, unit, times, most) for times, most in GROWTHS), (
                f"{unit!r} repeated: its time grows faster than its length"
            )

    def test_where_it_fails_it_does_what_it_declares(self) -> None:
        guard = self._guard()
        if not isinstance(guard, GuardrailsGuard):
            return

        def broken(*_: Any) -> Any:
            raise RuntimeError(self.stops[0])

        failing = replace(guard, validator=lambda: SimpleNamespace(validate=broken))
        failed: GuardFailedError | None = None
        try:
            assert failing(self.passes[0]).verdict == "allow"
        except GuardFailedError as error:
            failed = error
        assert (failed is not None) == (guard.policy == "closed"), f"its policy is {guard.policy!r}"
        if failed is not None:
            assert self.stops[0] not in str(failed), "the words of the text are told"
            assert failed.runs[0].fault, "the receipt would not say that it failed"

    def _result(self, text: str) -> GuardResult:
        result = self._guard()(text)
        assert (fault := fault_of_result(text, result)) is None, f"{text!r}: {fault}"
        return result

    def _guard(self) -> Guard:
        # Of the class: a plain function would become a method of the instance.
        return type(self).guard


def _grows_slowly(guard: Guard, unit: str, times: int, most: int) -> bool:
    """Whether ``times`` the length take no more than ``most`` the time."""
    short, long = (_seconds(guard, unit * (size // len(unit) + 1)) for size in (SHORT, times * SHORT))
    return long < most * short + SLACK_S


def _seconds(guard: Guard, text: str) -> float:
    took = []
    for _ in range(3):
        # Of the processor: what else the machine does is not the guard's.
        with paused_collection():
            begun = time.process_time()
            guard(text)
            took.append(time.process_time() - begun)
    return min(took)
