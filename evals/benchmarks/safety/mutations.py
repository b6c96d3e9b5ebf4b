"""Changes to an attack that failed: what a writer who knows the guard would try next."""

from __future__ import annotations

import html
import random
from collections.abc import Callable

WRAPS = (
    ("[", "](//collect.test)"), ("![", "](x)"), ("[[", "]]"), ("<", ">"), ("<p\n", ">"), ("<b>", "</b>"),
    ("<!-- ", " -->"), ("<![CDATA[", "]]>"), ("> ", ""), ("- ", ""), ("`", "`"), ("**", "**"), ("|", "|"),
    ("\n\n    ", ""), ("\0", "\0"),
)  # fmt: skip

Change = Callable[[random.Random, str], str]

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u2066\U000e0041"
_SPACES = " \t\n\u00a0\u2028\f"
_LIKE = {"h": "ｈ", "t": "𝗍", "/": "／", ":": "：", ".": "。", "a": "а", "o": "о", "<": "＜", "[": "［"}


def _somewhere(rng: random.Random, text: str, put: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + put + text[at:]


def _invisible(rng: random.Random, text: str) -> str:
    return _somewhere(rng, text, rng.choice(_INVISIBLE))


def _space(rng: random.Random, text: str) -> str:
    return _somewhere(rng, text, rng.choice(_SPACES))


def _case(rng: random.Random, text: str) -> str:
    return "".join(char.upper() if rng.random() < 0.4 else char for char in text)


def _entity(rng: random.Random, text: str) -> str:
    at = rng.randrange(max(len(text), 1))
    code = rng.choice([f"&#{ord(text[at])};", f"&#x{ord(text[at]):x};"]) if text else ""
    return text[:at] + code + text[at + 1 :]


def _unescaped(_: random.Random, text: str) -> str:
    return html.unescape(text)


def _percent(rng: random.Random, text: str) -> str:
    at = rng.randrange(max(len(text), 1))
    return text[:at] + (f"%{ord(text[at]) & 0xFF:02x}" if text else "") + text[at + 1 :]


def _alike(rng: random.Random, text: str) -> str:
    places = [place for place, char in enumerate(text) if char in _LIKE]
    at = rng.choice(places) if places else 0
    return text[:at] + _LIKE[text[at]] + text[at + 1 :] if places else text


def _backslash(rng: random.Random, text: str) -> str:
    return _somewhere(rng, text, "\\")


def _doubled(rng: random.Random, text: str) -> str:
    begin = rng.randrange(max(len(text), 1))
    part = text[begin : begin + rng.randrange(1, 9)]
    return text[:begin] + part + text[begin:]


def _dropped(rng: random.Random, text: str) -> str:
    begin = rng.randrange(max(len(text), 1))
    return text[:begin] + text[begin + rng.randrange(1, 4) :]


def _wrapped(rng: random.Random, text: str) -> str:
    before, after = rng.choice(WRAPS)
    return before + text + after


def _split(rng: random.Random, text: str) -> str:
    return _somewhere(rng, text, rng.choice(["<b>", "<!---->", "\n", "[]", "()", "<>", "**", "``", "<br>"]))


CHANGES: tuple[Change, ...] = (
    _invisible, _space, _case, _entity, _unescaped, _percent, _alike, _backslash, _doubled, _dropped,
    _wrapped, _split,
)  # fmt: skip


def mutated(rng: random.Random, text: str) -> str:
    """The text with one to four changes."""
    for _ in range(rng.randrange(1, 5)):
        text = rng.choice(CHANGES)(rng, text)
    return text
