"""Does the cited text support the claim? Deterministic checks and a verdict of three values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from graphs.citing.numbers import missing_numbers
from graphs.citing.words import content_words, stem, words

Verdict = Literal["verified", "partial", "unsupported"]

SUPPORTED = 0.7
UNSUPPORTED = 0.3
"""Containment below this was unsupported .79 to .96 of the time on four sets of human judgements."""

MIN_QUOTED = 0.2
"""A quote that holds less of the claim than this proves nothing, whatever the headings above it say."""

_NEGATIONS = frozenset("not no never none neither nor without cannot".split())
_OPENERS = frozenset(
    stem(word)
    for word in """
    according additionally although along based besides currently except finally first furthermore generally
    however including instead likewise meanwhile moreover otherwise overall per regarding second similarly
    since therefore third though thus unless whenever whether within without yes yet
    """.split()
)
"""Capitalised at the start of a sentence, these name nobody. Stop words are left out in any case."""
_NAME = re.compile(r"\b(?:[A-Z][\w-]*[a-z][\w-]*|[A-Z]{2,}[\w-]*)\b")


@dataclass(frozen=True, slots=True)
class Checks:
    """What was looked at. ``containment`` is the share of the claim's content words that are held."""

    quote: bool
    containment: float
    quoted: float = 0.0
    """The share that the quotes hold themselves, without the titles and headings above them."""
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
    own = set(content_words(" ".join(quotes)))
    checks = Checks(
        quote=True,
        # A claim without content words ("It is.") says nothing that could be found.
        containment=round(sum(weight(word) for word in wanted & held) / total, 3) if total else 0.0,
        quoted=round(sum(weight(word) for word in wanted & own) / total, 3) if total else 0.0,
        missing_numbers=missing_numbers(claim, support, question),
        missing_names=_missing_names(claim, f"{support} {question}"),
        negation_agrees=any(_negated(claim) == _negated(quote) for quote in quotes),
    )
    return _verdict(checks), checks


def _verdict(checks: Checks) -> Verdict:
    if checks.missing_numbers or checks.containment < UNSUPPORTED or checks.quoted < MIN_QUOTED:
        return "unsupported"
    if checks.containment >= SUPPORTED and checks.negation_agrees and not checks.missing_names:
        return "verified"
    return "partial"


def _missing_names(claim: str, support: str) -> list[str]:
    """Capitalised words that the support has in no form; a sentence's first may be its subject's name."""
    known = {stem(word) for word in words(support)}
    names = dict.fromkeys(match.group() for match in _NAME.finditer(claim))
    return [name for name in names if not set(content_words(name)) <= known | _OPENERS]


def _negated(text: str) -> bool:
    return any(word in _NEGATIONS or word.endswith("n't") for word in words(text))
