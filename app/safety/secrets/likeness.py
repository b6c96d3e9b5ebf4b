"""Whether letters look like made by chance, or like something a person wrote to stand for a secret."""

from __future__ import annotations

import math
import re
from collections import Counter

_PLACEHOLDER = re.compile(
    r"example|sample|placeholder|dummy|redacted|change[-_ ]?(?:me|this|it)|replace|your[-_ ]?|my[-_]|"
    r"xxx|\*\*\*|\.\.\.|…|"
    r"█|<|\{\{?|\}|\$[\w({]|%\w+%|\[|none$|null$|true$|false$|undefined|0123456|1234567|7654321|abcdef|"
    r"abcabc|"
    r"qwerty|foobar|deadbeef|fake|not[-_ ]?(?:a|real|secure)|insert|todo|secret[-_]?(?:key|here)|(.)\1{5}",
    re.I,
)
_WORDLIKE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_CODE = re.compile(
    r"[\w.]*[\w\])]\(|->|=>|::|\w\.[a-z_]+\.[a-z_]|^(?:os|process|env|config|settings|self|this)\.", re.I
)


def bits(text: str) -> float:
    """Shannon's entropy, bits a character, of the text's own letters.

    >>> bits("aaaa"), round(bits("4f9a2c7e1b"), 2)
    (0.0, 3.32)
    """
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values()) + 0.0


def is_placeholder(text: str) -> bool:
    """Whether it stands for a secret and is none: ``<token>``, ``${TOKEN}``, ``xxxx``, AWS's …EXAMPLE.

    >>> [is_placeholder(one) for one in ("AKIAIOSFODNN7EXAMPLE", "$TOKEN", "xxxxxxxx", "k7Qp2mZ9")]
    [True, True, True, False]
    """
    return bool(_PLACEHOLDER.search(text))


def is_random(text: str, least_length: int) -> bool:
    """Whether a value that is called a key looks like one: long, mixed, and no name in the writing of code.

    >>> is_random("9tGk2LmQx7RvB4nZ", 16), is_random("access_token_provider_name", 16)
    (True, False)
    """
    if len(text) < least_length or is_placeholder(text) or _CODE.search(text):
        return False
    digits = sum(letter.isdigit() for letter in text)
    letters = sum(letter.isalpha() for letter in text)
    if not digits or not letters or len(set(text)) < 8:
        return False
    # Words are long runs of letters of one case; what chance makes changes its kind at every second or third.
    runs = _WORDLIKE.findall(text)
    return bits(text) >= 3.0 and len(text) / max(len(runs), 1) < 4.5


def is_password(text: str) -> bool:
    """Whether a value that is called a password may be one: three kinds of characters, and no name.

    >>> [is_password(one) for one in ("Tr4il-Heron-92", "password123", "the_password", "s3cr3t!x")]
    [True, False, False, True]
    """
    if not 7 <= len(text) <= 128 or is_placeholder(text) or _CODE.search(text):
        return False
    if re.fullmatch(r"(?:pass(?:word)?|test|admin|user|secret|root|guest|login)[-_]?\d{0,4}!?", text, re.I):
        return False
    kinds = (str.islower, str.isupper, str.isdigit, lambda one: not one.isalnum())
    held = sum(any(kind(letter) for letter in text) for kind in kinds)
    digit = any(letter.isdigit() for letter in text)
    sign = any(not letter.isalnum() and letter not in "_-./:" for letter in text)
    return held >= 3 and (digit or sign) and bits(text) >= 2.5
