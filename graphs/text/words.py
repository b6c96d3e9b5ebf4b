"""Content words of a text, for comparing a claim with what it cites."""

from __future__ import annotations

from functools import lru_cache

import regex

from graphs.text.latin import LATIN_WORD, is_latin
from graphs.text.remembered import remembered

STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are aren't as at be because been before
    being below between both but by can cannot could couldn't did didn't do does doesn't doing don't
    down during each either few for from further get gets got had hadn't has hasn't have haven't having
    he her here hers him his how i if in into is isn't it its it's itself just let's me more most much
    must my no nor not of off on once one only or other our ours out over own please same she should
    shouldn't so some such tell than that the their theirs them then there these they this those through
    to too under until up us use used using very was wasn't we were weren't what what's when where which
    while who whom whose why will with won't would wouldn't you your yours
    """.split()
)

# Vowel signs of Hindi, Thai or Arabic belong to their letters: the standard library cuts words at them.
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*")


def content_words(text: str) -> list[str]:
    """Lower-case words without stop words, plurals folded, in order and with repeats.

    >>> content_words("The gateways' batteries last for two years.")
    ['gateway', 'battery', 'last', 'two', 'year']
    """
    return [stem(word) for word in all_words(text) if word not in STOP_WORDS]


def content_places(text: str) -> list[int]:
    """Where each of the ``content_words`` begins."""
    found = (LATIN_WORD if is_latin(text) else _WORD).finditer(text)
    return [
        place.start() for place, word in zip(found, all_words(text), strict=True) if word not in STOP_WORDS
    ]


@remembered(texts=2048)
def distinct_content_words(text: str) -> frozenset[str]:
    """``content_words`` without order and repeats."""
    return frozenset(content_words(text))


def words(text: str) -> list[str]:
    """All words in lower case, with straight apostrophes and without a possessive 's."""
    return list(all_words(text))


@remembered(texts=4096)
def all_words(text: str) -> tuple[str, ...]:
    """``words``, to be shared: nothing is copied."""
    found = [one.lower() for one in written_words(text)]
    if "'" in text or "’" in text:
        found = [one.replace("’", "'").removesuffix("'s") for one in found]
    return tuple(found)


@remembered(texts=4096)
def written_words(text: str) -> tuple[str, ...]:
    """The words as they stand in the text."""
    return tuple((LATIN_WORD if is_latin(text) else _WORD).findall(text))


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Fold an English plural or verb -s (the S-stemmer of Harman, 1991, JASIS 42(1))."""
    if len(word) > 3 and word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("es") and word[-3] not in "aeo":
        return word[:-1]
    if len(word) > 2 and word.endswith("s") and word[-2] not in "us":
        return word[:-1]
    return word
