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
_RUN = re.compile(r"[+(]{0,2}\d[\d ()./-]*+")
MOST = 40
"""Characters of a number with all that stands between its digits; a longer run is a table's."""
_AFTER_NAME = re.compile(rf"(?:{_NAME})[^\w+(\n]{{0,12}}(?P<number>[+(]?\d[\d ()./-]{{5,24}}\d)(?!\w)", re.I)


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
    import phonenumbers

    # What is too long for a number is a table's, and takes long.
    text = _RUN.sub(lambda run: run.group() if len(run.group()) <= MOST else "x" * len(run.group()), text)
    seen: set[tuple[int, int]] = set()
    for region in regions or ("ZZ",):
        # The bound on tries is far above what any text of ours has, and keeps the time linear.
        for match in phonenumbers.PhoneNumberMatcher(text, region, max_tries=4 * len(text) + 100):
            place = match.start, match.end
            raw = match.raw_string
            if place in seen or _NO_PHONE.fullmatch(raw):
                continue
            seen.add(place)
            if not raw.isdigit() or _NAMED.search(text, max(0, place[0] - BEFORE), place[0]):
                yield SeenSpan(*place, "phone")
