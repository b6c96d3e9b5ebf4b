"""Small words that turn what a sentence says, counted: of denial, duty, degree, time, side, person."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from graphs.text.words import written_words

CUES: dict[str, dict[str, str]] = {
    "negation": {
        "no": r"not|no|never|none|neither|nor|nobody|nothing|nowhere|cannot|without|unable|hardly|barely",
    },
    # What these deny is said by another word; with one on one side only the checks cannot tell.
    "denial": {
        "no": r"exclud\w+|except(?:ions?|ing|ed)?|exempt\w*|unless|refus\w+|reject\w*|den(?:y|ies|ied)"
        r"|prohibit\w*|forbidden|forbids?"
        r"|lack(?:s|ed|ing)?|fail(?:s|ed|ing)?|ineligible|unavailable|impossible|invalid|void|avoid\w*"
        r"|prevent\w*|stop(?:s|ped)?|ceas\w+|withdr[ae]w\w*|revok\w+|cancel\w*",
    },
    "modality": {
        "demand": r"must|shall|requires?|required|mandatory|obliged|obligatory",
        "advice": r"should|ought|recommend\w*|advis\w+|preferabl[ey]|ideally",
        "chance": r"may|might|can|could|optional(?:ly)?|possibl[ey]|allow\w*|permit\w*|perhaps|probably",
    },
    "amount": {
        "all": r"all|every|each|always|any|entire(?:ly)?|whole|fully|completely|everyone|everything|both",
        "some": r"some|most|many|few|several|partly|partially|usually|often"
        r"|sometimes|occasionally|generally|typically|mainly|mostly|rarely",
        "only": r"only|solely|exclusively|just|alone",
    },
    "time": {"before": r"before|until|by|within", "after": r"after|since|following|once|from"},
    "side": {
        "more": r"more|higher|greater|above|over|longer|up",
        "less": r"less|lower|fewer|below|under|shorter|down",
    },
    "with": {"with": r"with", "without": r"without"},
    "switch": {"on": r"on|in|into|inside", "off": r"off|out|outside"},
    "order": {"first": r"first", "last": r"last"},
    # Who speaks and who is spoken to: "we pay" is not "you pay".
    "person": {"we": r"we|us|our|ours|i|me|my|mine", "you": r"you|your|yours"},
}  # fmt: skip
"""Words, each between what is neither letter nor hyphen, by kind and by which way they turn a sentence."""

_PHRASES = {
    ("negation", "no"): r"instead of|rather than",
    ("modality", "demand"): r"have to|has to|needs? to",
    ("time", "before"): r"prior to",
}
_APART = r"(?<![\w-])(?:{})(?![\w-])"
_WORDS = {(kind, way): re.compile(words, re.I) for kind, ways in CUES.items() for way, words in ways.items()}
_PHRASE_PATTERNS = {of: re.compile(_APART.format(words), re.I) for of, words in _PHRASES.items()}
_PLACES = {of: place for place, of in enumerate(_WORDS)}

_RUN = re.compile(r"[\w-]+")
_JOINS = re.compile(r"['_-]")
"""Without these a stretch of letters and hyphens is a word."""
_NOT = re.compile(r"n't(?![\w-])", re.I)
_NEVER_DENIES = re.compile(
    r"\b(?:not only|no\.|no later than|no more than|no less than|no fewer than|not more than"
    r"|not less than|whether or not|if not|at (?:the )?(?:most|least))\b",
    re.I,
)
_MAY_NEVER_DENY = re.compile(r"\b(?:no|not|most|least)\b", re.I)
_BEGINS_PHRASE = re.compile(r"instead|rather|have|has|needs?|prior", re.I)
_CONDITION = re.compile(
    r"\b(?:if|unless|except|provided(?: that)?|only when|only if|as long as|subject to|in case)\b", re.I
)
_MAY_CONDITION = re.compile(r"\b(?:if|unless|except|provided|when|long|subject|case)\b", re.I)
_MONTH_OF_MAY = re.compile(r"\bMay(?= \d)|(?<=\d )May\b")


class _Run(NamedTuple):
    """What a stretch of letters and hyphens may be, or be part of."""

    cues: tuple[tuple[str, str], ...]
    never_denies: bool
    phrase: bool
    condition: bool


# One pattern for all of them: most words are none.
_MAY_BE = re.compile(
    "|".join(rf"(?:{one.pattern})\Z" for one in [*_WORDS.values(), _BEGINS_PHRASE])
    + rf"|.*?(?:{_MAY_NEVER_DENY.pattern}|{_MAY_CONDITION.pattern})",
    re.I,
)


@lru_cache(maxsize=65_536)
def _run(written: str) -> _Run | None:
    if not _MAY_BE.match(written):
        return None
    found = _Run(
        tuple(of for of, pattern in _WORDS.items() if pattern.fullmatch(written)),
        bool(_MAY_NEVER_DENY.search(written)),
        bool(_BEGINS_PHRASE.fullmatch(written)),
        bool(_MAY_CONDITION.search(written)),
    )
    return found


def counted(text: str) -> tuple[dict[str, Counter[str]], bool]:
    """How often each way of each kind occurs, for kinds that do; and whether what is said hangs on something.

    >>> counted("Software may not be returned.")
    ({'negation': Counter({'no': 1}), 'modality': Counter({'chance': 1})}, False)
    """
    plain = text.replace("’", "'")
    runs = _runs(plain)
    if not runs and "'" not in plain:
        return {}, False
    conditional = any(run.condition for run in runs) and _CONDITION.search(text) is not None
    cleared = _NEVER_DENIES.sub(" ", plain) if any(run.never_denies for run in runs) else plain
    if "May" in cleared:
        # "may" the month has a number beside it.
        cleared = _MONTH_OF_MAY.sub(" ", cleared)
    if cleared != plain:
        runs = _runs(cleared)
    found = [of for run in runs for of in run.cues]
    if "'" in cleared:
        found += [("negation", "no")] * len(_NOT.findall(cleared))
    if any(run.phrase for run in runs):
        for of, pattern in _PHRASE_PATTERNS.items():
            found += [of] * len(pattern.findall(cleared))
    cues: dict[str, Counter[str]] = {}
    for kind, way in sorted(found, key=_PLACES.__getitem__) if len(found) > 1 else found:
        if kind not in cues:
            cues[kind] = Counter()
        cues[kind][way] += 1
    return cues, conditional


def _runs(text: str) -> list[_Run]:
    apart = _JOINS.search(text) is not None or not text.isascii()
    return list(filter(None, map(_run, _RUN.findall(text) if apart else written_words(text))))
