"""The parts of a question that ask for something each: "which one cures it, and when did it reach us?"."""

from __future__ import annotations

import re

from graphs.text.words import content_words

_ENDS = re.compile(r"(?<=[?!.])\s+")
_WH = r"(?:how|when|what|which|who|whom|whose|where|why)"
_JOINS = re.compile(
    r"(?: ?[,;] ?(?:and|or|but)? | (?:and|or|but) )"
    rf"(?=(?:(?:by|from|to|until|since|at|in|for|on) )?{_WH}\b)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    rf"\b{_WH}\b|^(?:and |but |so |or )?(?:is|are|was|were|can|could|may|must|shall|should|do|does|did|will"
    r"|would|has|have|had)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:compar\w*|differ\w*|versus|vs|than|between|both|each|respectively|improve[ds]?|grew|grow|increase[ds]?|"
    r"decrease[ds]?|changed?|changes|went up|gone up|more expensive|cheaper)\b|\bfrom .+ to\b",
    re.IGNORECASE,
)


def question_parts(question: str) -> list[str]:
    """What asks for something, part by part; the question itself where it asks for one thing.

    >>> question_parts("Which firmware cures it, and when did it reach us?")
    ['Which firmware cures it', 'when did it reach us?']
    >>> question_parts("I bought a lamp. How long may I keep it?")
    ['How long may I keep it?']
    """
    sentences = [one for one in _ENDS.split(" ".join(question.split())) if one]
    parts = [part.strip() for one in sentences for part in _JOINS.split(one)]
    asking = [part for part in parts if part.endswith("?") or _ASKING.search(part)]
    return asking or [question]


def says_enough(part: str) -> bool:
    """Whether a part means something without the rest of its question."""
    return len(content_words(part)) >= 2


def compares(question: str) -> bool:
    """Whether it asks for the same thing of several.

    >>> compares("How do the prices of 2025 and 2026 differ?"), compares("What is the price?")
    (True, False)
    """
    return _COMPARES.search(question) is not None
