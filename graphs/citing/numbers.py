"""Numbers in a text, in one spelling, so that a claim's can be looked for in what it cites."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90", "hundred": "100"}
_LETTERS = re.compile(r"[a-z]+")


def numbers(text: str) -> list[str]:
    """The numbers written in digits, thousands separators and trailing zeros removed.

    Dates, times, versions and ranges stay whole and are also given in their parts.

    >>> numbers("1,250.50 EUR from 2026-03-01 on")
    ['1250.5', '2026-03-01', '2026', '3', '1']
    """
    found: list[str] = []
    for match in _DIGITS.finditer(text):
        whole = match.group()
        if _GROUPED.fullmatch(whole):
            whole = whole.replace(",", "")
        parts = re.split(r"[,:/-]", whole)
        if len(parts) > 1:
            found.append(whole)
        found += [_plain(part) for part in parts]
    return found


def spoken_numbers(text: str) -> set[str]:
    """Numbers written as words (zero to twenty and some tens), as digits.

    "One" is left out of claims by the caller's choice: it is a pronoun as often as a number.
    """
    return {_WORDS[word] for word in _LETTERS.findall(text.lower()) if word in _WORDS}


def missing_numbers(claim: str, *support: str) -> list[str]:
    """Numbers of ``claim`` that none of ``support`` holds, in digits or words.

    >>> missing_numbers("It takes 14 days and 2 forms.", "within 14 days, with two forms")
    []
    >>> missing_numbers("It takes 14 days.", "within 40 days")
    ['14']
    """
    held: set[str] = set()
    for text in support:
        held.update(numbers(text))
        held.update(spoken_numbers(text))
    return [number for number in dict.fromkeys(numbers(claim)) if number not in held]


def _plain(number: str) -> str:
    if number.count(".") > 1:
        return number
    whole, _, fraction = number.partition(".")
    fraction = fraction.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{fraction}" if fraction else whole
