"""Figures in a text, in one spelling, so that sentences can be told apart by them."""

from __future__ import annotations

import re

from graphs.text.number_words import spoken

_DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DASHES = str.maketrans("‐‑‒–—−", "------")


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


def figures(text: str) -> set[str]:
    """All numbers of a text, in digits or words.

    >>> sorted(figures("two lamps in 14 days"))
    ['14', '2']
    """
    return {*numbers(text), *(str(value) for _, _, value in spoken(text))}


def _plain(number: str) -> str:
    if number.count(".") > 1:
        return number
    whole, _, fraction = number.partition(".")
    fraction = fraction.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{fraction}" if fraction else whole
