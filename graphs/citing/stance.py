"""What a sentence does to its facts: denies them, allows, demands, limits or turns them round.

Most of these are small words that no comparison of content words sees, and a claim that changes one can
say the opposite in the source's own words.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

_CUES: dict[str, dict[str, str]] = {
    "negation": {
        "no": r"not|n't|no|never|none|neither|nor|nobody|nothing|nowhere|cannot|without|no longer|instead of"
        r"|rather than|unable|hardly|barely",
    },
    # What these deny is said by another word; with one on one side only the checks cannot tell.
    "denial": {
        "no": r"exclud\w+|except(?:ions?|ing|ed)?|exempt\w*|unless|refus\w+|reject\w*|den(?:y|ies|ied)"
        r"|prohibit\w*|forbidden|forbids?"
        r"|lack(?:s|ed|ing)?|fail(?:s|ed|ing)?|ineligible|unavailable|impossible|invalid|void|avoid\w*"
        r"|prevent\w*|stop(?:s|ped)?|ceas\w+|withdr[ae]w\w*|revok\w+|cancel\w*",
    },
    "modality": {
        "demand": r"must|shall|requires?|required|mandatory|have to|has to|needs? to|obliged|obligatory",
        "advice": r"should|ought|recommend\w*|advis\w+|preferabl[ey]|ideally",
        "chance": r"may|might|can|could|optional(?:ly)?|possibl[ey]|allow\w*|permit\w*|perhaps|probably",
    },
    "amount": {
        "all": r"all|every|each|always|any|entire(?:ly)?|whole|fully|completely|everyone|everything|both",
        "some": r"some|most|many|few|several|partly|partially|usually|often"
        r"|sometimes|occasionally|generally|typically|mainly|mostly|rarely",
        "only": r"only|solely|exclusively|just|alone",
    },
    "time": {"before": r"before|until|prior to|by|within", "after": r"after|since|following|once|from"},
    "side": {
        "more": r"more|higher|greater|above|over|longer|up",
        "less": r"less|lower|fewer|below|under|shorter|down",
    },
    "with": {"with": r"with", "without": r"without"},
    "switch": {"on": r"on|in|into|inside", "off": r"off|out|out of|outside"},
    "order": {"first": r"first", "last": r"last"},
    # Who speaks and who is spoken to: "we pay" is not "you pay".
    "person": {"we": r"we|us|our|ours|i|me|my|mine", "you": r"you|your|yours"},
}  # fmt: skip

_PATTERNS = {
    kind: {
        way: re.compile(
            rf"(?<![\w-])(?:{words})(?![\w-])"
            if way != "no"
            else rf"(?:(?<![\w-])|(?=n't))(?:{words})(?![\w-])",
            re.I,
        )
        for way, words in ways.items()
    }
    for kind, ways in _CUES.items()
}
_PLAIN = str.maketrans({"’": "'"})
_NEVER_DENIES = re.compile(
    r"\b(?:not only|no\.|no later than|no more than|no less than|no fewer than|not more than"
    r"|not less than|whether or not|if not|at (?:the )?(?:most|least))\b",
    re.I,
)
_CONDITION = re.compile(
    r"\b(?:if|unless|except|provided(?: that)?|only when|only if|as long as|subject to|in case)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Stance:
    """How often each way of each kind of cue occurs: ``{"modality": {"demand": 1}}``."""

    cues: dict[str, Counter[str]]

    def of(self, kind: str) -> Counter[str]:
        return self.cues.get(kind, Counter())


@dataclass(frozen=True, slots=True)
class Difference:
    """In words, where a claim's small words do not say what the source's do. ``turns``: they say something
    else, and not merely more or less."""

    words: str
    kind: Literal["denial", "modality", "direction", "amount"]
    turns: bool = True


@lru_cache(maxsize=2048)
def stance(text: str) -> Stance:
    """The cues of a sentence or clause.

    >>> dict(stance("Software may not be returned.").cues)
    {'negation': Counter({'no': 1}), 'modality': Counter({'chance': 1})}
    """
    plain = _NEVER_DENIES.sub(" ", text.translate(_PLAIN))
    # "may" the month has a number beside it.
    plain = re.sub(r"\bMay(?= \d)|(?<=\d )May\b", " ", plain)
    cues = {
        kind: found
        for kind, ways in _PATTERNS.items()
        if (found := Counter({way: n for way, pattern in ways.items() if (n := len(pattern.findall(plain)))}))
    }
    return Stance(cues)


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
        found += _turned(kind, claim.of(kind), source.of(kind))
    return list(dict.fromkeys(found))


def _turned(kind: str, mine: Counter[str], theirs: Counter[str]) -> list[Difference]:
    first, second = _CUES[kind]
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
    return bool(_CONDITION.search(text))
