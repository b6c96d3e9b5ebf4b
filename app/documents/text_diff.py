"""Two texts compared: by lines first, then by words within the lines that changed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "added", "removed"]

AROUND = 2
"""Unchanged lines shown before and after a change."""

MOST_SAME = 240
"""Characters of an unchanged stretch that are shown at either end of it."""

MOST_CHANGED = 4000
"""Characters of one change that are shown."""

MOST_PARTS = 200
MOST_CHARS = 400_000
"""Changed parts and their characters that are shown."""

MOST_TOGETHER = 50
"""Changes of one part."""

_CLOSELY = 200_000
_WORK = 4_000_000
"""Pairs of lines or words that are compared one by one, of one stretch and in all. What is larger counts as
replaced, so that no two texts take long."""

_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_CJK}]\s*|[^\W{_CJK}]+\s*|[^\w\s]\s*|\s+")

Gap = tuple[int, int, int, int]
"""``old[a:b]`` became ``new[c:d]``, as (a, b, c, d)."""


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A stretch of text. Where ``left_out`` characters are not shown they were between ``text`` and
    ``rest``."""

    change: Change
    text: str
    rest: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """Pieces in order, with unchanged text around; ``line`` is where it begins in the new text, from 1."""

    line: int
    pieces: Sequence[DiffPiece]


@dataclass(frozen=True, slots=True)
class TextDiff:
    """``more`` parts changed besides those that are shown."""

    parts: Sequence[ChangedPart]
    more: int = 0


@dataclass(slots=True)
class _Work:
    left: int = _WORK

    def allows(self, pairs: int) -> bool:
        if pairs > min(_CLOSELY, self.left):
            return False
        self.left -= pairs
        return True


def text_diff(old: str, new: str) -> TextDiff:
    """What became of ``old``.

    >>> [(one.change, one.text) for one in text_diff("One.\\nTwo cats.", "One.\\nTwo dogs.").parts[0].pieces]
    [('same', 'One.\\nTwo '), ('removed', 'cats'), ('added', 'dogs'), ('same', '.')]
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    work = _Work()
    groups = list(_near(_gaps(before, after, work)))
    parts: list[ChangedPart] = []
    chars = 0
    for group in groups[:MOST_PARTS]:
        parts.append(_part(before, after, group, work))
        chars += sum(len(one.text) + len(one.rest) for one in parts[-1].pieces)
        if chars > MOST_CHARS:
            break
    return TextDiff(parts, len(groups) - len(parts))


def _near(gaps: Iterable[Gap]) -> Iterator[list[Gap]]:
    """Changes whose surroundings touch, together; so many at most that each part is read at a glance."""
    group: list[Gap] = []
    for gap in gaps:
        if group and (gap[0] - group[-1][1] > 2 * AROUND or len(group) == MOST_TOGETHER):
            yield group
            group = []
        group.append(gap)
    if group:
        yield group


def _part(before: Sequence[str], after: Sequence[str], group: Sequence[Gap], work: _Work) -> ChangedPart:
    begin = max(0, group[0][2] - AROUND)
    runs: list[tuple[Change, str]] = []
    at = begin
    for a, b, c, d in group:
        runs.append(("same", "".join(after[at:c])))
        runs += _words("".join(before[a:b]), "".join(after[c:d]), work)
        at = d
    runs.append(("same", "".join(after[at : at + AROUND])))
    return ChangedPart(begin + 1, [_shown(*run) for run in _merged(runs)])


def _words(old: str, new: str, work: _Work) -> Iterator[tuple[Change, str]]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    at = 0
    for a, b, c, d in _gaps(before, after, work):
        yield "same", "".join(after[at:c])
        yield "removed", "".join(before[a:b])
        yield "added", "".join(after[c:d])
        at = d
    yield "same", "".join(after[at:])


def _merged(runs: Iterable[tuple[Change, str]]) -> Iterator[tuple[Change, str]]:
    """Without empty stretches, and those of one kind that follow each other as one."""
    change: Change = "same"
    text = ""
    for kind, more in runs:
        if more and kind != change:
            if text:
                yield change, text
            change, text = kind, ""
        text += more
    if text:
        yield change, text


def _shown(change: Change, text: str) -> DiffPiece:
    most = 2 * MOST_SAME if change == "same" else MOST_CHANGED
    if len(text) <= most:
        return DiffPiece(change, text)
    half = most // 2
    return DiffPiece(change, text[:half], text[-half:], len(text) - 2 * half)


def _gaps(old: Sequence[str], new: Sequence[str], work: _Work) -> Iterator[Gap]:
    """What differs, in order."""
    i = j = 0
    for a, c, size in [*_matches(old, new, work), (len(old), len(new), 0)]:
        if i < a or j < c:
            yield i, a, j, c
        i, j = a + size, c + size


def _matches(old: Sequence[str], new: Sequence[str], work: _Work) -> Iterator[tuple[int, int, int]]:
    """Stretches that are in both, in order, as (place in old, place in new, length).

    What stands once in each text and in the same order (as patience diff has it) parts the texts into small
    stretches; those alone are compared closely.
    """
    head, most = 0, min(len(old), len(new))
    while head < most and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < most - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    if head:
        yield 0, 0, head
    ends = len(old) - tail, len(new) - tail
    i = j = head
    for a, c in [*_anchors(old, new, head, *ends), ends]:
        if a > i and c > j and work.allows((a - i) * (c - j)):
            found = SequenceMatcher(None, old[i:a], new[j:c], autojunk=False).get_matching_blocks()
            yield from ((i + one.a, j + one.b, one.size) for one in found if one.size)
        if (a, c) != ends:
            yield a, c, 1
        i, j = a + 1, c + 1
    if tail:
        yield *ends, tail


def _anchors(
    old: Sequence[str], new: Sequence[str], head: int, old_end: int, new_end: int
) -> list[tuple[int, int]]:
    """The longest row of pairs, rising in both texts, of what each has once."""
    seen = Counter(old[head:old_end])
    others = Counter(new[head:new_end])
    places = {new[at]: at for at in range(head, new_end) if others[new[at]] == 1}
    pairs = [(at, places[old[at]]) for at in range(head, old_end) if seen[old[at]] == 1 and old[at] in places]
    lasts: list[int] = []
    at_last: list[int] = []
    earlier: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(lasts, place)
        earlier.append(at_last[length - 1] if length else -1)
        if length == len(lasts):
            lasts.append(place)
            at_last.append(number)
        else:
            lasts[length], at_last[length] = place, number
    row: list[tuple[int, int]] = []
    number = at_last[-1] if at_last else -1
    while number >= 0:
        row.append(pairs[number])
        number = earlier[number]
    return row[::-1]
