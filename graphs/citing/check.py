"""Does the cited text support the claim? Deterministic checks and a verdict of three values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from graphs.citing.numbers import missing_numbers
from graphs.citing.words import content_words, words

Verdict = Literal["verified", "partial", "unsupported"]

SUPPORTED = 0.7
UNSUPPORTED = 0.3
"""Containment below this was unsupported .79 to .96 of the time on four sets of human judgements."""

_NEGATIONS = frozenset("not no never none neither nor without cannot".split())
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b(?:[A-Z][\w-]*[a-z][\w-]*|[A-Z]{2,}[\w-]*)\b")


@dataclass(frozen=True, slots=True)
class Checks:
    """What was looked at. ``containment`` is the share of the claim's content words that are held."""

    quote: bool
    containment: float
    missing_numbers: list[str] = field(default_factory=list)
    missing_names: list[str] = field(default_factory=list)
    negation_agrees: bool = True


def check_claim(
    claim: str,
    quotes: Sequence[str],
    *,
    context: Sequence[str] = (),
    question: str = "",
    weight: Callable[[str], float] = lambda _word: 1.0,
) -> tuple[Verdict, Checks]:
    """Judge a claim against all it quotes.

    ``context`` (titles and headings above the quotes) and the question may supply names and numbers; only
    quotes and context supply content words. High overlap alone never proves support, so numbers, names and
    negation are looked at as well.

    >>> check_claim("Returns take 30 days.", ["Returns take 14 days."])[0]
    'unsupported'
    >>> check_claim("Returns take 14 days.", ["Returns take 14 days."])[0]
    'verified'
    """
    if not quotes:
        return "unsupported", Checks(quote=False, containment=0.0)
    support = " ".join([*quotes, *context])
    held = set(content_words(support))
    wanted = set(content_words(claim))
    total = sum(weight(word) for word in wanted)
    containment = sum(weight(word) for word in wanted & held) / total if total else 1.0
    checks = Checks(
        quote=True,
        containment=round(containment, 3),
        missing_numbers=missing_numbers(claim, support, question),
        missing_names=_missing_names(claim, f"{support} {question}"),
        negation_agrees=_negated(claim) == _negated(" ".join(quotes)) or len(quotes) > 1,
    )
    return _verdict(checks), checks


def _verdict(checks: Checks) -> Verdict:
    if checks.missing_numbers or checks.containment < UNSUPPORTED:
        return "unsupported"
    if checks.containment >= SUPPORTED and checks.negation_agrees and not checks.missing_names:
        return "verified"
    return "partial"


def _missing_names(claim: str, support: str) -> list[str]:
    known = set(words(support))
    names = dict.fromkeys(match.group() for match in _NAME.finditer(claim))
    return [name for name in names if not set(words(name)) <= known]


def _negated(text: str) -> bool:
    return any(word in _NEGATIONS or word.endswith("n't") for word in words(text))
