"""What kind of thing a question asks for, and whether a sentence holds one."""

from __future__ import annotations

import re
from typing import Literal

from app.extractive.figures import figures
from graphs.text.words import words

Kind = Literal["time", "duration", "money", "share", "amount", "name", "reason", "rule", "steps"]


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_VERB = "(?:is|are|was|were|do|does|did|will|can|could|must|should|would|has|have|had)"
_WHAT = r"\b(?:what|which)(?:'s| is| was| are| were)? (?:\w+ ){0,4}"
_TIMES = "(?:date|day|year|month|time|hours?|century|decade|deadline)"
_SUMS = "(?:prices?|costs?|fees?|charge|salary|budget|revenue|income|balance|amount|sum|credit|fine)"
_MEASURES = (
    "(?:number|count|size|limit|length|width|height|depth|weight|speed|rate|total|maximum|minimum|age|population|"
    "distance|temperature|value|quota|capacity|dose|accuracy)"
)
_NAMED = (
    "(?:company|person|people|team|country|city|state|place|town|region|continent|river|names?|supplier|provider|"
    "vendor|group|organi[sz]ation|party|author|king|queen|language|title)"
)
_BUYS = r"\b(?:costs?|pay|price|charge)\b"

_ASKS: dict[Kind, re.Pattern[str]] = {
    "time": _any(
        r"^when\b",
        r"\b(?:since|until|by|from) when\b",
        rf"\bwhen {_VERB}\b",
        r"\bhow long ago\b",
        rf"\b(?:what|which) (?:\w+ )?{_TIMES}\b(?! zone)",
    ),
    "duration": _any(r"\bhow (?:long|often|soon|quickly|fast|frequently|late|early|old)\b(?! ago)"),
    "money": _any(
        r"\bhow expensive\b",
        rf"{_BUYS}.*\bhow much\b",
        rf"\bhow much\b.*(?:{_BUYS}|\bmoney\b)",
        rf"{_WHAT}{_SUMS}\b",
        r"\bwhat (?:does|do|did) .*\bcost\b",
    ),
    "share": _any(rf"{_WHAT}(?:share|percentage|percent|proportion|ratio)\b"),
    "amount": _any(
        r"\bhow (?:many|much|far|heavy|big|large|tall|high|deep|wide|hot|cold|warm|accurate|loud|thick)\b",
        rf"{_WHAT}{_MEASURES}\b",
        r"\bwhat (?:does|do|did) .*\bweigh\b",
    ),
    "name": _any(
        r"\bwho(?:m|se)?\b",
        r"^where\b",
        rf"\bwhere {_VERB}\b",
        rf"\b(?:what|which) (?:\w+ )?{_NAMED}\b",
        r"\bwhat(?:'s| is| was) the name\b",
    ),
    "reason": _any(
        r"\bwhy\b", r"\bhow come\b", r"\bwhat (?:made|caused|causes|was the cause|is the cause)\b"
    ),
    "steps": _any(r"\bhow (?:do|can|should|could|would|must) (?:i|we|you|one|they|users?)\b", r"\bhow to\b"),
    "rule": _any(rf"^(?:and |but |so |ok |hi,? )?(?:{_VERB}|may|might|shall|am)\b"),
}

_MONTH = "(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_MONTH_SHORT = "(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
_PERIOD = "(?:second|minute|hour|day|week|month|year|decade)s?"
_SPOKEN = (
    "an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|sixty|ninety|"
    "every|each|half|several|few|per"
)
_ORDERS = (
    "to first then open press click select choose go run use add set enter type create install send "
    "write call hold turn put remove keep place connect make fill ask tell report contact sign log pass "
    "define import"
).split()
_HOLDS: dict[Kind, re.Pattern[str]] = {
    "time": _any(
        r"\b\d{4}-\d{2}",
        r"\b(?:1\d|20)\d\ds?\b",
        r"\b\d{1,2}:\d{2}\b",
        rf"\b(?:{_MONTH}|{_MONTH_SHORT}) \d",
        rf"\d\.? (?:{_MONTH}|{_MONTH_SHORT})\b",
        r"\b(?:january|february|april|june|july|august|september|october|november|december)\b",
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b",
        r"\bcentur(?:y|ies)\b",
        r"\b\d+(?:st|nd|rd|th)\b",
        r"\b(?:days?|weeks?|months?|years?|hours?|minutes?|first|second|third|fourth) ",
        r"\b(?:daily|weekly|monthly|yearly|today|tomorrow|noon|midnight) ",
    ),
    "duration": _any(
        rf"\b(?:\d+|{_SPOKEN})[ -](?:\w+ )?{_PERIOD}\b",
        r"\b(?:daily|weekly|monthly|yearly|annually|hourly|immediately|at once|once|twice|always|never)\b",
    ),
    "money": _any(
        r"[$€£¥]",
        r"\b(?:eur|usd|gbp|chf|euros?|dollars?|pounds?|cents?|free|million|billion)\b",
        r"\d[.,]\d\d\b",
    ),
    "share": _any("%", r"\bper ?cent\b", r"\b(?:half|third|quarter|majority|most|all|none)\b"),
    "reason": _any(
        r"\b(?:because|due to|owing to|as a result|result of|resulted|caused?|causes|reason|so that)\b",
        r"\b(?:in order to|since|therefore|thus|led to|leads to|why|for fear)\b",
        r"\bto (?:avoid|prevent|protect|keep|ensure|make)\b",
    ),
    "rule": _any(
        r"\b(?:can|cannot|may|must|not|no|never|only|unless|if|allowed|required|needs?|needed|possible|always)\b",
        r"\b(?:every|any|all|yes|both|neither|without|except|entitled|covered|includes?|included|free)\b",
    ),
    "steps": _any(
        rf"^(?:{'|'.join(_ORDERS)}) ",
        r"^(?:you (?:can|should|must|need|may)|in order) ",
        r"\bby \w+ing\b",
        "`",
    ),
}
_DAYS = (
    "january february march april may june july august september october november december monday "
    "mondays tuesday  tuesdays wednesday wednesdays thursday thursdays friday fridays saturday "
    "saturdays sunday sundays"
).split()
# Not the first word of a sentence, which is capitalised whatever it is.
_NAME = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][\w’'.&-]*")


def asked_kinds(question: str) -> frozenset[Kind]:
    """The kinds of thing that answer a question; none where its words do not say.

    >>> sorted(asked_kinds("When was the site opened, and how much did it cost?"))
    ['money', 'time']
    >>> sorted(asked_kinds("Can I send it back?")), sorted(asked_kinds("Tell me about the G3."))
    (['rule'], [])
    """
    plain = question.strip()
    found = {kind for kind, pattern in _ASKS.items() if pattern.search(plain)}
    if found & {"money", "share", "duration"}:
        found.discard("amount")
    if len(found) > 1:
        found.discard("rule")
    return frozenset(found)


def holds_kind(kind: Kind, text: str, question: str = "") -> bool:
    """Whether ``text`` holds such a thing that the question does not already name.

    >>> holds_kind("amount", "The lamp weighs 40 g.", "How heavy is the lamp?")
    True
    >>> holds_kind("amount", "The 40 W lamp is heavy.", "How heavy is the 40 W lamp?")
    False
    """
    if kind == "name":
        known = {*words(question), *_DAYS}
        return any(not set(words(match.group())) <= known for match in _NAME.finditer(text))
    if kind in ("amount", "money", "share"):
        new = figures(text) - figures(question)
        if kind == "amount":
            return bool(new - {"1"})
        return bool(_HOLDS[kind].search(text)) and (kind == "share" or bool(new))
    if kind in ("time", "duration"):
        named = {match.group().lower() for match in _HOLDS[kind].finditer(question)}
        return any(match.group().lower() not in named for match in _HOLDS[kind].finditer(text))
    return _HOLDS[kind].search(text) is not None
