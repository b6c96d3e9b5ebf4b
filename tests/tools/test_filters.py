"""One grammar of filters: what is printed is read back, what is compared is compared as what it is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.filter_values import COMPARISONS, Bound, Comparison, in_bound
from tools.filters import (
    MOST_CONDITIONS,
    MOST_VALUES,
    FilterCondition,
    UnreadableFilterError,
    as_mapping,
    conditions_of,
    parse_filter,
    print_filter,
    said,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SIGNS = st.text(st.sampled_from('ab =<>!:,"\\.\n in'), max_size=8)
WORDS = TEXT | SIGNS
KEYS = WORDS.filter(str.strip)
BOUNDS = st.sampled_from(["2.4", "v3", "2025", "2025-06", "2025-06-30", "-7", "0.5", "2.4.1-rc1"])
CONDITIONS = st.builds(
    lambda key, values: FilterCondition(key, "in", tuple(values)),
    KEYS,
    st.lists(WORDS, min_size=1, max_size=4, unique=True),
) | st.builds(
    lambda key, sign, bound: FilterCondition(key, sign, (bound,)), KEYS, st.sampled_from(COMPARISONS), BOUNDS
)


@given(CONDITIONS)
def test_what_is_printed_is_read_back(condition: FilterCondition) -> None:
    assert parse_filter(print_filter(condition)) == [condition]


@given(st.lists(CONDITIONS, max_size=5))
def test_lines_and_the_mapping_they_become_ask_for_the_same(conditions: list[FilterCondition]) -> None:
    lines = [print_filter(one) for one in conditions]
    mapped = as_mapping(lines)
    by_key = sorted(conditions_of(mapped), key=lambda one: (one.key, one.operator, one.values))
    assert by_key == sorted(conditions_of(lines), key=lambda one: (one.key, one.operator, one.values))
    assert conditions_of(as_mapping(mapped)) == conditions_of(mapped)


@given(TEXT | SIGNS)
def test_any_line_is_read_or_refused_in_one_line(line: str) -> None:
    told = ""
    found: list[FilterCondition] = []
    try:
        found = parse_filter(line)
    except UnreadableFilterError as error:
        told = str(error)
    assert bool(told) != bool(found)
    assert "\n" not in told


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("version>=2.4", [("version", ">=", "2.4")]),
        ("version < 3", [("version", "<", "3")]),
        ("date:2025..", [("date", ">=", "2025")]),
        ("date:..2025-06", [("date", "<=", "2025-06")]),
        ("date:2025-01..2025-06", [("date", ">=", "2025-01"), ("date", "<=", "2025-06")]),
        ("date:2025", [("date", ">=", "2025"), ("date", "<=", "2025")]),
        ("uri=source://a/b?c=d", [("uri", "in", "source://a/b?c=d")]),
        ("a:b=c", [("a:b", "in", "c")]),
        ("title=Ends in, with a comma", [("title", "in", "Ends in, with a comma")]),
        ('"key in signs"=x', [("key in signs", "in", "x")]),
    ],
)
def test_lines_of_each_kind(line: str, asked: list[tuple[str, str, str]]) -> None:
    assert [(one.key, one.operator, one.values[0]) for one in parse_filter(line)] == asked


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("version", "is not of the form key=value"),
        ("", "is not of the form key=value"),
        ("=2.4", "is not of the form key=value"),
        ("product in", "is not of the form key=value"),
        ("product in a,,b", "is not of the form key=value"),
        ('product in "a', "is not of the form key=value"),
        ("date:..", "is not of the form key=value"),
        ("status!=draft", "name the values that are wanted: \"'status' in a,b\""),
        ("date>=soon", "'soon' is no version, number or date"),
        ("date:2025-13..", "'2025-13' is no version, number or date"),
        ("status=\ud800", "half a character"),
        ("x=" + "y" * 3000, "longer than 2000 characters"),
    ],
)
def test_a_line_that_is_no_filter_says_what_to_write(line: str, told: str) -> None:
    with pytest.raises(UnreadableFilterError) as refused:
        conditions_of([line])
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "given", ["version=2", [1], {"a": {">>": "1"}}, {"a": {">": []}}, {"a": {"in": {}}}, 7]
)
def test_what_is_neither_lines_nor_an_object_is_refused(given: object) -> None:
    with pytest.raises(UnreadableFilterError):
        conditions_of(given)  # type: ignore[arg-type]


def test_too_many_are_refused() -> None:
    assert len(conditions_of([f"k{n}=1" for n in range(MOST_CONDITIONS)])) == MOST_CONDITIONS
    with pytest.raises(UnreadableFilterError, match="give fewer"):
        conditions_of([f"k{n}=1" for n in range(MOST_CONDITIONS + 1)])
    with pytest.raises(UnreadableFilterError, match="give fewer"):
        conditions_of({"k": [str(n) for n in range(MOST_VALUES + 1)]})


def test_values_of_one_key_are_joined_and_its_bounds_all_hold() -> None:
    assert as_mapping(["a=1", "a in 2,3", "a>=1", "a<9"]) == {
        "a": {"in": ["1", "2", "3"], ">=": ["1"], "<": ["9"]}
    }
    assert said({"version": 2.4, "final": True}) == "version=2.4 and final=true"


NUMBERS = st.integers(-(10**6), 10**6).map(str) | st.decimals(-1000, 1000, places=2).map(str)
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
ORDER: dict[Comparison, str] = {">=": "__ge__", ">": "__gt__", "<=": "__le__", "<": "__lt__"}


@given(NUMBERS, NUMBERS, st.sampled_from(COMPARISONS))
def test_numbers_are_compared_as_numbers(value: str, bound: str, sign: Comparison) -> None:
    assert in_bound(Bound("price", sign, bound))(value) == getattr(Decimal(value), ORDER[sign])(
        Decimal(bound)
    )


@given(
    st.lists(st.integers(0, 99), min_size=1, max_size=4),
    st.lists(st.integers(0, 99), min_size=1, max_size=4),
    st.sampled_from(COMPARISONS),
)
def test_versions_are_compared_part_by_part(one: list[int], other: list[int], sign: Comparison) -> None:
    size = max(len(one), len(other))
    padded = [parts + [0] * (size - len(parts)) for parts in (one, other)]
    value, bound = (".".join(map(str, parts)) for parts in (one, other))
    expected = getattr(padded[0], ORDER[sign])(padded[1])
    assert in_bound(Bound("app_version", sign, bound))(value) == expected
    assert in_bound(Bound("version", sign, bound))(f"v{value}") == expected


def test_what_comes_before_a_release_is_before_it() -> None:
    before = in_bound(Bound("version", "<", "2.4"))
    assert [one for one in ("2.4-rc1", "2.4b2", "2.4", "2.4.0", "2.4+build7", "2.4.1") if before(one)] == [
        "2.4-rc1",
        "2.4b2",
    ]
    assert in_bound(Bound("version", "<", "2.4-rc10"))("2.4-rc9")


@given(DAYS, DAYS, st.sampled_from(COMPARISONS), st.sampled_from(["", "T10:00:00Z", " 10:00"]))
def test_days_are_compared_as_days(value: date, bound: date, sign: Comparison, time: str) -> None:
    found = in_bound(Bound("date", sign, bound.isoformat()))(value.isoformat() + time)
    assert found == getattr(value, ORDER[sign])(bound)


@given(DAYS, st.sampled_from([4, 7]))
def test_a_month_or_year_holds_its_days_and_no_others(day: date, precision: int) -> None:
    period = day.isoformat()[:precision]
    inside = [in_bound(Bound("date", sign, period)) for sign in (">=", "<=")]
    for other in (day, day - timedelta(40), day + timedelta(40), day + timedelta(400)):
        within = other.isoformat()[:precision] == period
        assert all(holds(other.isoformat()) for holds in inside) == within
        after, before = (in_bound(Bound("date", sign, period))(other.isoformat()) for sign in (">", "<"))
        assert [within, after, before].count(True) == 1


@pytest.mark.parametrize("value", ["soon", "", "2025-02-30", "١٢", "1 June 2025", "2.4 (current)"])
def test_what_cannot_be_read_is_in_no_range(value: str) -> None:
    for key in ("date", "version", "price"):
        for bound in ("0", "2025", "2025-01", "1.2.3"):
            assert not in_bound(Bound(key, ">=", bound))(value)
            assert not in_bound(Bound(key, "<=", bound))(value)


@pytest.mark.parametrize("wrong", ["version>=1e+308", "version<2.5e-07"])
def test_a_power_of_ten_is_no_version(wrong: str) -> None:
    with pytest.raises(UnreadableFilterError):
        conditions_of([wrong])
