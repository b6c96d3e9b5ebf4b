"""What a sentence does to its facts: denies them, allows, demands, limits or turns them round.

Most of these are small words that no comparison of content words sees, and a claim that changes one can
say the opposite in the source's own words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from graphs.citing.cues import CUES, counted

_NONE: Counter[str] = Counter()


@dataclass(frozen=True, slots=True)
class Stance:
    """How often each way of each kind of cue occurs: ``{"modality": {"demand": 1}}``."""

    cues: dict[str, Counter[str]]
    conditional: bool = field(default=False, compare=False)

    def of(self, kind: str) -> Counter[str]:
        return self.cues.get(kind, _NONE)


@dataclass(frozen=True, slots=True)
class Difference:
    """In words, where a claim's small words do not say what the source's do. ``turns``: they say something
    else, and not merely more or less."""

    words: str
    kind: Literal["denial", "modality", "direction", "amount"]
    turns: bool = True


@lru_cache(maxsize=4096)
def stance(text: str) -> Stance:
    """The cues of a sentence or clause.

    >>> dict(stance("Software may not be returned.").cues)
    {'negation': Counter({'no': 1}), 'modality': Counter({'chance': 1})}
    """
    return Stance(*counted(text))


def together(parts: Sequence[Stance]) -> Stance:
    """The stance of a text that has these parts, each apart from the others.

    >>> together([stance("It may end."), stance("It may not.")]) == stance("It may end. It may not.")
    True
    """
    cues: dict[str, Counter[str]] = {}
    for part in parts:
        for kind, found in part.cues.items():
            cues.setdefault(kind, Counter()).update(found)
    return Stance(cues, any(part.conditional for part in parts))


def opposed(claim: Stance, source: Stance) -> bool:
    """Whether one denies and the other does not, and no other word of denial could make up for it.

    >>> opposed(stance("It is refunded."), stance("It is not refunded."))
    True
    """
    mine, theirs = claim.of("negation")["no"], source.of("negation")["no"]
    if (mine > 0) == (theirs > 0):
        return False
    return not (claim.of("denial") or source.of("denial"))


def differences(claim: Stance, source: Stance) -> list[Difference]:
    """Where the claim's small words do not say what the source's do; empty when they agree.

    >>> differences(stance("Staff must wear a badge."), stance("Staff may wear a badge."))[0].words
    "'must' is not how the source puts it"
    """
    if claim.cues == source.cues:
        return []
    found: list[Difference] = []
    for kind in ("negation", "denial"):
        mine, theirs = claim.of(kind)["no"], source.of(kind)["no"]
        if (mine % 2) != (theirs % 2) or (mine > 0) != (theirs > 0):
            more = "it denies what the source does not deny"
            found.append(
                Difference(more if mine > theirs else "it leaves out a denial of the source", "denial")
            )
            break
    found += [difference for way, difference in _MODAL.items() if way in _modal(claim, source)]
    mine_amount, their_amount = claim.of("amount"), source.of("amount")
    if mine_amount["all"] and not their_amount["all"]:
        found.append(Difference("it says all where the source does not", "amount", turns=False))
    if bool(mine_amount["only"]) != bool(their_amount["only"]):
        found.append(Difference("'only' is in one of claim and source", "amount", turns=False))
    if their_amount["some"] and not mine_amount["some"]:
        words = "it leaves out that this holds in part or usually"
        found.append(Difference(words, "amount", turns=False))
    for kind in ("time", "side", "with", "switch", "order", "person"):
        if kind in claim.cues:
            found += _turned(kind, claim.of(kind), source.of(kind))
    return list(dict.fromkeys(found))


def _turned(kind: str, mine: Counter[str], theirs: Counter[str]) -> list[Difference]:
    first, second = CUES[kind]
    found = []
    for way, other in ((first, second), (second, first)):
        if mine[way] > theirs[way] and theirs[other] > mine[other]:
            found.append(Difference(f"it turns {other!r} into {way!r}", "direction"))
        elif mine[way] > theirs[way] and kind in ("side", "with"):
            found.append(Difference(f"it adds {way!r}", "direction", turns=False))
    return found


_MODAL = {
    "demand": Difference("'must' is not how the source puts it", "modality"),
    "advice": Difference("'should' is not how the source puts it", "modality"),
    "chance": Difference("it says 'may' where the source is firmer", "modality"),
    "certain": Difference(
        "it is firmer than the source, which says 'may' or 'should'", "modality", turns=False
    ),
}


def _modal(claim: Stance, source: Stance) -> set[str]:
    mine, theirs = claim.of("modality"), source.of("modality")
    if mine["demand"] > theirs["demand"]:
        return {"demand"}
    if mine["advice"] > theirs["advice"]:
        return {"advice"}
    if set(mine) == set(theirs):
        return set()
    if theirs["demand"] and mine["chance"] and not mine["demand"]:
        return {"chance"}
    if (theirs["chance"] or theirs["advice"]) and not mine:
        return {"certain"}
    return set()


def has_condition(text: str) -> bool:
    """Whether the text makes what it says hang on something: "if", "unless", "except"."""
    return stance(text).conditional
