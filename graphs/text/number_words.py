"""Numbers written as words, in the languages that `text2num` reads well.

Danish, which it knows too, is left out: it reads "to" and "tres" as 2 and 60, and "Millionen" as 1,000,001.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from graphs.text.words import all_words

COMMON_WORDS = {
    "en": "the of and to is for with that at be by are from must may within after not",
    "de": "der die das und ist mit für von den dem des nicht eine im zu auf innerhalb nach werden",
    "fr": "le la les des et est pour dans du une sur avec qui après ou par sont",
    "es": "el los las y es para con una del por que se al no son",
    "it": "il lo gli di è per con della del dei che nel sono non dal",
    "pt": "o os as é para com uma do da em não ao que são dos",
    "nl": "de het een en is van voor met op te dat binnen na niet zijn",
}
"""By which a text's language is told: that of most of them. Where it has none, every language is tried."""

_JOINTS = {"en": "and", "de": "und", "fr": "et", "es": "y", "it": "e", "pt": "e", "nl": "en"}
_ALSO_WORDS = frozenset(
    "acht cent cents dos due elf fine mil mille null once otto sei sept tres venti".split()
)
"""Numbers in one language and words in another: read only where the language is known."""
_NEVER_ALONE = frozenset("neuf".split())
"""French "nine" is "new" as often."""
_NOT_A_NUMBER = frozenset("tens hundreds thousands o os oh cientos doses miles primer tercer".split())
"""Read as numbers by the library: round plurals, the letter O as in "O'Brien", and Spanish ordinals."""
SHORTEST = 4
"""Letters of a number word that is read where the language is not known, unless it is English."""

_WORD = re.compile(r"\b[^\W\d_]+\b")
_BETWEEN = re.compile(r"\s?-?\s?")


def spoken(text: str) -> Iterator[tuple[int, int, int]]:
    """Cardinal numbers in words as (start, end, value). "One", "un" or "ein" alone is left out: it is an
    article or a pronoun as often.

    >>> text = "Twenty-four hours, a hundred and five days or two million; one day"
    >>> [value for _, _, value in spoken(text)]
    [24, 105, 2000000]
    >>> [value for _, _, value in spoken("Die Frist beträgt einundzwanzig Tage, in der Schweiz drei Monate.")]
    [21, 3]
    """
    lowered = _lowered(text)
    if not any(map(_is_number_somewhere, lowered)):
        return
    found = list(_WORD.finditer(text))
    likely = _languages(lowered)
    for language in likely or COMMON_WORDS:
        sure = len(likely) == 1 or language == "en"
        numbers = list(_numbers(text, found, lowered, language, sure=sure))
        if numbers:
            yield from numbers
            return


def may_be_spoken(text: str) -> bool:
    """Whether any word is a number in any language, which in most texts none is."""
    return any(map(_is_number_somewhere, _lowered(text)))


def _lowered(text: str) -> list[str]:
    """The words that stand apart, in lower case."""
    if text.isascii() and "'" not in text and "_" not in text:
        # Then these are among the words that every other reading of the text asks for.
        return list(filter(str.isalpha, all_words(text)))
    return [word.lower() for word in _WORD.findall(text)]


def _languages(words: list[str]) -> list[str]:
    """The language that most common words are of, or several that tie; none without such words."""
    of = _of_common_words()
    counts: dict[str, int] = {}
    for languages in filter(None, map(of.get, words)):
        for language in languages:
            counts[language] = counts.get(language, 0) + 1
    most = max(counts.values(), default=0)
    return [language for language in COMMON_WORDS if most and counts.get(language) == most]


@cache
def _of_common_words() -> dict[str, list[str]]:
    of: dict[str, list[str]] = {}
    for language, words in COMMON_WORDS.items():
        for word in words.split():
            of.setdefault(word, []).append(language)
    return of


def _numbers(
    text: str, found: list[re.Match[str]], lowered: list[str], language: str, *, sure: bool
) -> Iterator[tuple[int, int, int]]:
    index = 0
    while index < len(found):
        if not _is_number(lowered[index], language):
            index += 1
            continue
        first, last = index, index
        while (following := _goes_on(text, found, lowered, last, language)) is not None:
            last = following
        index = last + 1
        for start, end, value in _read(tuple(lowered[first : last + 1]), language):
            begin, words = first + start, lowered[first + start : first + end]
            if len(words) == 1:
                if value == 1 or words[0] in _NEVER_ALONE:
                    continue
                if not sure and (len(words[0]) < SHORTEST or words[0] in _ALSO_WORDS):
                    continue
            if value >= (100 if language == "en" else 10**6) and _is_scale(words[0], language):
                # "A hundred", never "per hundred" or "some million".
                if begin == 0 or lowered[begin - 1] != "a":
                    continue
                begin -= 1
            yield found[begin].start(), found[first + end - 1].end(), value


def _goes_on(
    text: str, found: list[re.Match[str]], lowered: list[str], last: int, language: str
) -> int | None:
    """The next word of the number that ``last`` is part of."""
    following = last + 1
    for _ in range(2):
        if following >= len(found):
            return None
        if not _BETWEEN.fullmatch(text, found[following - 1].end(), found[following].start()):
            return None
        word = lowered[following]
        # "Milioni" is a number only after another.
        if _is_number(word, language) or _is_number(f"{lowered[last]} {word}", language):
            return following
        if lowered[following] != _JOINTS[language]:
            return None
        following += 1
    return None


@lru_cache(maxsize=65_536)
def _is_number_somewhere(word: str) -> bool:
    return any(_is_number(word, language) for language in COMMON_WORDS)


@lru_cache(maxsize=65_536)
def _is_number(word: str, language: str) -> bool:
    from text_to_num import text2num

    if word in _NOT_A_NUMBER or (language == "en" and word.endswith("llions")):
        return False
    try:
        text2num(word, language)
    except ValueError:
        return False
    return True


def _is_scale(word: str, language: str) -> bool:
    from text_to_num import text2num

    return int(text2num(word, language)) >= 100


class _Token:
    """A word, as the library asks for it."""

    def __init__(self, word: str) -> None:
        self._word = word

    def text(self) -> str:
        return self._word

    def nt_separated(self, _previous: Any) -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return False


@lru_cache(maxsize=65_536)
def _read(words: tuple[str, ...], language: str) -> tuple[tuple[int, int, int], ...]:
    """The numbers in a run of number words, as (first word, word after, value)."""
    from text_to_num import find_numbers

    found = find_numbers([_Token(word) for word in words], language, 0)
    return tuple((one.start, one.end, int(one.value)) for one in found if not one.is_ordinal)
