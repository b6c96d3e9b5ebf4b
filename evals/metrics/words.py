"""Text as comparable tokens: case, plurals, spelling of numbers and dates folded away."""

from __future__ import annotations

import re
import unicodedata

from graphs.text.number_words import spoken
from graphs.text.words import stem

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})\b\.?(?:,?\s+(\d{{4}})\b)?")
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\b\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d|[:.]\d)(?:,?\s+(\d{{4}})\b)?"
)
_TOKEN = re.compile(r"\d{4}-\d{2}-\d{2}|--\d{2}-\d{2}|\d+(?:[.,:]\d+)*|[^\W\d_]+|[%€$£°±+]")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DASHES = str.maketrans("‐‑‒–—−’", "------'")
_SIGNS = {"€": "eur", "$": "usd", "£": "gbp", "percent": "%"}


def tokens(text: str) -> list[str]:
    """Lower-case words without plural s, numbers in one spelling, dates as ISO 8601 has them.

    >>> tokens("Thirty days, EUR 1,250.50, on 31 March 2026 and 5 per cent")
    ['30', 'day', 'eur', '1250.5', 'on', '2026-03-31', 'and', '5', '%']
    >>> tokens("March 31, 2026") == tokens("2026-03-31"), tokens("on 31 March")
    (True, ['on', '--03-31'])
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).casefold()
    plain = re.sub(r"\bper cent\b", "%", plain)
    plain = _DAY_FIRST.sub(lambda m: _iso(m[1], m[2], m[3], m[0]), plain)
    plain = _MONTH_FIRST.sub(lambda m: _iso(m[2], m[1], m[3], m[0]), plain)
    found = [_one(match.group()) for match in _TOKEN.finditer(_spoken(plain))]
    return [word for word in found if word != "s"]


def holds(text: list[str], phrase: list[str]) -> bool:
    """Whether ``phrase`` stands in ``text``, token by token.

    >>> holds(tokens("Within thirty days of delivery."), tokens("30 days"))
    True
    """
    n = len(phrase)
    return n > 0 and any(text[at : at + n] == phrase for at in range(len(text) - n + 1))


def _iso(day: str, month: str, year: str | None, whole: str) -> str:
    number = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(month[:3]))
    if not 1 <= int(day) <= 31:
        return whole
    return f"{year}-{number:02d}-{int(day):02d}" if year else f" --{number:02d}-{int(day):02d}"


def _spoken(text: str) -> str:
    """Numbers written as words, in digits; "a" and "one" stay, being articles and pronouns as often."""

    def digits(match: re.Match[str]) -> str:
        value = {str(number) for _, _, number in spoken(match.group())}
        return value.pop() if len(value) == 1 else match.group()

    return _NUMBER_WORDS.sub(digits, text)


_SMALL = (
    "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBER_WORDS = re.compile(
    rf"\b(?:(?:{'|'.join(_TENS)})(?:[ -](?:one|{'|'.join(_SMALL[1:9])}))?|{'|'.join(_SMALL)})\b"
)


def _one(token: str) -> str:
    if token in _SIGNS:
        return _SIGNS[token]
    if not token[0].isdigit() or "-" in token:
        return stem(token) if token[0].isalpha() else token
    if _GROUPED.fullmatch(token):
        token = token.replace(",", "")
    if token.count(".") == 1 and "," not in token and ":" not in token:
        token = token.rstrip("0").rstrip(".")
    return token
