"""Formulas: exact, with units and dates; nothing but arithmetic can be written, and nothing grows."""

from __future__ import annotations

import warnings
from contextlib import suppress
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.exact_arithmetic import (
    MOST_BITS,
    Amount,
    AmountUnit,
    FormulaError,
    Value,
    evaluate,
    parse,
    shown,
)

EUR = AmountUnit("euro", "EUR", Fraction(1))
USD = AmountUnit("dollar", "USD", Fraction(1))
HOUR = AmountUnit("hour", "time", Fraction(3600))
DAY = AmountUnit("day", "time", Fraction(86400))
MONTH = AmountUnit("month", "months", Fraction(1))
PERCENT = AmountUnit("percent", "share", Fraction(1))
VALUES: dict[str, Value] = {
    "a": Amount(Fraction(40), EUR),
    "b": Amount(Fraction(80), EUR),
    "d": Amount(Fraction(5), USD),
    "n": Amount(Fraction(3)),
    "p": Amount(Fraction(5), PERCENT),
    "h": Amount(Fraction(36), HOUR),
    "t": Amount(Fraction(2), DAY),
    "m": Amount(Fraction(1), MONTH),
    "x": Amount(Fraction(1, 10)),
    "y": Amount(Fraction(2, 10)),
    "u": date(2026, 1, 31),
    "v": date(2026, 3, 1),
}


@pytest.mark.parametrize(
    ("formula", "value", "unit"),
    [
        ("a + b", 120, "euro"),
        ("(a + b) * n", 360, "euro"),
        ("n * a - b / n", Fraction(280, 3), "euro"),
        ("x + y", Fraction(3, 10), ""),
        ("a / b", Fraction(1, 2), ""),
        ("percent(a / b)", 50, "percent"),
        ("a * p", 2, "euro"),
        ("a * (1 + p) ^ 10", 40 * Fraction(105, 100) ** 10, "euro"),
        ("p + p", 10, "percent"),
        ("t + h", Fraction(7, 2), "day"),
        ("h + t", 84, "hour"),
        ("a * number(t)", 80, "euro"),
        ("round(a / n, 2)", Fraction(1333, 100), "euro"),
        ("round(-x / 1000 * 7, 4)", Fraction(-7, 10000), ""),
        ("mean(a, b)", 60, "euro"),
        ("sum(a, b, a)", 160, "euro"),
        ("max(h, t)", 2, "day"),
        ("abs(a - b)", 40, "euro"),
        ("-a + +b", 40, "euro"),
        ("v - u", 29, "day"),
    ],
)
def test_what_it_comes_to_is_exact(formula: str, value: Fraction, unit: str) -> None:
    found = evaluate(parse(formula), VALUES)
    assert isinstance(found, Amount)
    assert found.value == value
    assert (found.unit.name if found.unit else "") == unit


@pytest.mark.parametrize(
    ("formula", "day"),
    [
        ("u + m", date(2026, 2, 28)),
        ("v - m", date(2026, 2, 1)),
        ("t + u", date(2026, 2, 2)),
        ("min(v, u)", date(2026, 1, 31)),
    ],
)
def test_dates_move_by_days_and_by_months_of_the_calendar(formula: str, day: date) -> None:
    assert evaluate(parse(formula), VALUES) == day


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "a +",
        "a; b",
        "a = b",
        "a.real",
        "a[0]",
        "[a]",
        "lambda: a",
        "a if a else b",
        "a and b",
        "a < b",
        "a // b",
        "a % b",
        "a @ b",
        "~n",
        "'a' * 1000",
        "1.5",
        "1e3",
        "2",
        "True",
        "f(a)",
        "sum()",
        "sum(*a)",
        "round(a)",
        "round(a, n)",
        "round(a, digits=1)",
        "__import__('os').system('id')",
        "number.__globals__",
        "z",
        "a + d",
        "a + n",
        "a * b",
        "a / t",
        "a ^ 10",
        "n ^ n",
        "n ^ 1000",
        "n ^ -1",
        "n / (n - n)",
        "u + v",
        "u + n",
        "u + h * x",
        "u * n",
        "-u",
        "sum(u, v)",
        "max(p, x)",
        "max(u, a)",
        "percent(a)",
        "number(a, b)",
        "u + t * 1000 * 1000 * 1000 * 1000",
        "u - m * 1000 * 100",
        "((1000 ^ 100) ^ 100) ^ 100",
        "(" * 300 + "a" + ")" * 300,
        "-" * 400 + "a",
        "+".join("a" * 240),
        "a" * 600,
    ],
)
def test_whatever_else_is_one_line_that_says_why(formula: str) -> None:
    with pytest.raises(FormulaError) as raised:
        evaluate(parse(formula), VALUES)
    assert str(raised.value)
    assert "\n" not in str(raised.value)


LETTERS = st.sampled_from([*"abdnphtmxyuv", "1", "7", "100", "1000"])
FORMULAS = st.recursive(
    LETTERS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda one: f"({' '.join(one)})"),
        inner.map(lambda one: f"(-{one})"),
        st.tuples(inner, st.integers(0, 120)).map(lambda one: f"({one[0]} ^ {one[1]})"),
        st.tuples(st.sampled_from(["sum", "mean", "max", "percent", "number", "abs", "eval"]), inner).map(
            lambda one: f"{one[0]}({one[1]})"
        ),
    ),
    max_leaves=25,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(FORMULAS)
def test_no_formula_grows_beyond_its_bounds_or_fails_otherwise(formula: str) -> None:
    try:
        tree = parse(formula)
        found = evaluate(tree, VALUES)
    except FormulaError:
        return
    if isinstance(found, Amount):
        assert max(found.value.numerator.bit_length(), found.value.denominator.bit_length()) <= MOST_BITS
    # What is shown means the same as what was worked out.
    names = {name: name for name in VALUES}
    assert evaluate(parse(shown(tree, names)), VALUES) == found


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(max_size=120))
def test_no_text_fails_otherwise(text: str) -> None:
    with suppress(FormulaError):
        evaluate(parse(text), VALUES)


@pytest.mark.parametrize("formula", ["1or 2", "0x1for a", "'a' + 1", '"\\d"', "1_000if a else 2", "12x"])
def test_what_pythons_parser_warns_of_is_refused_without_a_word(formula: str) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(FormulaError, match="no arithmetic expression"):
            parse(formula)
    assert told == []
