"""Whether letters look like made by chance, or like something a person wrote to stand for a secret."""

from __future__ import annotations

import math
import re
from collections import Counter

_FILLED = re.compile(
    r"\*{3}|█|\.{3}|…|x{4}|X{4}|(.)\1{5}|EXAMPLE|[Ee]xample|<[\w -]{1,40}>|\{\{|"
    r"0123456|1234567|7654321|abcdefg|ABCDEFG|abcabcabc|123123123"
)
# What manuals write in place of a secret: at its beginning, as all of it, or as a word of its own in it.
_STANDS_FOR = re.compile(
    r"^(?:<|\{\{|\[|\(|\.\.\.|…|%\(|@\{)|^\$\{?[A-Za-z_]\w*\}?|^\$\(|^%\w+%$|^\{\w*\}$|"
    r"(?:^|[^A-Za-z])(?:sample|placeholder|dummy|redacted|replace(?:me|[-_]|d)|todo|fake|insert|foobar|foo|"
    r"change[-_ ]?(?:me|this|it)|your|my|some|secret[-_]?(?:key|here)|not[-_ ]?(?:a|real|secure)|none|null|"
    r"true|false|undefined|deadbeef|qwerty\w*)(?=[^a-z]|$)"
)
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]?[^\W\dA-Z_]{3,}|[A-Z]{5,}")
_CODE = re.compile(
    r"[\w\])]\(|\w\[\w|->|=>|::|\w\.[a-z_]{1,40}\.[a-z_]|^(?:os|process|env|config|settings|self|this|request)\.",
    re.I,
)
_NAME = re.compile(r"[a-z]+(?:[_-][a-z0-9]+)+|(?:[A-Z]?[a-z]){3,}\d{0,2}|[A-Z]+(?:_[A-Z0-9]+)+")
_WORD_AND_FIGURES = re.compile(
    r"(?!(?:sha|aes|rsa|utf|blake|md|ed|curve|http|ipv|x)[-_]?\d)[^\W\d_]{4,}[-_!@#.]?\d{3,4}[!.]?", re.I
)


def bits(text: str) -> float:
    """Shannon's entropy, bits a character, of the text's own letters.

    >>> bits("aaaa"), round(bits("4f9a2c7e1b"), 2)
    (0.0, 3.32)
    """
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values()) + 0.0


def in_words(text: str) -> float:
    """The share of its letters that stand in runs of four or more as words have them."""
    return sum(len(run) for run in _WORD.findall(text)) / len(text)


def is_placeholder(text: str) -> bool:
    """Whether it stands for a secret and is none: ``<token>``, ``${TOKEN}``, ``xxxx``, AWS's …EXAMPLE.

    >>> [is_placeholder(one) for one in ("AKIAIOSFODNN7EXAMPLE", "$TOKEN", "xxxxxxxx", "k7Qp2mZ9")]
    [True, True, True, False]
    """
    return is_filled(text) or bool(_STANDS_FOR.search(text))


def is_filled(text: str) -> bool:
    """Whether a token of its maker's form is filled with nothing: all alike, counted up, an example.

    >>> is_filled("AKIAIOSFODNN7EXAMPLE"), is_filled("AKIAQ7TODOLXK4VB2NWE")
    (True, False)
    """
    return bool(_FILLED.search(text))


def is_random(text: str, least_length: int) -> bool:
    """Whether a value that is called a key looks like one: long, mixed, and no name in the writing of code.

    >>> is_random("9tGk2LmQx7RvB4nZ", 16), is_random("create_access_token_for_user_v2", 16)
    (True, False)
    """
    # The quick looks first: of most values no more is needed.
    if len(text) < least_length or len(set(text)) < 8 or not (_DIGIT.search(text) and _LETTER.search(text)):
        return False
    if is_placeholder(text) or _CODE.search(text):
        return False
    return bits(text) >= 3.0 and in_words(text) < 0.6


def is_password(text: str, said: bool = False) -> bool:
    """Whether a value that is called a password may be one: three kinds of characters, or a word and figures.

    ``said``: in a sentence, where what follows may as well be what the password is like.

    >>> [is_password(one) for one in ("Tr4il-Heron-92", "the_password", "heron1410", "bcrypt")]
    [True, False, True, False]
    """
    if not 7 <= len(text) <= 128 or text.isalpha() or is_placeholder(text) or _CODE.search(text):
        return False
    if re.fullmatch(r"(?:pass(?:word)?|test|admin|user|secret|root|guest|login)[-_]?\d{0,4}!?", text, re.I):
        return False
    if _WORD_AND_FIGURES.fullmatch(text):
        return True
    if _NAME.fullmatch(text):
        return False
    kinds = (str.islower, str.isupper, str.isdigit, lambda one: not one.isalnum())
    held = sum(any(kind(letter) for letter in text) for kind in kinds)
    digit = any(letter.isdigit() for letter in text)
    sign = any(not letter.isalnum() and letter not in "_-./:" for letter in text)
    return held >= 3 and (digit or sign) and bits(text) >= 2.5 and not (said and in_words(text) >= 0.5)
