"""Whether a source states the numbers, dates and codes of a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from graphs.citing.facts import Facts
from graphs.text.dates import Date, dates
from graphs.text.quantities import Quantity, fit, quantities
from graphs.text.units_of_measure import Measure, measures
from graphs.text.words import words


@dataclass(slots=True)
class Stated:
    """What became of a claim's numbers, as the claim writes them, with what there is to say about them."""

    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    wrong_reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Only the question has these."""


def stated_in(claim: Facts, sources: Sequence[Facts], question: Facts) -> Stated:
    """Look every quantity and date of the claim up in the sources, then in the question."""
    held = [quantity for source in sources for quantity in all_quantities(source)]
    days = [date for source in sources for date in all_dates(source)]
    text = " ".join(part for source in sources for part in (source.text, source.above, source.before))
    found = Stated()
    for quantity in claim.quantities:
        how = fit(quantity, held)
        if how == "same" and quantity.unit and not _names(quantity.unit, held, quantity, text):
            how = "unit"
        if how == "missing" and is_year(quantity, days):
            how = "same"
        _note(found, claim.text[quantity.start : quantity.end], quantity, how, held, question)
    for date in claim.dates:
        if any(date.stated_by(other) for other in days):
            continue
        years = {quantity.value for quantity in held}
        if date.month is None and date.year in years:
            continue
        (found.asked if any(date.stated_by(other) for other in question.dates) else found.missing).append(
            date.text
        )
    return found


def _note(
    found: Stated, shown: str, quantity: Quantity, how: str, held: Sequence[Quantity], question: Facts
) -> None:
    if how == "missing":
        asked = fit(quantity, question.quantities) == "same"
        (found.asked if asked else found.missing).append(quantity.text)
    elif how in ("unit", "bound"):
        found.wrong.append(quantity.text)
        other = next((one for one in held if one.value == quantity.value), None)
        said = f"'{_shown(other)}'" if other else "something else"
        found.wrong_reasons.append(
            f"{shown} is {said} in the source"
            if how == "unit"
            else f"the source bounds {shown} the other way"
        )
    elif how == "rounded":
        found.notes.append(f"{shown} is rounded without saying so")
    elif how == "loose":
        found.notes.append(f"'at least', 'up to' or the like stands beside {shown} on one side only")


def _shown(quantity: Quantity) -> str:
    unit = quantity.unit
    if unit is None or quantity.text.endswith(unit.name):
        return quantity.text
    plural = "" if quantity.value == 1 else "s"
    return f"{quantity.text} {unit.name.replace('-', ' ')}{plural}"


def _names(unit: Measure, held: Sequence[Quantity], claimed: Quantity, text: str) -> bool:
    """Whether the source gives the number this unit: beside it, or, as tables do, elsewhere."""
    if any(fit(claimed, [one]) == "same" and one.unit for one in held):
        return True
    spellings = {name for name, known in measures().items() if known == unit}
    said = set(words(text))
    return any(name in said if name.isalpha() else name in text.lower() for name in spellings)


def is_year(quantity: Quantity, days: Sequence[Date]) -> bool:
    """Whether a bare number is the year of one of these dates."""
    return quantity.unit is None and any(quantity.value == date.year for date in days)


def all_quantities(source: Facts) -> list[Quantity]:
    """Those of the sentence and of what stands above it."""
    return [*source.quantities, *quantities(source.above)]


def all_dates(source: Facts) -> list[Date]:
    """Those of the sentence and of what stands above it."""
    return [*source.dates, *dates(source.above)]
