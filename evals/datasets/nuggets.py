"""The nuggets of an answer by rule: every quantity in it. Answers without one need authored nuggets."""

from __future__ import annotations

import re

from evals.metrics.nuggets import quantities

_ASIDE = re.compile(r"\([^)]*\)")
_BEFORE = frozenset({"eur", "usd", "gbp"})


def derive(answer: str) -> list[list[str]]:
    """One nugget for each number or date outside brackets, with its unit.

    >>> derive("Up to EUR 540.00 (USD 600.00), within 30 days.")
    [['eur 540'], ['30 day']]
    """
    found: list[list[str]] = []
    for quantity in quantities(_ASIDE.sub(" ", answer)):
        parts = [quantity.value, quantity.unit]
        wording = " ".join(reversed(parts) if quantity.unit in _BEFORE else filter(None, parts))
        if [wording] not in found:
            found.append([wording])
    return found
