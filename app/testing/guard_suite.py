"""What every guard must do: inherit ``GuardSuite`` in your tests, give it your guard and some texts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

from app.safety.guard import Guard, fault_of_guard, fault_of_result
from graphs.parts import GuardResult


class GuardSuite:
    """Set ``guard``, texts it ``passes`` and texts it ``stops`` (denies or mends); every method is a test."""

    guard: ClassVar[Guard]
    passes: ClassVar[Sequence[str]]
    stops: ClassVar[Sequence[str]]

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

    def _result(self, text: str) -> GuardResult:
        result = self._guard()(text)
        assert (fault := fault_of_result(text, result)) is None, f"{text!r}: {fault}"
        return result

    def _guard(self) -> Guard:
        # Of the class: a plain function would become a method of the instance.
        return type(self).guard
