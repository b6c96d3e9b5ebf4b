"""Whether a source states the numbers, dates and codes of a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from graphs.citing.facts import Facts, facts
from graphs.citing.objection import Objection
from graphs.citing.sources import Sources
from graphs.text.dates import Date
from graphs.text.held_quantities import HeldQuantities
from graphs.text.quantities import Quantity, fit
from graphs.text.units_of_measure import Measure


@dataclass(slots=True)
class Stated:
    """What became of a claim's numbers, as the claim writes them, and what there is to object to them."""

    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)


def stated_in(claim: Facts, sources: Sequence[Facts], question: str) -> Stated:
    """Look every quantity and date of the claim up in the sources, then in the question."""
    found = Stated()
    if not claim.quantities and not claim.dates:
        return found
    sources = Sources.of(sources)
    held, days = sources.held, sources.days
    for quantity in claim.quantities:
        how = held.fit(quantity)
        if how == "same" and quantity.unit and not _names(quantity.unit, quantity, sources):
            how = "unit"
        if how == "missing" and (is_year(quantity, days) or quantity.value in sources.scaled):
            how = "same"
        _note(found, claim.text[quantity.start : quantity.end], quantity, how, held, question)
    years = {quantity.value for quantity in held.all} if claim.dates else set()
    for date in claim.dates:
        if any(date.stated_by(other) for other in days) or (date.month is None and date.year in years):
            continue
        _not_there(found, date.text, any(date.stated_by(other) for other in facts(question).dates))
    return found


def _not_there(found: Stated, text: str, asked: bool) -> None:
    """The source has not the number; the question may."""
    if asked:
        found.objections.append(Objection("number-asked", f"{text} is the question's, not the source's"))
    else:
        found.missing.append(text)
        found.objections.append(Objection("number-missing", f"{text} is not in the source"))


def _note(
    found: Stated, shown: str, quantity: Quantity, how: str, held: HeldQuantities, question: str
) -> None:
    if how == "missing":
        _not_there(found, quantity.text, fit(quantity, facts(question).quantities) == "same")
    elif how in ("unit", "bound"):
        found.wrong.append(quantity.text)
        other = next((one for one in held.all if one.value == quantity.value), None)
        said = f"'{_shown(other)}'" if other else "something else"
        found.objections.append(
            Objection("number-unit", f"{shown} is {said} in the source")
            if how == "unit"
            else Objection("number-bound", f"the source bounds {shown} the other way")
        )
    elif how == "rounded":
        found.objections.append(Objection("number-loose", f"{shown} is rounded without saying so"))
    elif how == "loose":
        words = f"'at least', 'up to' or the like stands beside {shown} on one side only"
        found.objections.append(Objection("number-loose", words))


def _shown(quantity: Quantity) -> str:
    unit = quantity.unit
    if unit is None or quantity.text.endswith(unit.name):
        return quantity.text
    plural = "" if quantity.value == 1 else "s"
    return f"{quantity.text} {unit.name.replace('-', ' ')}{plural}"


def _names(unit: Measure, claimed: Quantity, sources: Sources) -> bool:
    """Whether the source gives the number this unit: beside it, or, as tables do, elsewhere."""
    if any(one.unit and fit(claimed, [one]) == "same" for one in sources.held.fitting(claimed)):
        return True
    return unit in sources.measures


def is_year(quantity: Quantity, days: Sequence[Date]) -> bool:
    """Whether a bare number is the year of one of these dates."""
    return quantity.unit is None and any(quantity.value == date.year for date in days)
