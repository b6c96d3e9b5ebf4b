"""Telephone numbers, by the numbering plans of ``phonenumbers`` (2.6 MB, 16 ms to import, sends nothing)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from app.safety.spans import SeenSpan

# A fraction, an address of the internet, a version.
_NO_PHONE = re.compile(r"\d+[.,]\d+|\d[.,]\d+\W.*|\d{1,3}(?:\.\d{1,3}){3}(?:/\d+)?")
_DIGITS = re.compile(r"\d(?:[^\w\n]{0,3}\d){6}")
_NAME = (
    r"\b(?:tele)?(?:ph?one|fon\w*|fono|foon\w*)\b|\b(?:tel|telef\w*|tél\w*|fax|mobile?|mob|handy|cell\w*|"
    r"gsm|móvil|cellulare|celular|portable|call|dial|ring|whatsapp|sms)\b|тел\w*|电话|電話|전화|☎|📞"
)
_NAMED = re.compile(rf"(?:{_NAME})\W{{0,12}}$", re.I)
BEFORE = 32
# What the plans' own matcher allows between the digits of a number, and as many of it.
_RUN = re.compile(
    r"[+(\[（［＋]{0,2}\d(?:[-x‐-―−ー－-／ \xa0\xad\u200b\u2060\u3000()（）［］.\[\]/~⁓∼～]{0,4}\d)*+"
)
_LEAST_DIGITS = 6
MOST = 40
"""Characters of a number with all that stands between its digits; a longer run is a table's."""
_AFTER = 16
"""Characters after a number that may be its extension, or say that it is none."""
MOST_ASKED = 150
"""Runs of a text that the plans are asked about, a region each, 0.1 ms; of the rest each is taken for a
telephone, so that no text takes long and none gets through by being long."""
_AFTER_NAME = re.compile(
    rf"(?=[\w☎📞])(?:{_NAME})[^\w+(\n]{{0,12}}(?P<number>[+(]?\d[\d ()./-]{{5,24}}\d)(?!\w)", re.I
)


def find_phones(text: str, regions: Collection[str]) -> Iterator[SeenSpan]:
    """Numbers that are valid in their plan: with a country code anywhere, without one in ``regions``.

    Without a country code digits in a row count only where a word before says that it is a telephone; and
    where one does, seven to fifteen digits count, whatever their plan (E.164 has no more).
    """
    if not _DIGITS.search(text):
        return
    for named in _AFTER_NAME.finditer(text):
        digits = sum(letter.isdigit() for letter in named["number"])
        if 7 <= digits <= 15:
            yield SeenSpan(*named.span("number"), "phone")
    seen: dict[str, list[SeenSpan]] = {}
    asked = regions or ("ZZ",)
    for run in _RUN.finditer(text):
        start, end = run.span()
        if end - start > MOST or sum(letter.isdigit() for letter in run.group()) < _LEAST_DIGITS:
            continue
        first = max(0, start - 1)
        around = text[first : end + _AFTER]
        if around not in seen and len(seen) * len(asked) < MOST_ASKED:
            seen[around] = list(_valid(around, asked))
        found = seen.get(around, [SeenSpan(start - first, end - first, "phone")])
        for one in found:
            place = SeenSpan(first + one.start, first + one.end, "phone")
            raw = text[place.start : place.end]
            if not start <= place.start < end or _NO_PHONE.fullmatch(raw):
                continue
            if not raw.isdigit() or _NAMED.search(text, max(0, place.start - BEFORE), place.start):
                yield place


def _valid(text: str, regions: Collection[str]) -> Iterator[SeenSpan]:
    import phonenumbers

    for region in regions:
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            yield SeenSpan(match.start, match.end, "phone")
