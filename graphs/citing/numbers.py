"""Numbers in a text, in one spelling, so that a claim's can be looked for in what it cites."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DASHES = str.maketrans("‐‑‒–—−", "------")
_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: value
    for value, word in zip(
        range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True
    )
}
_SPOKEN = re.compile(
    rf"\b(?:(?P<hundreds>{'|'.join(_SMALL)}|a) hundred\b(?: and)?(?: (?=\w))?)?"
    rf"(?:\b(?P<tens>{'|'.join(_TENS)})\b(?:[ -](?=\w))?)?(?:\b(?P<small>{'|'.join(_SMALL)})\b)?"
)


def numbers(text: str) -> list[str]:
    """The numbers written in digits, thousands separators and trailing zeros removed.

    Dates, times and versions stay whole and are also given in their parts; ranges are their two ends.

    >>> numbers("1,250.50 EUR from 2026-03-01 on")
    ['1250.5', '2026-03-01', '2026', '3', '1']
    """
    found: list[str] = []
    for match in _DIGITS.finditer(text.translate(_DASHES)):
        whole = match.group()
        for end in whole.split("-") if whole.count("-") == 1 else [whole]:
            one = end.replace(",", "") if _GROUPED.fullmatch(end) else end
            parts = re.split(r"[,:/-]", one)
            if len(parts) > 1:
                found.append(one)
            found += [_plain(part) for part in parts]
    return found


def spoken_numbers(text: str) -> set[str]:
    """Numbers written as words, as digits; thousands and above are read as the number before them.

    >>> sorted(spoken_numbers("Twenty-four hours, a hundred and five days or two million."))
    ['105', '2', '24']
    """
    found = set()
    for match in _SPOKEN.finditer(text.lower()):
        if match.group():
            hundreds, tens, small = match["hundreds"], match["tens"], match["small"]
            value = 100 * _SMALL.get(hundreds, 1) if hundreds else 0
            found.add(str(value + _TENS.get(tens, 0) + _SMALL.get(small, 0)))
    return found


def missing_numbers(claim: str, *support: str) -> list[str]:
    """Numbers of ``claim`` that none of ``support`` holds, in digits or words.

    A claim's "one" is not looked for: it is a pronoun as often as a number.

    >>> missing_numbers("It takes 14 days and 2 forms.", "within 14 days, with two forms")
    []
    >>> missing_numbers("It takes 14 days.", "within 40 days")
    ['14']
    """
    held: set[str] = set()
    for text in support:
        held.update(numbers(text))
        held.update(spoken_numbers(text))
    stated = [*numbers(claim), *sorted(spoken_numbers(claim) - {"1"})]
    return [number for number in dict.fromkeys(stated) if number not in held]


def _plain(number: str) -> str:
    if number.count(".") > 1:
        return number
    whole, _, fraction = number.partition(".")
    fraction = fraction.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{fraction}" if fraction else whole
