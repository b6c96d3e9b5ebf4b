"""Cut a sentence into the parts that state something each."""

from __future__ import annotations

import re

from graphs.text.words import content_words

MIN_WORDS = 2
"""A part with fewer content words is left with its neighbour."""

_CUT = re.compile(
    r",?\s+and\s+|\s*[;:]\s+|\s+[-–—]\s+|\s*[()]\s*"
    r"|,\s+(?=(?:and|but|or|nor|so|yet|while|whereas|which|who|although|though|because|unless|except|if|when|where"
    r"|provided|however|then|after|before|until)\b)"
    r"|,?\s+(?=(?:but|while|whereas|although|though|unless|except|provided)\b)",
    re.I,
)


def clauses(sentence: str) -> list[str]:
    """The sentence's parts in order; one part where it cannot be cut.

    >>> clauses("The gateway costs 99 EUR and the sensor costs 49 EUR, unless both are bought together.")
    ['The gateway costs 99 EUR', 'the sensor costs 49 EUR', 'unless both are bought together.']
    >>> clauses("Customers and partners return devices.")
    ['Customers and partners return devices.']
    """
    found: list[str] = []
    start = 0
    for match in _CUT.finditer(sentence):
        if match.start() < start:
            continue
        head, rest = sentence[start : match.start()], sentence[match.end() :]
        if len(content_words(head)) >= MIN_WORDS and len(content_words(rest)) >= MIN_WORDS:
            found.append(head)
            start = match.end()
    return [*found, sentence[start:]]
