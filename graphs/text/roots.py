"""Fold the forms of a word into one, so that "refunded" is found where a source says "refund"."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from graphs.text.remembered import remembered
from graphs.text.words import STOP_WORDS, all_words

if TYPE_CHECKING:
    from snowballstemmer.english_stemmer import EnglishStemmer

_IRREGULAR = {
    form: base
    for base, forms in {
        "begin": "began begun",
        "break": "broke broken",
        "bring": "brought",
        "build": "built",
        "buy": "bought",
        "choose": "chose chosen",
        "come": "came",
        "delivery": "deliver delivers delivered delivering deliveries",
        "draw": "drew drawn",
        "fall": "fell fallen",
        "find": "found",
        "give": "gave given",
        "go": "went gone",
        "grow": "grew grown",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "lead": "led",
        "leave": "left",
        "lose": "lost",
        "make": "made",
        "mean": "meant",
        "meet": "met",
        "pay": "paid payment payments",
        "rise": "rose risen",
        "run": "ran",
        "say": "said",
        "see": "saw seen",
        "sell": "sold sale sales",
        "send": "sent",
        "speak": "spoke spoken",
        "spend": "spent",
        "stand": "stood",
        "take": "took taken",
        "tell": "told",
        "think": "thought",
        "wear": "wore worn",
        "win": "won",
        "write": "wrote written",
        "child": "children",
        "person": "people persons",
    }.items()
    for form in forms.split()
}


@cache
def _stemmer() -> EnglishStemmer:
    from snowballstemmer.english_stemmer import EnglishStemmer

    return EnglishStemmer()


@lru_cache(maxsize=65_536)
def root(word: str) -> str:
    """The Snowball stem of a lower-case word (Porter2), irregular forms folded first.

    >>> root("refunded") == root("refunds"), root("paid") == root("pays")
    (True, True)
    """
    # Words with digits are codes: "G2s" is not "G2".
    if not word.isascii() or not word.isalpha():
        return word
    base = _IRREGULAR.get(word, word)
    stemmed: str = _stemmer().stemWord(base)
    return stemmed


def content_roots(text: str) -> list[str]:
    """The roots of the text's content words, in order and with repeats.

    >>> content_roots("The gateways' batteries were replaced.")
    ['gateway', 'batteri', 'replac']
    """
    return list(ordered_roots(text))


@remembered(texts=2048)
def ordered_roots(text: str) -> tuple[str, ...]:
    """``content_roots``, to be shared."""
    return tuple(root(word) for word in all_words(text) if word not in STOP_WORDS)


@remembered(texts=2048)
def distinct_roots(text: str) -> frozenset[str]:
    """The roots of all words, small ones too."""
    return frozenset(map(root, all_words(text)))
