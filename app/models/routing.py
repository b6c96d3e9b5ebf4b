"""A router by rules: what is asked, how much evidence there is and what budget is left choose the chain."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import SettingsError
from app.extractive.answer_kinds import asked_kinds
from app.settings import Settings
from graphs.calling.budget import Budget
from graphs.calling.route import Route, RouteFacts

_RULE = re.compile(
    r"(?:(?P<measure>evidence|budget)(?P<sign>[<>])(?P<bound>\d{1,9}(?:\.\d{1,9})?)"
    r"|(?P<what>kind|tenant):(?P<is>[a-z0-9-]{1,31}))"
)
KINDS = ("value", "name", "other")


@dataclass(frozen=True, slots=True)
class _Facts:
    kinds: Collection[str]
    tenant: str
    evidence: float
    budget: float


_Holds = Callable[[_Facts], bool]


def make_route(settings: Settings, chains: Collection[str], budget: Budget | None) -> Route | None:
    """The router of ``settings.routes``; None where there are no rules.

    Of the rules, in the order they stand, the first counts whose conditions all hold; the default chain where
    none does. ``budget`` below a share needs one that is bounded: without one, all of it is left.

    Raises:
        SettingsError: a rule names a chain or a condition that there is not.
    """
    rules = [(name, ",".join(written), _conditions(written)) for name, written in settings.routes.items()]
    for name, _, _ in rules:
        if name not in chains:
            raise SettingsError(f"PINCITE_ROUTES: there is no chain {name!r}; PINCITE_CHAINS names them")
    if not rules:
        return None

    async def route(asked: RouteFacts) -> tuple[str, str]:
        state = await budget.state(asked.payer) if budget is not None else {}
        kinds = asked_kinds(asked.question) or {"other"}
        facts = _Facts(kinds, settings.tenant, asked.evidence_chars, _share_left(state))
        for name, rule, conditions in rules:
            if all(holds(facts) for holds in conditions):
                return name, rule
        return "", ""

    return route


def _conditions(written: Sequence[str]) -> list[_Holds]:
    return [_condition(one) for one in written]


def _condition(written: str) -> _Holds:
    found = _RULE.fullmatch(written)
    if found is None or (found["what"] == "kind" and found["is"] not in KINDS):
        raise SettingsError(
            f"PINCITE_ROUTES: {written!r} is no condition; there are evidence<2000 (characters), budget<0.2 "
            f"(share left), kind:{'|'.join(KINDS)} and tenant:NAME"
        )
    if found["what"] == "kind":
        kind = found["is"]
        return lambda facts: kind in facts.kinds
    if found["what"] == "tenant":
        tenant = found["is"]
        return lambda facts: tenant == facts.tenant
    measure, below, bound = found["measure"], found["sign"] == "<", float(found["bound"])

    def compared(facts: _Facts) -> bool:
        value = facts.evidence if measure == "evidence" else facts.budget
        return value < bound if below else value > bound

    return compared


def _share_left(state: Mapping[str, Any]) -> float:
    """Of the account that has least left, the share; nothing where that cannot be read."""
    if state.get("unknown"):
        return 0.0
    shares = [
        one[f"remaining_{unit}"] / one[f"limit_{unit}"]
        for one in state.get("remaining", [])
        for unit in ("usd", "tokens")
        if one[f"limit_{unit}"] is not None
    ]
    return min(shares, default=1.0)
