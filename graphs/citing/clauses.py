"""Cut a sentence into the parts that state something each."""

from __future__ import annotations

import re
from bisect import bisect_left

from graphs.text.remembered import remembered
from graphs.text.words import content_places

MIN_WORDS = 2
"""A part with fewer content words is left with its neighbour."""

# Blanks are looked at from the first of them on: from each of many, time would grow with their square.
_CUT = re.compile(
    r"[\s,;:()](?:"
    r"(?<=\s)(?<!\s\s)\s*(?:and\s+|[;:–—-]\s+|[()]\s*"
    r"|(?=(?:but|while|whereas|although|though|unless|except|provided)\b))"
    r"|(?<=,)\s+(?:and\s+|(?=(?:and|but|or|nor|so|yet|while|whereas|which|who|although|though|because|unless|except"
    r"|if|when|where|provided|however|then|after|before|until)\b))"
    r"|(?<=[;:])\s+|(?<=[()])\s*)",
    re.I,
)


def clauses(sentence: str) -> list[str]:
    """The sentence's parts in order; one part where it cannot be cut.

    >>> clauses("The gateway costs 99 EUR and the sensor costs 49 EUR, unless both are bought together.")
    ['The gateway costs 99 EUR', 'the sensor costs 49 EUR', 'unless both are bought together.']
    >>> clauses("Customers and partners return devices.")
    ['Customers and partners return devices.']
    """
    return list(parts(sentence))


@remembered(texts=4096)
def parts(sentence: str) -> tuple[str, ...]:
    """``clauses``, to be shared."""
    cuts = list(_CUT.finditer(sentence))
    if not cuts:
        return (sentence,)
    places = content_places(sentence)
    # No cut is inside a word, so those of a part are those that stand in it.
    rest = places[-MIN_WORDS] if len(places) >= MIN_WORDS else -1
    found: list[str] = []
    start = 0
    for match in cuts:
        if match.start() < start:
            continue
        held = bisect_left(places, match.start()) - bisect_left(places, start)
        if held >= MIN_WORDS and match.end() <= rest:
            found.append(sentence[start : match.start()])
            start = match.end()
    return (*found, sentence[start:])
