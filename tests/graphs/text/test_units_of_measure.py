from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from pint import UnitRegistry

from graphs.citing.facts import facts
from graphs.citing.stated_values import stated_in
from graphs.text.quantities import fit, quantities
from graphs.text.units_of_measure import Measure, measure, measures

Registry = UnitRegistry[Any]

NOT_PHYSICAL = {
    "months",
    "working-days",
    "points",
    "level",
    "level-of-power",
    "celsius",
    "fahrenheit",
    "kelvin",
}


def as_pint_says(unit: Measure) -> str:
    return {"pound-weight": "pound"}.get(unit.name, unit.name.replace("-per-", " / ").replace("-", "_"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    return UnitRegistry()


def physical() -> dict[str, list[Measure]]:
    found: dict[str, set[Measure]] = defaultdict(set)
    for unit in measures().values():
        if not (unit.of in NOT_PHYSICAL or unit.of.isupper()):
            found[unit.of].add(unit)
    return {of: sorted(units, key=lambda unit: unit.size) for of, units in found.items()}


def test_every_size_is_that_of_pint(registry: Registry) -> None:
    # Its acre is the survey acre, larger by two in a million.
    compared = 0
    for units in physical().values():
        first, *others = [as_pint_says(unit) for unit in units]
        for name, unit in zip(others, units[1:], strict=True):
            ratio = registry.Quantity(1.0, name).to(first).magnitude
            assert ratio == pytest.approx(float(unit.size / units[0].size), rel=1e-5), (name, first)
            compared += 1
    assert compared > 60


def test_every_kind_has_one_base_and_names_are_of_one_unit() -> None:
    sizes: dict[str, set[tuple[str, object]]] = defaultdict(set)
    for unit in measures().values():
        sizes[unit.name].add((unit.of, unit.size))
    assert {name: found for name, found in sizes.items() if len(found) > 1} == {}


@pytest.mark.parametrize("prefix", "n µ m c d h k M G T".split())
@pytest.mark.parametrize("symbol", "m g s l V A W J Wh Hz Pa N Ω F mol".split())
def test_a_symbol_means_what_pint_says_it_means(registry: Registry, prefix: str, symbol: str) -> None:
    unit = measure(prefix + symbol)
    if unit is not None:
        name = as_pint_says(unit)
        assert registry.Quantity(1.0, prefix + symbol).to(name).magnitude == pytest.approx(1)


@pytest.mark.parametrize(
    ("claim", "source", "how"),
    [
        ("5 mW", "5 MW", "unit"),
        ("5 MW", "5 megawatts", "same"),
        ("5 mW", "5 milliwatts", "same"),
        ("100 Mb", "100 MB", "unit"),
        ("8 Mbit", "1 MB", "same"),
        ("500 KB", "500 kB", "same"),
        ("500 kb", "500 KB", "same"),
        ("2 gb", "2 GB", "same"),
        ("10 dB", "10 dBm", "unit"),
        ("5 SEK", "5 Sek.", "unit"),
        ("5 Sek.", "5 seconds", "same"),
        ("90 Min.", "1.5 hours", "same"),
        ("14 Tage", "14 days", "same"),
        ("14 Tage", "14 Stunden", "unit"),
        ("2 lata", "24 miesiące", "same"),
        ("14 дней", "14 часов", "unit"),
        ("2 ans", "24 mois", "same"),
        ("49 CAD", "49 USD", "unit"),
        ("CAD 49", "49 CAD", "same"),
        ("₹500", "500 rupees", "same"),
        ("5 kΩ", "5 MΩ", "unit"),
        ("5 µm", "5 μm", "same"),
        ("5 mm", "5 µm", "unit"),
        ("1 bar", "1000 hPa", "same"),
        ("3 lbs", "48 oz", "same"),
        ("1 kWh", "3.6 MJ", "same"),
        ("5 ‰", "0.5 %", "same"),
    ],
)
def test_upper_and_lower_case_tell_units_apart(claim: str, source: str, how: str) -> None:
    assert fit(quantities(claim)[0], quantities(source)) == how


HEADS = ["Power in MW", "Power (W)", "Voltage (V)", "Current (A)", "Size (GB)", "Weight [kg]"]


@pytest.mark.parametrize("head", HEADS)
def test_a_unit_in_the_head_of_a_table_is_found(head: str) -> None:
    unit = head.rpartition(" ")[2].strip("()[]")
    table = [facts("Team | 49", [f"Name | {head}"], kind="row")]
    assert stated_in(facts(f"It is 49 {unit}."), table, "").wrong == []
    assert stated_in(facts("It is 49 days."), table, "").wrong


@pytest.mark.parametrize(
    "text",
    [
        "5 a day",
        "5 in all",
        "3 won 2",
        "2.5 pa",
        "5 va",
        "5 ma 3",
        "10 try it",
        "$5 MM",
        "5 us",
        "7 na 3",
        "5 mw",
    ],
)
def test_words_are_no_units(text: str) -> None:
    assert quantities(text)[0].unit is None or quantities(text)[0].unit == measure("$")
