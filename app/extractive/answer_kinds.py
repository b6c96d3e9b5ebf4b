"""Whether a question asks for a value or a name, and whether a sentence holds one."""

from __future__ import annotations

import re
from typing import Literal

from app.extractive.figures import figures
from graphs.text.words import words

Kind = Literal["value", "name"]

_VALUES = (
    "(?:dates?|days?|years?|months?|time|hours?|century|decade|deadline|prices?|costs?|fees?|charge|salary|budget|"
    "revenue|income|balance|amount|sum|credit|fine|number|count|size|limit|length|width|height|depth|weight|speed|"
    "rate|total|maximum|minimum|age|population|distance|temperature|value|default|quota|capacity|dose|accuracy|"
    "share|percentage|percent|proportion|ratio|port|version|range)"
)
_NAMED = (
    "(?:company|person|people|team|country|city|state|place|town|region|continent|river|names?|supplier|provider|"
    "vendor|group|organi[sz]ation|party|author|king|queen|language|title)"
)
_VERB = "(?:is|are|was|were|do|does|did|will|can|could|must|should|would|has|have|had)"
_WHAT = r"\b(?:what|which)(?:'s| is| was| are| were)? (?:\w+ ){0,4}"
_ASKS: dict[Kind, re.Pattern[str]] = {
    "value": re.compile(
        rf"^when\b|\b(?:since|until|by|from) when\b|\bwhen {_VERB}\b"
        rf"|\bhow (?!{_VERB}\b|to\b|come\b|about\b)\w+|{_WHAT}{_VALUES}\b"
        rf"|\bwhat (?:does|do|did) .*\b(?:cost|weigh)\b|^(?:\S+ ){{1,4}}{_VALUES}\??$",
        re.IGNORECASE,
    ),
    "name": re.compile(
        rf"\bwho(?:m|se)?\b|^where\b|\bwhere {_VERB}\b|\b(?:what|which) (?:\w+ )?{_NAMED}\b", re.IGNORECASE
    ),
}
_TIMES = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|june|july|august"
    r"|september|october|november|december|daily|weekly|monthly|yearly|annually|hourly|immediately|at once"
    r"|once|twice|always|never|today|tomorrow|noon|midnight|half|free"
    r"|every (?:day|week|month|year|hour|minute|second))\b|`[^`]+`",
    re.IGNORECASE,
)
"""Values without a figure: times, rates, and what a manual sets as code."""
# Not the first word of a sentence, which is capitalised whatever it is.
_NAME = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][\w’'.&-]*")


def asked_kinds(question: str) -> frozenset[Kind]:
    """The kinds of thing that answer a question; none where its words do not say.

    >>> sorted(asked_kinds("Who opened it, and how much did it cost?")), sorted(asked_kinds("delay default"))
    (['name', 'value'], ['value'])
    >>> sorted(asked_kinds("Can I send it back?")), sorted(asked_kinds("How do I do it?"))
    ([], [])
    """
    return frozenset(kind for kind, pattern in _ASKS.items() if pattern.search(question.strip()))


def holds_kind(kind: Kind, text: str, question: str = "") -> bool:
    """Whether ``text`` holds such a thing that the question does not already name.

    >>> holds_kind("value", "The lamp weighs 40 g.", "How heavy is the lamp?")
    True
    >>> holds_kind("value", "The 40 W lamp is heavy.", "How heavy is the 40 W lamp?")
    False
    """
    if kind == "name":
        known = {*words(question), "may"}
        found = [match.group() for match in _NAME.finditer(text) if not _TIMES.search(match.group())]
        return any(not set(words(one)) <= known for one in found)
    if figures(text) - figures(question) - {"1"}:
        return True
    asked = {match.group().lower() for match in _TIMES.finditer(question)}
    return any(match.group().lower() not in asked for match in _TIMES.finditer(text))
