"""What a reader sees of a text: its words and numbers, and every mark that can change what they say."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from graphs.text.latin import is_latin
from graphs.text.remembered import remembered

_DASHES = frozenset("-‐‑‒–—−﹣－")
_OPENING = frozenset("([{\"'“‘«„")
_ALWAYS = frozenset("%‰§&@\\†‡¶^")
_DROPPED = frozenset("|`")
_BY_PLACE = _DASHES | frozenset(".,:'’′″_/#*!")
"""Marks or none, by what stands beside them."""
_SHAPES = ("\u25a0", "\u25ff")
"""Unicode's geometric shapes: at the start of a line they mark an item and say nothing."""
_INDENT = 16
"""Characters before a mark in which the line must have begun for the mark to begin it."""
_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")

_LATIN_PIECE = re.compile(r"(?P<word>[^\W_]+)|[^\w\s]|_")


@remembered(texts=4096)
def visible(text: str) -> tuple[str, ...]:
    """Words, numbers and marks in order, in one folded form: widths, ligatures and the digits of every script
    are made alike; combining marks stay with their letters.

    Left out is what only sets the text: punctuation between words, brackets, quotation marks, emphasis, list
    and heading marks. A full stop, comma or colon stays between digits, a hyphen between letters or digits, a
    minus before a digit. Letters keep their case.

    >>> visible("“C++” at −18 °C, 4.10 *not* 4.1!")
    ('C', '+', '+', 'at', '-', '18', '°', 'C', '4', '.', '10', 'not', '4', '.', '1')
    >>> visible("ﬁle 第３章") == visible("file 第3章"), visible("5 m²") == visible("5 m2")
    (True, False)
    """
    plain = fold(text)
    if is_latin(plain):
        return tuple(
            mark
            for piece in _LATIN_PIECE.finditer(plain)
            if (mark := piece.group() if piece.lastgroup else _mark(plain, piece.start()))
        )
    found: list[str] = []
    word = ""
    for at, character in enumerate(plain):
        if is_of_word(character):
            word += character
            continue
        if word:
            found.append(word)
            word = ""
        if not character.isspace() and (mark := _mark(plain, at)):
            found.append(mark)
    return (*found, word) if word else tuple(found)


def same_but_first_case(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether both say the same; the first word may be a capital in one, where it begins a sentence."""
    if one == other:
        return True
    if not one or not other or one[1:] != other[1:]:
        return False
    first, second = one[0], other[0]
    return first[1:] == second[1:] and first[:1].lower() == second[:1].lower()


def fold(text: str) -> str:
    """Compatibility forms made plain (NFKC), any script's digits in ASCII, superscripts marked with ``^``,
    characters without width left out. Offsets are not kept.

    >>> fold("ﬁt ５ ٤ m²")
    'fit 5 4 m^2'
    """
    if text.isascii():
        return text
    plain = _ZERO_WIDTH.sub("", text)
    raised = {ord(one): _plain(one) for one in set(plain) if not one.isascii()}
    return unicodedata.normalize("NFKC", plain.translate(raised))


@lru_cache(maxsize=4096)
def is_of_word(character: str) -> bool:
    """Whether it is a letter, a digit or a combining mark."""
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _plain(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    shape = unicodedata.decomposition(character)
    if shape.startswith(("<super>", "<sub>")):
        return "^" + unicodedata.normalize("NFKC", character)
    return character


def _mark(text: str, at: int) -> str:
    """The character at this place as a mark; empty where it says nothing."""
    character = text[at]
    if _says_nothing(character):
        return ""
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if character in _DASHES:
        return "-" if _joins_or_negates(character, before, after) else ""
    if character in ".,:":
        return character if after.isdigit() and (before.isdigit() or character == ".") else ""
    if character in "'’":
        return "'" if before.isalpha() and after.isalpha() else ""
    if character in "′″":
        return character if before.isdigit() else ""
    if character in "_/":
        return character if before and after and not before.isspace() and not after.isspace() else ""
    if character == "#":
        return character if is_word_end(before) or is_word_end(after) else ""
    if character == "*":
        left, right = text[max(0, at - 2) : at].rstrip(), text[at + 1 : at + 3].lstrip()
        return character if left[-1:].isdigit() and right[:1].isdigit() else ""
    if character == "!":
        return character if after == "=" else ""
    return character if character in _ALWAYS or not _sets_text(text, at) else ""


@lru_cache(maxsize=4096)
def _says_nothing(character: str) -> bool:
    """Whether it is no mark, wherever it stands."""
    if character in _BY_PLACE or character in _ALWAYS:
        return False
    return character in _DROPPED or unicodedata.category(character)[0] != "S"


def _joins_or_negates(character: str, before: str, after: str) -> bool:
    if is_word_end(before):
        return is_word_end(after)
    if character == "−":
        return True
    return after.isdigit() and (not before or before.isspace() or before in _OPENING or _is_currency(before))


def is_word_end(character: str) -> bool:
    """Whether there is a character, and it is of a word."""
    return bool(character) and is_of_word(character)


def _is_currency(character: str) -> bool:
    return unicodedata.category(character) == "Sc"


def _sets_text(text: str, at: int) -> bool:
    """Strikethrough, a block quote's mark, a list's bullet."""
    character = text[at]
    if character == "~":
        return "~" in (text[at - 1 : at] if at else "", text[at + 1 : at + 2])
    if character != ">" and not _SHAPES[0] <= character <= _SHAPES[1]:
        return False
    begins = not text[max(0, at - _INDENT) : at].rpartition("\n")[2].strip()
    return begins and text[at + 1 : at + 2].isspace()
