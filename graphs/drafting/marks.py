"""The marks by which models name passages in prose: [2], [1, 3], [1-3], [^2], [ID:3], 【2†…】, (source 2)."""

from __future__ import annotations

import re

_NUMBERS = r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*"
_WORD = r"(?:(?:sources?|passages?|documents?|docs?|refs?|references?|citations?|ids?)\b\s*(?:[:#.]\s*)?)"
_MARK = (
    rf"(?:\[\s*(?:\^\s*)?{_WORD}?({_NUMBERS})\s*\]"
    rf"|【\s*{_WORD}?({_NUMBERS})[^】\n]{{0,60}}】|\(\s*{_WORD}({_NUMBERS})\s*\))"
)
MARK = re.compile(rf"(?:(?<!\s)\s+)?{_MARK}", re.I)
_AFTER_THE_END = re.compile(rf"([.!?…。！？।؟])((?:\s*{_MARK})+)", re.I)
UNFINISHED = re.compile(r"(?:(?<!\s)\s+)?(?:\[[^\]\n]{0,20}|【[^】\n]{0,60}|\([^)\n]{0,20})$")
"""What may become a mark when more is written."""
_RANGE = re.compile(r"(\d{1,3})\s*[–-]\s*(\d{1,3})")
LONGEST_RANGE = 20


def marked_numbers(text: str) -> list[int]:
    """The numbers of all marks, in order, each once.

    >>> marked_numbers("Free [2][1-3], as said 【4†handbook】 (source 5).")
    [2, 1, 3, 4, 5]
    """
    found: list[int] = []
    for match in MARK.finditer(text):
        for part in re.split(r"[,;]", next(group for group in match.groups() if group)):
            ends = _RANGE.search(part)
            if ends and 0 <= int(ends[2]) - int(ends[1]) <= LONGEST_RANGE:
                found += range(int(ends[1]), int(ends[2]) + 1)
            else:
                found += map(int, re.findall(r"\d+", part))
    return list(dict.fromkeys(found))


def without_marks(text: str) -> str:
    """The text without them.

    >>> without_marks("Returns are free [1][^2]. Keep item (3).")
    'Returns are free. Keep item (3).'
    """
    return MARK.sub("", text).strip()


def marks_before_ends(text: str) -> str:
    """The text with the marks that stand after a sentence's end before it, where they belong to it.

    >>> marks_before_ends("Free. [1] 【2】 Keep the box.")
    'Free [1] 【2】. Keep the box.'
    """
    return _AFTER_THE_END.sub(lambda match: f"{match[2]}{match[1]}", text)
