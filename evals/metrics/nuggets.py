"""What an answer must say: nuggets, each a list of wordings, and the quantities among them.

A nugget is one fact; an answer holds it when it holds any of its wordings. Nuggets are TREC's (Voorhees 2003,
"Overview of the TREC 2003 Question Answering Track"); there people match them, here strings do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evals.metrics.words import holds, tokens

Nugget = Sequence[str]
"""The wordings of one fact; the first is the one it is shown and measured by."""

_DATE = re.compile(r"(?:\d{4}|-)-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_CURRENCIES = frozenset("eur usd gbp".split())
_NO_UNIT = frozenset("a an and at by for from in is it of on or per than the then to up with".split())


@dataclass(frozen=True, slots=True)
class NuggetQuantity:
    """A number or date with what it counts: ``Quantity("number", "30", "day")``."""

    kind: Literal["number", "date"]
    value: str
    unit: str = ""


def quantities(text: str) -> list[NuggetQuantity]:
    """The numbers and dates of a text, numbers with their unit where one stands beside them.

    >>> [(q.kind, q.value, q.unit) for q in quantities("EUR 540 within 30 days of 1 May 2026")]
    [('number', '540', 'eur'), ('number', '30', 'day'), ('date', '2026-05-01', '')]
    """
    found: list[NuggetQuantity] = []
    all_tokens = tokens(text)
    for at, token in enumerate(all_tokens):
        if _DATE.fullmatch(token):
            found.append(NuggetQuantity("date", token))
        elif _NUMBER.fullmatch(token):
            before = all_tokens[at - 1] if at else ""
            after = all_tokens[at + 1] if at + 1 < len(all_tokens) else ""
            found.append(NuggetQuantity("number", token, _unit(before, after)))
    return found


def nugget_recall(text: str, nuggets: Sequence[Nugget]) -> float | None:
    """The share of the nuggets that the text holds; None where there are none to hold.

    >>> nugget_recall("It is 38 g.", [["38 g", "38 grams"], ["white"]])
    0.5
    """
    if not nuggets:
        return None
    said = tokens(text)
    return sum(any(holds(said, tokens(wording)) for wording in nugget) for nugget in nuggets) / len(nuggets)


def quantity_recall(
    text: str, nuggets: Sequence[Nugget], what: Literal["number", "date", "unit"]
) -> float | None:
    """The share of the nuggets' numbers, dates, or numbers with their unit that the text holds.

    None where the nuggets name none. A date without its year in the gold is met by one with a year.

    >>> quantity_recall("It costs 540 dollars.", [["EUR 540"]], "number")
    1.0
    >>> quantity_recall("It costs USD 540.", [["EUR 540"]], "unit")
    0.0
    """
    kind = "date" if what == "date" else "number"
    wanted = [q for nugget in nuggets for q in quantities(nugget[0]) if q.kind == kind]
    if what == "unit":
        wanted = [q for q in wanted if q.unit]
    if not wanted:
        return None
    said = quantities(text)
    return sum(any(_meets(one, q, what) for one in said) for q in wanted) / len(wanted)


def _meets(said: NuggetQuantity, wanted: NuggetQuantity, what: str) -> bool:
    if what == "date":
        return said.value == wanted.value or (
            wanted.value.startswith("--") and said.value.endswith(wanted.value[1:])
        )
    return said.value == wanted.value and (what != "unit" or said.unit == wanted.unit)


def _unit(before: str, after: str) -> str:
    for near in (before, after):
        if near in _CURRENCIES or near == "%":
            return near
    return after if after[:1].isalpha() and after not in _NO_UNIT else ""
