"""What a guard is, and several of them asked as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol, get_args

from graphs.parts import GuardCheck, GuardFailedError, GuardResult

Side = Literal["question", "answer", "draft"]
"""What is asked, before anything is done with it; each sentence of an answer, before it leaves; or all that a
model wrote, before anything is made of it."""


class Guard(Protocol):
    """Lets a text pass, mends it or refuses it. It is called in worker threads, by several at a time.

    What it raises is not caught: the request fails, and nothing is let through.
    """

    @property
    def checks(self) -> Sequence[Side]:
        """Whether it is asked about questions, answers, drafts, or several of them."""

    def __call__(self, text: str, /) -> GuardResult:
        """The verdict on ``text``; ``text`` of the result is what may go on."""


def in_turn(guards: Sequence[GuardCheck]) -> GuardCheck:
    """One guard of many: each sees what the one before let through, and the first to deny ends it."""
    if len(guards) == 1:
        return guards[0]

    def check(text: str) -> GuardResult:
        results: list[GuardResult] = []
        for guard in guards:
            results.append(guard(results[-1].text if results else text))
            if results[-1].verdict == "deny":
                break
        verdicts = {result.verdict for result in results}
        changed = [result for result in results if result.verdict != "allow"]
        return GuardResult(
            "+".join(result.guard for result in changed or results),
            "deny" if "deny" in verdicts else "modify" if "modify" in verdicts else "allow",
            results[-1].text,
            tuple(reason for result in results for reason in result.reasons),
            tuple(run for result in results for run in result.runs),
            redacted=any(result.redacted for result in results),
        )

    return check


def held_to_form(name: str, guard: GuardCheck) -> GuardCheck:
    """The guard, whose results are looked at: one that says nothing clear lets nothing through."""

    def check(text: str) -> GuardResult:
        result = guard(text)
        if fault := fault_of_result(text, result):
            raise GuardFailedError(f"the guard {name!r} gave no proper result: {fault}")
        return result

    return check


def fault_of_result(text: str, result: Any) -> str | None:
    """What is wrong with a guard's result for ``text``, in words; None for a good one.

    >>> fault_of_result("a", GuardResult("shout", "allow", "A"))
    "it says 'allow' and changes the text"
    """
    if not isinstance(result, GuardResult):
        return f"it is a {type(result).__name__}, not a GuardResult"
    if result.verdict not in ("allow", "deny", "modify"):
        return "its verdict is neither 'allow', 'deny' nor 'modify'"
    if not isinstance(result.text, str) or not isinstance(result.guard, str) or not result.guard:
        return "its text is no text, or its guard has no name"
    if not isinstance(result.reasons, list | tuple) or not all(
        isinstance(one, str) for one in result.reasons
    ):
        return "its reasons are no list of texts"
    if result.verdict == "allow" and result.text != text:
        return "it says 'allow' and changes the text"
    if result.verdict != "allow" and not result.reasons:
        return f"it says {result.verdict!r} and gives no reason"
    return None


def fault_of_guard(guard: Any) -> str | None:
    """What keeps an object from being a ``Guard``, in words; None for one that is."""
    if not callable(guard):
        return "it cannot be called"
    checks = getattr(guard, "checks", None)
    if not isinstance(checks, list | tuple) or not checks or not set(checks) <= set(get_args(Side)):
        return "its `checks` does not list 'question', 'answer' or 'draft'"
    return None
