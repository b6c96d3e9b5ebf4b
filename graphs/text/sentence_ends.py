"""Where sentences end, in every script, by Unicode's properties (UAX #29) and the shape of what stands there.

No language is asked for. A sentence ends at

- a mark that nothing but a sentence's end has (``。 । ۔ ։ ። ؟``), with or without a blank after it;
- ``. ! ? …`` before white space, unless a lower-case letter comes next, and for a full stop unless it belongs
  to an abbreviation, an initial, an ordinal number or a date (``_is_inner``);
- the marks that Greek (``;``) and Armenian (``:``) share with others, between words of that script, the
  second in upper case.

Thai and Lao write no mark at a sentence's end: only ``?`` and ``!`` end one there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphs.text.abbreviations import (
    BEFORE_NAMES,
    BEFORE_NUMBERS,
    ORDINAL_FOLLOWS,
    SCALES,
    TITLES,
    UPPER_CASE_MONTHS,
)
from graphs.text.units_of_measure import measures

_COMMAS = frozenset(",，、;；:：؛،")

LOOK_BACK = 24
"""Characters before a full stop that are looked at; longer words are no abbreviations."""

_PARTICLES = frozenset("とがをにのでだっ")
"""With which a Japanese sentence goes on after a quotation."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    end: Any
    mark: Any
    next: Any
    own_stop: Any
    borrows_no_stop: Any
    never_stops: Any
    word: Any
    count: Any
    lower: Any
    upper: Any
    marks: Any
    vowelless: Any
    date_goes_on: Any
    year: Any
    month: Any


@cache
def _patterns() -> _Patterns:
    import regex

    def compiled(pattern: str) -> Any:
        return regex.compile(pattern, regex.V1 | regex.X)

    return _Patterns(
        end=compiled(
            r"""
            (?P<own>(?:[\p{SB=STerm}--[!?‼⁇⁈⁉‽]]|፡(?=፡)|(?<=፡)፡)++)
                (?:[\p{Pe}\p{Pf}"']|\p{Pi}(?=\s)|\x20?\[\p{Nd}{1,3}\])*+ (?:[*_~`]++(?=\s))?+
            | (?<![\p{SB=ATerm}!?‼⁇⁈⁉‽…‥])(?P<mark>[\p{SB=ATerm}!?‼⁇⁈⁉‽…‥]++(?:\x20[.!?…]++(?=\s|\Z))*+)
                (?:\[\p{Nd}{1,3}\]|[\p{SB=Close}*_~`])*+ (?:\s»(?=\s|\Z))?+ (?=\s|\Z)
            | (?P<shared>(?<=\p{Greek})[;\u037e]|(?<=\p{Armenian}):) [\p{Pe}\p{Pf}"']*+
                (?=\s+[\p{SB=Close}]*+[[\p{Greek}\p{Armenian}]&&\p{Lu}])
            """
        ),
        mark=compiled(r"[\p{SB=STerm}\p{SB=ATerm}…‥፡;:\u037e]"),
        next=compiled(r"""\s*+(?:[\p{SB=Close}*_~`¿¡—–―\-]|(?<=[—–―\-])\s)*+"""),
        own_stop=compiled(r"[।॥۔։።။។。｡]"),
        borrows_no_stop=compiled(
            r"[\p{L}--[\p{Latin}\p{Greek}\p{Cyrillic}\p{Hebrew}\p{Hangul}\p{Georgian}]]"
        ),
        never_stops=compiled(r"[\p{Thai}\p{Lao}]"),
        word=compiled(r"(?r)(?:[\p{L}\p{M}\p{N}.]|(?<=\p{Hebrew})[\"'׳״](?=\p{Hebrew}))++"),
        count=compiled(r"(?r)(?P<last>\p{Nd}|\b[IVXLC]++)\s{1,2}"),
        lower=compiled(r"\p{SB=Lower}"),
        upper=compiled(r"\p{Lu}"),
        marks=compiled(r"[\p{M}ـ]"),
        vowelless=compiled(
            r"[\p{Lu}--[AEIOUYÁÀÂÄÃÅĄÆÉÈÊËĘĚÍÌÎÏİÓÒÔÖÕØŐŒÚÙÛÜŮŰÝŸ]][[\p{Latin}&&\p{Ll}]--[aeiouyáàâäãåąæéèêëęěíìîïıóòôöõøőœúùûüůűýÿ]]{1,3}"
            r"|[\p{Cyrillic}--[аеёиоуыэюяіїєАЕЁИОУЫЭЮЯІЇЄ]]{2,4}"
            r"|[\p{Greek}--[αεηιουωάέήίόύώϊϋΐΰΑΕΗΙΟΥΩΆΈΉΊΌΎΏ]]{2,4}"
        ),
        date_goes_on=compiled(r"\s\p{Nd}{1,2}\.(?!\p{Nd})"),
        year=compiled(r"\s\p{Nd}{4}(?!\p{Nd})"),
        month=compiled(r"\s\p{L}++"),
    )


def sentence_ends(text: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """The offsets in ``text[start:end]`` after which another sentence begins, white space first where there
    is any; the end of the last sentence is not among them.

    >>> text = "Am 3. Mai kam Dr. Weiß. यह है। वह है। Т. е. так. Да."
    >>> cuts = [0, *sentence_ends(text), len(text)]
    >>> [text[first:last].strip() for first, last in zip(cuts, cuts[1:])]
    ['Am 3. Mai kam Dr. Weiß.', 'यह है।', 'वह है।', 'Т. е. так.', 'Да.']
    """
    patterns = _patterns()
    end = len(text) if end is None else end
    own_stops: bool | None = None
    for match in patterns.end.finditer(text, start, end):
        stop = match.end()
        at = patterns.next.match(text, stop, end).end()
        if at >= end:
            continue
        kind = match.lastgroup
        if kind == "own":
            if not _goes_on(text, match.start(), stop):
                yield stop
        elif kind == "shared":
            yield stop
        elif not patterns.lower.match(text, at):
            if match["mark"] in (".", "．"):
                if own_stops is None:
                    own_stops = bool(patterns.own_stop.search(text, start, end))
                if _is_inner(text, match.start(), at, start, own_stops):
                    continue
            yield stop


def has_end_mark(text: str) -> bool:
    """Whether any character of ``text`` may end a sentence; quick, for a text that is still growing."""
    return _patterns().mark.search(text) is not None


def _goes_on(text: str, mark: int, end: int) -> bool:
    """After marks of its own, ``text[mark:end]``: between digits, before a comma, in Japanese after a
    quotation."""
    after = text[end : end + 1]
    if after.isdigit() and text[mark - 1 : mark].isdigit():
        return True
    return after in _COMMAS or (after in _PARTICLES and text[end - 1] in "」』")


def _is_inner(text: str, dot: int, following: int, floor: int, own_stops: bool) -> bool:
    """Whether the full stop at ``dot`` ends no sentence; ``following`` is where the next word begins."""
    patterns = _patterns()
    found = patterns.word.match(text, max(floor, dot - LOOK_BACK), dot)
    if found is None:
        return False
    word = patterns.marks.sub("", found.group()).rstrip(".")
    if not word:
        return False
    if word.isdecimal():
        return _is_ordinal(text, found.start(), dot, word, floor)
    letter = word[-1]
    if patterns.never_stops.match(letter) or (own_stops and patterns.borrows_no_stop.match(letter)):
        return True
    before = patterns.count.match(text, max(floor, found.start() - LOOK_BACK), found.start())
    counted = before["last"] if before is not None else ""
    if len(word) == 1:
        # "5 m. The", "230 V. The", "в 2026 г. Он"; an initial is in upper case.
        unit = patterns.lower.match(word) or (word in "AKVW" and counted.isdecimal())
        return word.isalpha() and not (counted and unit)
    parts = word.split(".")
    if len(parts) > 1 and all(part.isalpha() and len(part) <= 3 for part in parts):
        return min(map(len, parts)) <= 2
    if len(word) == 2 and word[0] == word[1] and patterns.upper.match(word):
        return True  # Spanish plurals: "EE. UU."
    number_follows = text[following].isdecimal() or text[following] in "§€$£"
    # With the marks that were taken off, too: "डॉ" is listed as it is written.
    names = {word.casefold(), found.group().casefold().strip(".")}
    if number_follows and (names & BEFORE_NUMBERS or any(name.endswith("str") for name in names)):
        return True
    if names & SCALES:
        return True
    if names & BEFORE_NAMES or (names & TITLES and patterns.upper.match(word)):
        # "DR. Congo" is rarer than a sentence that ends in an acronym.
        return not word.isupper() and (number_follows or not counted)
    known = counted or word.isupper() or names & measures().keys()
    return not known and bool(patterns.vowelless.fullmatch(word))


def _is_ordinal(text: str, start: int, dot: int, number: str, floor: int) -> bool:
    """ "am 3. Mai", "im 19. Jahrhundert", "2026. 5. 3." """
    patterns = _patterns()
    if patterns.date_goes_on.match(text, dot + 1):
        return True
    before = text[max(floor, start - LOOK_BACK) : start]
    numbers = [one[:-1] for one in before.split()[-2:] if one.endswith(".") and one[:-1].isdecimal()]
    if numbers and patterns.year.match(text, dot + 1):
        return True
    if len(numbers) == 2 and len(numbers[0]) == 4:
        return True
    if len(number) > 2:
        return False
    month = patterns.month.match(text, dot + 1)
    if month is not None and month.group().strip().casefold() in UPPER_CASE_MONTHS:
        return True
    words = before.split()
    return bool(words) and words[-1].casefold() in ORDINAL_FOLLOWS
