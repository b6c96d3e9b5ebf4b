"""Texts that nobody would write: random ones, and repetitions of what patterns and scanners stumble over."""

from __future__ import annotations

import random

MOST = 10_000
"""Characters of an input at most."""

ATOMS = (
    "a", "A", "1", "12", "1,000", "1.5", "3 days", "30", "%", "€", "EUR ", "$5 ", " ", "\n", "\n\n", ". ",
    ".", "...", " - ", "-", "–", "—", "and ", "or ", "not ", "never ", "May ", "1 May 2026 ",
    "2026-01-01", "03/04/2026 ", "twelve ", "hundred ", "thousand ", "one ", "half ", "must ", "only ",
    "if ", "unless ", "(", ")", "[", "]", "[1]", "{", "}", "|", "| a | b |\n", "|---|---|\n", "# ", "- ",
    "1. ", "* ", "> ", "```\n", "~~~\n", "`", "*", "**", "_", "__", "<", ">", "<b>", "</b>", "<a href=",
    "<!--", "-->", "<![CDATA[", "http://", "https://x.y/", "www.", "mailto:", "a@b.c ", ":", "://", "//",
    "; ", ": ", "key: val; ", "\\", "\\|", "'", "’", "\"", "“", "é", "ß", "İ", "ǆ", "ﬁ", "中", "。", "，",
    "ไทย", "שלום ", "مرحبا ", "३", "٣", "½", "\u200b", "\u200d", "\u00ad", "\u0301", "\u202e", "\u2066",
    "\ufeff", "\U000e0041", "\ud7ff", "\ue000", "🙂", "👩‍👩‍👧", "\t", "\r", "\r\n", "\x00", "\x0b", "\x0c",
    "\x1b[31m", "\x85", "v2.4 ", "G3 ", "A-1", "C++ ", "9" * 50, "1e9", "0x", "e.g. ", "Mr. ", "no. ",
    "within ", "at least ", "~", "/", "10:30", "a.m. ", "=", "+", "^", "&", "&amp;", "&#x41;", "&#", ".#",
    "\xa0", "\u2028", "\u2029", "x" * 60, "sum(", "round(a, 2)", "passage 3", "<|im_start|>", "SELECT ",
    "--- ", "\n---\n", "groups: [hr]\n", "title: ",
)  # fmt: skip
"""What our readers of text look at: marks, numbers, units, small words, markup, scripts, controls."""


def some_text(rng: random.Random, most: int = MOST) -> str:
    """A random text of at most ``most`` characters: joined atoms, one or two of them again and again, one
    inside the other, or characters from all of Unicode."""
    kind = rng.random()
    if kind < 0.35:
        return "".join(rng.choices(ATOMS, k=rng.randint(1, 80)))[:most]
    if kind < 0.6:
        return _again(rng, most)
    if kind < 0.75:
        return (_again(rng, most // 2) + _again(rng, most // 2))[:most]
    if kind < 0.85:
        opening, closing = _atoms(rng), _atoms(rng)
        times = rng.randint(1, max(1, most // (len(opening) + len(closing))))
        return (opening * times + closing * times)[:most]
    return "".join(_character(rng) for _ in range(rng.randint(1, 400)))[:most]


def grown(unit: str, length: int) -> str:
    """``unit`` again and again, ``length`` characters, with an end that fails what began well."""
    return (unit * (length // len(unit) + 1))[: length - 1] + "\x00"


def units(rng: random.Random, count: int) -> list[str]:
    """What to repeat: each atom, and ``count`` joined ones."""
    return [*ATOMS, *(_atoms(rng, 4) for _ in range(count))]


def _again(rng: random.Random, most: int) -> str:
    unit = _atoms(rng, 4)
    return (unit * rng.randint(2, max(3, most // len(unit))))[: most - 4] + rng.choice(
        ["", "!", "x", "\n", "\x00", "Z. "]
    )


def _atoms(rng: random.Random, most: int = 3) -> str:
    return "".join(rng.choices(ATOMS, k=rng.randint(1, most)))


def _character(rng: random.Random) -> str:
    return chr(rng.choice((rng.randint(0, 127), rng.randint(0, 0x2FFF), rng.randint(0xE000, 0x10FFFF))))
