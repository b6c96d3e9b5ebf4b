"""Numbers written as words."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: value
    for value, word in zip(
        range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True
    )
}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SMALLS = "|".join(sorted(_SMALL, key=len, reverse=True))
_STARTS = "|".join(sorted([*_SMALL, *_TENS, "a hundred"], key=len, reverse=True))
_NUMBER = re.compile(
    rf"\b(?={_STARTS})(?:(?P<hundreds>{_SMALLS}|a) hundred\b(?: and)?(?: (?=\w))?)?"
    rf"(?:\b(?P<tens>{'|'.join(_TENS)})\b(?:[ -](?=\w))?)?(?:\b(?P<small>{_SMALLS})\b)?"
    rf"(?:\s?\b(?P<scale>{'|'.join(_SCALES)})\b)?",
    re.I,
)


def spoken(text: str) -> Iterator[tuple[int, int, int]]:
    """Numbers in words as (start, end, value). "One" alone is left out: it is a pronoun as often.

    >>> text = "Twenty-four hours, a hundred and five days or two million; one day"
    >>> [value for _, _, value in spoken(text)]
    [24, 105, 2000000]
    """
    for match in _NUMBER.finditer(text):
        hundreds, tens, small, scale = (match[part] for part in ("hundreds", "tens", "small", "scale"))
        if not (hundreds or tens or small) or (match.group().strip().lower() == "one"):
            continue
        value = 100 * _SMALL.get(hundreds.lower(), 1) if hundreds else 0
        value += _TENS.get((tens or "").lower(), 0) + _SMALL.get((small or "").lower(), 0)
        end = match.start() + len(match.group().rstrip(" -"))
        yield match.start(), end, value * _SCALES.get((scale or "").lower(), 1)
