"""Places in a text that a guard found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class SeenSpan:
    """``text[start:end]`` is of this kind."""

    start: int
    end: int
    kind: str


def apart(found: Iterable[SeenSpan]) -> list[SeenSpan]:
    """In order, and none over another: of two that touch the same character the earlier, then the longer."""
    kept: list[SeenSpan] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def kinds_of(found: Sequence[SeenSpan]) -> str:
    """The kinds, each once, in order: what a receipt says in place of the words."""
    return ", ".join(sorted({one.kind for one in found}))
