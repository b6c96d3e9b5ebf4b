"""Whether a call fits in what is left, and else how long it does not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.controls.budgets.accounts import Bounds, Cost, ends_at
from app.controls.budgets.sums import RequestSum, Sum

Unit = Literal["usd", "tokens"]

OFTEN_S = 1.0
"""Seconds to wait where others hold what they may not need."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a call does not fit. ``of`` and ``per`` name the account (``request`` and an empty span for one
    question), ``retry_after_s`` is None where waiting does not help; ``held``: others hold what lacks."""

    of: Literal["user", "key", "tenant", "request"]
    per: Literal["day", "month", ""]
    unit: Unit
    retry_after_s: float | None
    held: bool = False


def first_in_the_way(
    bounds: Bounds, asked: RequestSum, sums: Iterable[Sum], wanted: Cost, now: datetime
) -> Refused | None:
    """Of the bounds that a call does not fit in, the one that is longest in the way; None where it fits.

    ``asked``: what the request's calls came to so far, ``sums``: the accounts that pay.
    """
    found = [
        Refused("request", "", unit, OFTEN_S if held else None, held)
        for unit, held in _lacking(bounds.request, asked, wanted)
    ]
    for one in sums:
        account = one.account
        bound = bounds.of_account[account.of, account.per]
        for unit, held in _lacking(bound, one, wanted):
            wait: float | None = (ends_at(account.per, now) - now).total_seconds()
            if held:
                wait = OFTEN_S
            elif _is_above(bound, wanted, unit):
                wait = None
            found.append(Refused(account.of, account.per, unit, wait, held))
    return max(found, key=_wait, default=None)


def _wait(refused: Refused) -> float:
    return math.inf if refused.retry_after_s is None else refused.retry_after_s


def _is_above(bound: Cost, wanted: Cost, unit: Unit) -> bool:
    """Whether one call alone may cost more than there ever is."""
    most, need = (bound.nano, wanted.nano) if unit == "usd" else (bound.tokens, wanted.tokens)
    return most is not None and (need or 0) > most


def _lacking(bound: Cost, sum_: Sum | RequestSum, wanted: Cost) -> Iterator[tuple[Unit, bool]]:
    """In which units a call does not fit; and whether it would, were what is held given back."""
    units: tuple[tuple[Unit, int | None, int, int, int], ...] = (
        ("usd", bound.nano, sum_.spent_nano, sum_.held_nano, wanted.nano or 0),
        ("tokens", bound.tokens, sum_.spent_tokens, sum_.held_tokens, wanted.tokens or 0),
    )
    for unit, most, spent, held, need in units:
        if most is not None and spent + held + need > most:
            yield unit, spent + need <= most
