"""A source's quantities, in which a claim's are looked up without going through all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property

from graphs.text.quantities import Fit, Quantity, fit, rounded_from, significant_digits

STATED: frozenset[Fit] = frozenset({"same", "rounded", "loose"})
"""How a source fits that has the number."""

FEW = 64
"""So many are gone through one by one, in less time than they are sorted."""

Meaning = tuple[str, tuple[int, int] | None, tuple[str, str] | None, bool, str, bool]


def meaning_of(one: Quantity) -> Meaning:
    """What a quantity says, however it is written: equal for those that say the same."""
    unit = (one.unit.name, one.unit.of) if one.unit else None
    if one.value is None:
        return one.text, None, unit, one.about, one.bound, one.firm
    return "", one.value.as_integer_ratio(), unit, one.about, one.bound, one.firm


class HeldQuantities:
    """Of those that say the same the last is held: a table may have a number a thousand times.

    >>> from graphs.text.quantities import quantities
    >>> held = HeldQuantities(quantities("1,204,332 EUR within 14 days"))
    >>> claims = ("about 1.2 million EUR", "1.2 million EUR", "14 hours")
    >>> [held.fit(quantities(claim)[0]) for claim in claims]
    ['same', 'rounded', 'unit']
    """

    def __init__(self, *found: Iterable[Quantity]) -> None:
        self.by_meaning = {meaning_of(one): one for some in found for one in some}
        self._fits: dict[tuple[str, Meaning], Fit] = {}

    def __len__(self) -> int:
        return len(self.by_meaning)

    @cached_property
    def all(self) -> Sequence[Quantity]:
        return list(self.by_meaning.values())

    @cached_property
    def codes(self) -> frozenset[str]:
        """Codes, versions and times, as they are compared."""
        return frozenset(one.text for one in self.all if one.value is None)

    def fit(self, claimed: Quantity) -> Fit:
        """The best fit among them (``graphs.text.quantities.fit``)."""
        if claimed.value is None:
            return "same" if claimed.text in self.codes else "missing"
        if len(self.by_meaning) <= FEW:
            return fit(claimed, self.all)
        asked = (claimed.text, meaning_of(claimed))
        if asked not in self._fits:
            self._fits[asked] = fit(claimed, self._near(claimed, claimed.value))
        return self._fits[asked]

    def fitting(self, claimed: Quantity) -> list[Quantity]:
        """Those that state it, be it more exactly or with another bound."""
        if claimed.value is None or len(self.by_meaning) <= FEW:
            near: Iterable[Quantity] = self.all
        else:
            near = {id(one): one for one in self._near(claimed, claimed.value)}.values()
        return [one for one in near if fit(claimed, [one]) in STATED]

    def _near(self, claimed: Quantity, value: Fraction) -> Iterable[Quantity]:
        """Those that can be another thing to the claim's than missing: equal ones first, then those that are
        so when rounded."""
        yield from self._numbers.between(value, value)
        unit = claimed.unit
        scaled = value * unit.size if unit else value
        if unit and unit.of in self._by_measure:
            yield from self._by_measure[unit.of].between(scaled, scaled)
        if not claimed.about and significant_digits(claimed.text) < 2:
            return
        digits = significant_digits(claimed.text)
        yield from self._numbers.between(*_bounds(value, digits))
        if unit and unit.of in self._by_measure:
            yield from self._by_measure[unit.of].between(*_bounds(scaled, digits))

    @cached_property
    def _numbers(self) -> _Sorted:
        return _Sorted([(one.value, one) for one in self.all if one.value is not None])

    @cached_property
    def _by_measure(self) -> dict[str, _Sorted]:
        """By what is measured, in its base unit."""
        found: dict[str, list[tuple[Fraction, Quantity]]] = {}
        for one in self.all:
            if one.value is not None and one.unit:
                found.setdefault(one.unit.of, []).append((one.value * one.unit.size, one))
        return {of: _Sorted(some) for of, some in found.items()}


class _Sorted:
    """Quantities by size. Floats are quick to compare, and near enough to find what is then looked at."""

    def __init__(self, found: Sequence[tuple[Fraction, Quantity]]) -> None:
        sizes = sorted(((_float(value), at) for at, (value, _) in enumerate(found)))
        self._found = [found[at][1] for _, at in sizes]
        self._sizes = [size for size, _ in sizes]

    def between(self, least: Fraction, most: Fraction) -> Sequence[Quantity]:
        low, high = _float(least), _float(most)
        first = bisect_left(self._sizes, low - abs(low) * _NEAR)
        return self._found[first : bisect_right(self._sizes, high + abs(high) * _NEAR)]


_NEAR = 1e-9
_LARGEST = 10**300


def _float(value: Fraction) -> float:
    return float(max(Fraction(-_LARGEST), min(value, Fraction(_LARGEST))))


def _bounds(value: Fraction, digits: int) -> tuple[Fraction, Fraction]:
    least, most, times = rounded_from(*value.as_integer_ratio(), digits)
    return Fraction(least, times), Fraction(most, times)
