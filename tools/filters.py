"""The grammar of filters: ``version>=2.4``, ``date:2025-01..2025-06``, ``product in a,b``, ``status=final``.

The command line, the HTTP interface and the tools read filters here and nowhere else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tools.filter_values import COMPARISONS, Comparison, is_bound
from tools.scoped_search import RequestError

Operator = Literal["in"] | Comparison
"""``in``: one of the values, character for character; others: what ``tools.filter_values`` says."""

Filters = Mapping[str, Any] | Sequence[str]
"""``{key: value, [values] or {operator: value or [values]}}``, or lines of the grammar; all must match."""

MOST_CONDITIONS = 50
MOST_VALUES = 1000
MOST_CHARS = 2000
"""Of one key or value."""
_MOST_LINE = 100_000

HOW = 'key=value, "key in a,b", key>=2.4 or key:FROM..TO, such as date:2025-01..2025-06'
_OPERATOR = re.compile(r">=|<=|!=|=|>|<")
_PLAIN_KEY = re.compile(r'[^\s"=<>!:](?:[^"=<>!:\r\n]{0,1998}[^\s"=<>!:])?')
_PLAIN_ITEM = re.compile(r'[^\s",](?:[^",]{0,1998}[^\s",])?')


class UnreadableFilterError(RequestError):
    """A filter that is not understood, or too many; the message says what to write."""


@dataclass(frozen=True, slots=True)
class FilterCondition:
    """``values`` has one for a comparison."""

    key: str
    operator: Operator
    values: tuple[str, ...]


def parse_filter(text: str) -> list[FilterCondition]:
    """What one line asks for; two conditions where it is a range of two ends.

    A key or an item of ``in`` that holds signs of the grammar is written as a JSON string.

    >>> [(one.operator, one.values) for one in parse_filter("date:2025-01..2025-06")]
    [('>=', ('2025-01',)), ('<=', ('2025-06',))]

    Raises:
        UnreadableFilterError: it is no filter.
    """
    _check_text(text, _MOST_LINE)
    key, rest = _key(text)
    if rest.startswith("!="):
        raise UnreadableFilterError(
            f"filter {_shown(text)} asks for what a value is not, which no filter does; name the values that "
            f'are wanted: "{_shown(key)} in a,b"'
        )
    for sign in COMPARISONS:
        if rest.startswith(sign):
            return [_checked(FilterCondition(key, sign, (rest.removeprefix(sign).strip(),)))]
    if rest.startswith("="):
        return [_checked(FilterCondition(key, "in", (rest[1:].strip(),)))]
    if rest.startswith(":"):
        return [_checked(one) for one in _range(key, rest[1:].strip(), text)]
    return [_checked(FilterCondition(key, "in", tuple(_items(rest.removeprefix("in").strip(), text))))]


def print_filter(condition: FilterCondition) -> str:
    """The line that ``parse_filter`` reads as this condition.

    >>> print_filter(FilterCondition("product", "in", ("a", "b, c")))
    'product in a,"b, c"'
    """
    plain = _PLAIN_KEY.fullmatch(condition.key) and " in " not in f" {condition.key} "
    key = condition.key if plain else json.dumps(condition.key, ensure_ascii=False)
    if condition.operator != "in":
        return f"{key}{condition.operator}{condition.values[0]}"
    if len(condition.values) == 1 and condition.values[0].strip() == condition.values[0]:
        return f"{key}={condition.values[0]}"
    items = [
        one if _PLAIN_ITEM.fullmatch(one) else json.dumps(one, ensure_ascii=False) for one in condition.values
    ]
    return f"{key} in {','.join(items)}"


def conditions_of(given: Filters | None) -> list[FilterCondition]:
    """Every condition of ``given``, in order: one ``in`` a key, which several for one key are joined to.

    Raises:
        UnreadableFilterError: one is not understood, or there are too many.
    """
    found: dict[tuple[str, str], FilterCondition] = {}
    count = 0
    for one in _each(given):
        # Before anything is done with them.
        count += len(one.values)
        joined = (one.key, "in") if one.operator == "in" else (one.key, print_filter(one))
        known = found.get(joined)
        values = dict.fromkeys([*(known.values if known else ()), *one.values])
        found[joined] = FilterCondition(one.key, one.operator, tuple(values))
        if len(found) > MOST_CONDITIONS or count > MOST_VALUES:
            raise UnreadableFilterError(
                f"there are more than {MOST_CONDITIONS} filters, or {MOST_VALUES} values in them; give fewer"
            )
    return list(found.values())


def as_mapping(given: Filters | None) -> dict[str, Any]:
    """Filters as the form that is data: a mapping is left as it is, lines become one. Checked.

    >>> as_mapping(["version>=2.4", "product in a,b"])
    {'version': {'>=': ['2.4']}, 'product': ['a', 'b']}
    """
    conditions = conditions_of(given)
    if isinstance(given, Mapping):
        return dict(given)
    by_key: dict[str, dict[str, list[str]]] = {}
    for one in conditions:
        by_key.setdefault(one.key, {}).setdefault(one.operator, []).extend(one.values)
    return {key: asked["in"] if set(asked) == {"in"} else asked for key, asked in by_key.items()}


def said(given: Filters | None) -> str:
    """The filters in one line, for people."""
    return " and ".join(map(print_filter, conditions_of(given)))


def _each(given: Filters | None) -> Iterator[FilterCondition]:
    if given is None:
        return
    if isinstance(given, str) or not isinstance(given, Mapping | Sequence):
        raise UnreadableFilterError(f"filters must be an object, or a list of lines; write {HOW}")
    if not isinstance(given, Mapping):
        for line in given:
            if not isinstance(line, str):
                raise UnreadableFilterError(f"a filter in a list must be text; write {HOW}")
            yield from parse_filter(line)
        return
    for name, value in given.items():
        key = str(name)
        if not isinstance(value, Mapping):
            yield _checked(FilterCondition(key, "in", fact_values(key, value)))
            continue
        if not value:
            fact_values(key, None)
        for sign, bounds in value.items():
            if sign not in ("in", *COMPARISONS):
                raise UnreadableFilterError(
                    f"filter {_shown(key)}: {_shown(str(sign))} is no operator; use in, >=, >, <= or <"
                )
            texts = fact_values(key, bounds)
            if sign == "in":
                yield _checked(FilterCondition(key, "in", texts))
            else:
                yield from (_checked(FilterCondition(key, sign, (text,))) for text in texts)


def fact_values(key: str, value: Any) -> tuple[str, ...]:
    """A metadata value as the strings it is stored and compared as. Raises ``UnreadableFilterError``."""
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, str | int | float):
        return (str(value),)
    if isinstance(value, list | tuple) and value:
        return tuple(item for one in value for item in fact_values(key, one))
    raise UnreadableFilterError(
        f"filter {_shown(key)} must be text, a number, true/false, a list of these, or an object of operators"
    )


def _key(text: str) -> tuple[str, str]:
    """The key, and what follows it from its operator on."""
    line = text.strip()
    if line.startswith('"'):
        try:
            key, end = json.JSONDecoder().raw_decode(line)
        except ValueError:
            raise _unreadable(text) from None
        rest = line[end:].lstrip()
    else:
        sign = _OPERATOR.search(line)
        at = sign.start() if sign else line.find(":")
        listed = line.find(" in ")
        if listed >= 0 and (at < 0 or listed < at):
            at = listed
        if at < 0:
            raise _unreadable(text)
        key, rest = line[:at].strip(), line[at:].lstrip()
    if not key or not rest.startswith(("=", ">", "<", "!=", ":", "in ")):
        raise _unreadable(text)
    return str(key), rest


def _range(key: str, ends: str, text: str) -> list[FilterCondition]:
    first, dots, last = ends.partition("..")
    if not dots:
        last = first
    found: list[FilterCondition] = []
    if first.strip():
        found.append(FilterCondition(key, ">=", (first.strip(),)))
    if last.strip():
        found.append(FilterCondition(key, "<=", (last.strip(),)))
    if not found:
        raise _unreadable(text)
    return found


def _items(listed: str, text: str) -> Iterator[str]:
    rest = listed
    while True:
        if rest.startswith('"'):
            try:
                item, end = json.JSONDecoder().raw_decode(rest)
            except ValueError:
                raise _unreadable(text) from None
            rest = rest[end:].lstrip()
        else:
            item, rest = rest.partition(",")[0].strip(), rest[len(rest.partition(",")[0]) :]
            if not item:
                raise _unreadable(text)
        yield str(item)
        if not rest:
            return
        if not rest.startswith(","):
            raise _unreadable(text)
        rest = rest[1:].lstrip()


def _checked(condition: FilterCondition) -> FilterCondition:
    for text in (condition.key, *condition.values):
        _check_text(text)
    if condition.operator != "in" and not is_bound(condition.values[0]):
        raise UnreadableFilterError(
            f"filter {_shown(print_filter(condition))}: {_shown(condition.values[0])} is no version, number "
            "or date; write one such as 2.4, 100 or 2025-06-30"
        )
    return condition


def _check_text(text: str, most: int = MOST_CHARS) -> None:
    if len(text) > most:
        raise UnreadableFilterError(f"a filter is longer than {most} characters; give a shorter one")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UnreadableFilterError(
            f"filter {_shown(text)} holds half a character (a lone surrogate), which no document can have; "
            "write it in whole characters"
        ) from None


def _shown(text: str) -> str:
    return ascii(text[:80]) if not text.isprintable() else repr(text[:80])


def _unreadable(text: str) -> UnreadableFilterError:
    return UnreadableFilterError(f"filter {_shown(text)} is not of the form {HOW}")
