"""Exact arithmetic over amounts with units and over dates, written as a formula; nothing else can be written.

The formula is parsed by Python's own ``ast`` and walked: only the nodes named here exist, and every size is
bounded before it is made. Values are ``Fraction``, so a tenth is a tenth.
"""

from __future__ import annotations

import ast
import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tools.scoped_search import RequestError

MOST_CHARACTERS = 500
MOST_NODES = 200
MOST_BITS = 2048
"""Of a numerator or a denominator, so of every step on the way."""
MOST_EXPONENT = 100

BY_DEFINITION = frozenset({1, 7, 10, 12, 24, 60, 100, 1000})
"""Numbers a formula may hold itself: of days, months, hours, minutes, percent, tens and thousands. Whatever
else it needs comes from the question or from a document."""

_NO_ARITHMETIC = re.compile(r"""['"\\]|(?<![\w.])\d[\d_.]*[^\W\d_]""")
"""Texts, and numbers run into a word: Python's parser warns of these, in whatever process it runs."""
_NO_EXPRESSION = "the formula is no arithmetic expression, such as (a + b) * c"


class FormulaError(RequestError):
    """A formula that cannot be worked out; the message says why, to whoever wrote it."""


@dataclass(frozen=True, slots=True)
class AmountUnit:
    """``of``: what it measures; ``size``: how many of the base unit of that it is."""

    name: str
    of: str
    size: Fraction


@dataclass(frozen=True, slots=True)
class Amount:
    """So many of a unit; a mere number where there is none."""

    value: Fraction
    unit: AmountUnit | None = None


Value = Amount | date

SHARE = "share"
"""What per cent and per mille are of; their base is one per cent."""
DAY = AmountUnit("day", "time", Fraction(86400))
PERCENT = AmountUnit("percent", SHARE, Fraction(1))

_OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "^",
}


def parse(formula: str) -> ast.expr:
    """The formula as a tree.

    Raises:
        FormulaError: it is too long, or no expression.
    """
    if len(formula) > MOST_CHARACTERS:
        raise FormulaError(f"a formula may have {MOST_CHARACTERS} characters, this has {len(formula)}")
    if _NO_ARITHMETIC.search(formula):
        raise FormulaError(_NO_EXPRESSION)
    try:
        tree = ast.parse(formula.strip().replace("^", "**").replace("×", "*"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError(_NO_EXPRESSION) from None
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        raise FormulaError(f"the formula has more than {MOST_NODES} parts")
    return tree


def evaluate(tree: ast.expr, values: Mapping[str, Value]) -> Value:
    """What the formula comes to.

    >>> evaluate(parse("a + b * 12"), {"a": Amount(Fraction(1, 10)), "b": Amount(Fraction(1))}).value
    Fraction(121, 10)

    Raises:
        FormulaError: it holds what is no arithmetic, names no value, mixes units, or grows too large.
    """
    if isinstance(tree, ast.Constant):
        return _constant(tree.value)
    if isinstance(tree, ast.Name):
        if tree.id not in values:
            raise FormulaError(f"{tree.id[:40]!r} is none of the inputs")
        return values[tree.id]
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub | ast.UAdd):
        operand = _amount(evaluate(tree.operand, values))
        return Amount(-operand.value, operand.unit) if isinstance(tree.op, ast.USub) else operand
    if isinstance(tree, ast.BinOp) and type(tree.op) in _OPERATORS:
        if isinstance(tree.op, ast.Pow):
            return _power(_amount(evaluate(tree.left, values)), _whole(tree.right))
        return _bounded(_combine(type(tree.op), evaluate(tree.left, values), evaluate(tree.right, values)))
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.keywords:
        return _bounded(_called(tree.func.id, tree.args, values))
    raise FormulaError("a formula has inputs, + - * / ^, brackets and functions, nothing else")


def _constant(value: object) -> Amount:
    if isinstance(value, bool) or not isinstance(value, int) or value not in BY_DEFINITION:
        listed = ", ".join(str(one) for one in sorted(BY_DEFINITION))
        told = f"{str(value)[:40]} is no input: make it one and name where it stands"
        raise FormulaError(f"{told}; only {listed} may be written as they are")
    return Amount(Fraction(value))


def _whole(tree: ast.expr) -> int:
    """A whole number that is written as such: an exponent, or how many places to round to."""
    value = tree.value if isinstance(tree, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_EXPONENT:
        raise FormulaError(f"exponents and places are whole numbers from 0 to {MOST_EXPONENT}")
    return value


def _power(base: Amount, exponent: int) -> Amount:
    plain = _plain(base)
    if plain is None:
        raise FormulaError("only a number without a unit has powers")
    if _bits(plain) * max(exponent, 1) > MOST_BITS:
        raise FormulaError("the numbers grow too large")
    return Amount(plain**exponent)


def _combine(operator: type[ast.operator], left: Value, right: Value) -> Value:
    if isinstance(left, date) or isinstance(right, date):
        return _dates(operator, left, right)
    if operator in (ast.Add, ast.Sub):
        return _added(left, right, 1 if operator is ast.Add else -1)
    if operator is ast.Div and right.value == 0:
        raise FormulaError("the formula divides by zero")
    return _times(left, right) if operator is ast.Mult else _divided(left, right)


def _added(left: Amount, right: Amount, sign: int) -> Amount:
    if left.unit is None and right.unit is None:
        return Amount(left.value + sign * right.value)
    if left.unit is not None and right.unit is not None and left.unit.of == right.unit.of:
        return Amount(left.value + sign * right.value * right.unit.size / left.unit.size, left.unit)
    one, other = _plain(left), _plain(right)
    if one is not None and other is not None:
        return Amount(one + sign * other)
    raise FormulaError(f"{_unit(left)} and {_unit(right)} cannot be added or subtracted")


def _times(left: Amount, right: Amount) -> Amount:
    one, other = _plain(left), _plain(right)
    if other is not None:
        return Amount(left.value * other, left.unit) if one is None else Amount(one * other)
    if one is not None:
        return Amount(one * right.value, right.unit)
    raise FormulaError(_no_product(left, right, "times"))


def _divided(left: Amount, right: Amount) -> Amount:
    if left.unit is not None and right.unit is not None and left.unit.of == right.unit.of:
        return Amount(left.value * left.unit.size / (right.value * right.unit.size))
    one, other = _plain(left), _plain(right)
    if other is not None:
        return Amount(left.value / other, left.unit) if one is None else Amount(one / other)
    raise FormulaError(_no_product(left, right, "divided by"))


def _no_product(left: Amount, right: Amount, how: str) -> str:
    told = f"{_unit(left)} {how} {_unit(right)} is no unit that can be stated"
    return f"{told}; number(x) is x without its unit"


def _plain(amount: Amount) -> Fraction | None:
    """The number that it is; a share is one. None where it has another unit."""
    if amount.unit is None:
        return amount.value
    return amount.value * amount.unit.size / 100 if amount.unit.of == SHARE else None


def _dates(operator: type[ast.operator], left: Value, right: Value) -> Value:
    if operator is ast.Sub and isinstance(left, date) and isinstance(right, date):
        return Amount(Fraction((left - right).days), DAY)
    if operator is ast.Add and isinstance(right, date):
        left, right = right, left
    if operator not in (ast.Add, ast.Sub) or not isinstance(left, date) or not isinstance(right, Amount):
        raise FormulaError("with dates there is: one less another, and one more or less days, weeks, months")
    return _moved(left, Amount(right.value if operator is ast.Add else -right.value, right.unit))


def _moved(day: date, by: Amount) -> date:
    if by.unit is None or by.unit.of not in ("time", "months"):
        raise FormulaError(f"a date cannot be moved by {_unit(by)}")
    count = by.value * by.unit.size / (DAY.size if by.unit.of == "time" else 1)
    if count.denominator != 1 or abs(count) > 400_000:
        raise FormulaError("a date can be moved by whole days and months, a thousand years at most")
    try:
        if by.unit.of == "time":
            return day + timedelta(days=int(count))
        year, month = divmod(day.year * 12 + day.month - 1 + int(count), 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError, calendar.IllegalMonthError):
        raise FormulaError("the date lies beyond the years 1 to 9999") from None


def _called(name: str, arguments: Sequence[ast.expr], values: Mapping[str, Value]) -> Value:
    if name == "round" and len(arguments) == 2:
        rounded = _amount(evaluate(arguments[0], values))
        return Amount(_half_up(rounded.value, _whole(arguments[1])), rounded.unit)
    if name not in FUNCTIONS or not arguments:
        raise FormulaError(f"there is no function {name[:40]!r} so; there are {', '.join(FUNCTION_NAMES)}")
    return FUNCTIONS[name]([evaluate(one, values) for one in arguments])


def _half_up(value: Fraction, places: int) -> Fraction:
    """As people round: halves away from zero."""
    shifted = abs(value) * 10**places
    whole = int(shifted + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**places)


def _sum(given: Sequence[Value]) -> Amount:
    total = _amount(given[0])
    for one in given[1:]:
        total = _added(total, _amount(one), 1)
    return total


def _mean(given: Sequence[Value]) -> Amount:
    total = _sum(given)
    return Amount(total.value / len(given), total.unit)


def _least(given: Sequence[Value], sign: int) -> Value:
    if all(isinstance(one, date) for one in given):
        return (min if sign > 0 else max)(one for one in given if isinstance(one, date))
    amounts = [_amount(one) for one in given]
    if len({one.unit.of if one.unit else "" for one in amounts}) > 1:
        raise FormulaError("only amounts of one kind can be compared")
    return min(amounts, key=lambda one: sign * one.value * (one.unit.size if one.unit else 1))


def _number(given: Sequence[Value]) -> Amount:
    return Amount(_amount(_single(given)).value)


def _percent(given: Sequence[Value]) -> Amount:
    plain = _plain(_amount(_single(given)))
    if plain is None:
        raise FormulaError("percent(x) is of a ratio, a number without a unit")
    return Amount(plain * 100, PERCENT)


def _abs(given: Sequence[Value]) -> Amount:
    one = _amount(_single(given))
    return Amount(abs(one.value), one.unit)


FUNCTIONS: Mapping[str, Callable[[Sequence[Value]], Value]] = {
    "sum": _sum,
    "mean": _mean,
    "min": lambda given: _least(given, 1),
    "max": lambda given: _least(given, -1),
    "number": _number,
    "percent": _percent,
    "abs": _abs,
}
FUNCTION_NAMES = (*FUNCTIONS, "round")


def _single(given: Sequence[Value]) -> Value:
    if len(given) != 1:
        raise FormulaError("number, percent and abs take one value")
    return given[0]


def _amount(value: Value) -> Amount:
    if isinstance(value, date):
        raise FormulaError("a date is no amount: only its difference to another is")
    return value


def _bounded(value: Value) -> Value:
    if isinstance(value, Amount) and _bits(value.value) > MOST_BITS:
        raise FormulaError("the numbers grow too large")
    return value


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _unit(amount: Amount) -> str:
    return amount.unit.name if amount.unit else "a number without a unit"


def shown(tree: ast.expr, inputs: Mapping[str, str]) -> str:
    """The formula as people write it, with the words of each input in its name's place.

    >>> shown(parse("(a + b) * 12"), {"a": "40 EUR", "b": "80 EUR"})
    '(40 EUR + 80 EUR) * 12'
    """
    return _shown(tree, inputs, 0)


_BINDS: Mapping[type[ast.operator], int] = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.Pow: 4}


def _shown(tree: ast.expr, inputs: Mapping[str, str], outer: int) -> str:
    if isinstance(tree, ast.Name):
        return inputs[tree.id]
    if isinstance(tree, ast.BinOp):
        binds = _BINDS[type(tree.op)]
        right = _shown(tree.right, inputs, binds + 1)
        # Powers are taken from the right, all else from the left.
        left = _shown(tree.left, inputs, binds + isinstance(tree.op, ast.Pow))
        text = f"{left} {_OPERATORS[type(tree.op)]} {right}"
        return f"({text})" if binds < outer else text
    if isinstance(tree, ast.UnaryOp):
        text = f"{'-' if isinstance(tree.op, ast.USub) else '+'}{_shown(tree.operand, inputs, 3)}"
        return f"({text})" if outer >= _BINDS[ast.Pow] else text
    if isinstance(tree, ast.Call):
        given = ", ".join(_shown(one, inputs, 0) for one in tree.args)
        return f"{tree.func.id if isinstance(tree.func, ast.Name) else ''}({given})"
    return str(tree.value) if isinstance(tree, ast.Constant) else ""
