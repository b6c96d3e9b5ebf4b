"""Rankings judged by gold character spans, so that cutting documents into other passages changes nothing.

A gold span counts as found at the rank where the passages so far cover at least half of its characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ENOUGH = 0.5
"""The share of a span's characters that must be covered for it to count as found."""


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """Characters ``start`` to ``end`` of a version (a prefix of at least 16 hex digits will do)."""

    version: str
    start: int
    end: int

    @property
    def length(self) -> int:
        return max(self.end - self.start, 0)


def same_version(first: str, second: str) -> bool:
    """Whether two versions, of which one may be shortened, are the same; below 16 digits none are."""
    n = min(len(first), len(second))
    return n >= 16 and first[:n] == second[:n]


def overlap(first: GoldSpan, second: GoldSpan) -> int:
    """The characters two spans share."""
    if not same_version(first.version, second.version):
        return 0
    return max(min(first.end, second.end) - max(first.start, second.start), 0)


def covered(gold: GoldSpan, places: Iterable[GoldSpan]) -> float:
    """The share of ``gold``'s characters that ``places`` cover together.

    >>> v = "0123456789abcdef"
    >>> covered(GoldSpan(v, 10, 20), [GoldSpan(v, 0, 15), GoldSpan(v, 12, 18)])
    0.8
    """
    parts = sorted(
        (max(place.start, gold.start), min(place.end, gold.end)) for place in places if overlap(gold, place)
    )
    total, reached = 0, gold.start
    for start, end in parts:
        total += max(end - max(start, reached), 0)
        reached = max(reached, end)
    return total / gold.length if gold.length else 0.0


def gold_ranking(places: Sequence[GoldSpan], gold: Sequence[GoldSpan]) -> list[str]:
    """A ranking for nDCG, recall and MRR: ``gold-N`` where that span is found, ``other-N`` elsewhere.

    A place that completes several gold spans stands for each; one that only repeats what was found before
    takes no rank, so that overlapping or smaller passages are not punished.

    >>> v = "0123456789abcdef"
    >>> gold_ranking([GoldSpan(v, 90, 99), GoldSpan(v, 0, 15), GoldSpan(v, 2, 9)], [GoldSpan(v, 0, 10)])
    ['other-0', 'gold-0']
    """
    ranking: list[str] = []
    found: set[int] = set()
    for number, place in enumerate(places):
        touched = [at for at, span in enumerate(gold) if overlap(span, place)]
        new = [at for at in touched if at not in found and covered(gold[at], places[: number + 1]) >= ENOUGH]
        found.update(new)
        ranking += [f"gold-{at}" for at in new]
        if not touched:
            ranking.append(f"other-{number}")
    return ranking


def found_share(places: Sequence[GoldSpan], gold: Sequence[GoldSpan]) -> float | None:
    """The share of gold spans that ``places`` together cover by at least half; None without gold."""
    return sum(covered(span, places) >= ENOUGH for span in gold) / len(gold) if gold else None


def within_characters(places: Sequence[GoldSpan], gold: Sequence[GoldSpan], characters: int) -> float | None:
    """The share of gold characters among the first so many characters of the ranking; None without gold.

    Counts characters, not passages, so it is the same whatever the passages' length. A place that crosses
    the end of the budget counts up to there.
    """
    total = sum(span.length for span in gold)
    if not total:
        return None
    kept: list[GoldSpan] = []
    room = characters
    for place in places:
        if room <= 0:
            break
        kept.append(GoldSpan(place.version, place.start, min(place.end, place.start + room)))
        room -= place.length
    return sum(covered(span, kept) * span.length for span in gold) / total
