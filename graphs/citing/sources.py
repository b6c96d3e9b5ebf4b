"""The sentences that a claim is held against, and what they state together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import overload

from graphs.citing.facts import Facts
from graphs.text.dates import Date
from graphs.text.held_quantities import HeldQuantities, Meaning, meaning_of
from graphs.text.quantities import SCALES, Quantity
from graphs.text.units_of_measure import Measure, measure, measures
from graphs.text.words import words

_WORD = re.compile(r"[^\W\d_]+")


class Sources(Sequence[Facts]):
    """What is asked of all of them is found once, for all parts of a claim."""

    def __init__(self, sentences: Iterable[Facts]) -> None:
        self._sentences = list(sentences)

    @classmethod
    def of(cls, sentences: Sequence[Facts]) -> Sources:
        return sentences if isinstance(sentences, Sources) else cls(sentences)

    @overload
    def __getitem__(self, at: int) -> Facts: ...
    @overload
    def __getitem__(self, at: slice) -> list[Facts]: ...
    def __getitem__(self, at: int | slice) -> Facts | list[Facts]:
        return self._sentences[at]

    def __len__(self) -> int:
        return len(self._sentences)

    @cached_property
    def held(self) -> HeldQuantities:
        """The quantities of all and of what stands above them."""
        return HeldQuantities(*(one.held.all for one in self._sentences))

    @cached_property
    def days(self) -> Sequence[Date]:
        """The dates of all and of what stands above them, each once."""
        found = (day for one in self._sentences for day in one.all_dates)
        return list({replace(day, text="", start=0, end=0): day for day in found}.values())

    @cached_property
    def measures(self) -> frozenset[Measure]:
        """The units that are written anywhere in and above them: by words as they are written, for "mW" is
        not "MW", and by signs."""
        texts = list(dict.fromkeys(text for one in self for text in (one.text, one.above, one.before)))
        found = (measure(word) for text in texts for word in set(_WORD.findall(text)))
        lowered = "\n".join(texts).lower()
        signs = (known for name, known in measures().items() if not name.isalpha() and name in lowered)
        return frozenset(one for one in (*found, *signs) if one is not None)

    @cached_property
    def scaled(self) -> frozenset[Fraction]:
        """The numbers of table cells in the scale that stands over them: 17.5 under "EUR million"."""
        found: set[Fraction] = set()
        for source in self._sentences:
            if source.kind != "row":
                continue
            over = set(words(source.above))
            scales = [size for word, size in SCALES.items() if len(word) > 1 and over & {word, f"{word}s"}]
            values = [one.value for one in source.quantities if scales and one.value is not None]
            found.update(value * scale for value in values for scale in scales)
        return frozenset(found)

    @cached_property
    def _places(self) -> dict[Meaning, list[int]]:
        """Which sentences have a quantity."""
        found: dict[Meaning, list[int]] = {}
        for place, one in enumerate(self._sentences):
            for meaning in one.held.by_meaning:
                found.setdefault(meaning, []).append(place)
        return found

    def numbers_held(self, numbers: Sequence[tuple[Quantity, int]]) -> Counter[int]:
        """How many of the numbers, each with how often it is meant, a sentence has or has more exactly."""
        found: Counter[int] = Counter()
        for one, times in numbers:
            stated = self.held.fitting(one)
            for place in {place for other in stated for place in self._places[meaning_of(other)]}:
                found[place] += times
        return found
