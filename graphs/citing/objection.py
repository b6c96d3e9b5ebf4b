"""What stands against a claim: the rule that found it, and its words for a reader."""

from __future__ import annotations

from typing import Literal, NamedTuple

Rule = Literal[
    "no-source",
    "number-missing",
    "number-unit",
    "number-bound",
    "number-loose",
    "number-asked",
    "number-elsewhere",
    "name-missing",
    "name-invented",
    "exchanged",
    "mark-strange",
    "little-support",
    "reworded",
    "other-subject",
    "denial",
    "modality",
    "direction",
    "amount",
    "denial-turned",
    "turned",
    "condition-dropped",
    "order",
    "rivals",
    "joined",
    "borrowed",
    "language-unknown",
    "too-long",
]

WITHHOLDING: frozenset[Rule] = frozenset(
    {
        "no-source",
        "number-missing",
        "number-unit",
        "number-bound",
        "name-invented",
        "little-support",
        "denial-turned",
        "turned",
        "exchanged",
        "too-long",
    }
)
"""Rules that withhold a sentence by themselves. All others only cost it the word *verified*: among claims
that people judged they are right no oftener than chance (evals/results/attribution)."""


class Objection(NamedTuple):
    """One thing that stands against a claim."""

    rule: Rule
    words: str
