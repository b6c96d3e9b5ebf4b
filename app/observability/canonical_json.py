"""JSON in its one form: RFC 8785, the JSON Canonicalization Scheme.

Whatever wrote the data, Python, JavaScript or `jq`, the same data gives the same bytes.
"""

from __future__ import annotations

import json
import math
from typing import Any


def canonical_json(data: Any) -> bytes:
    """JSON data as UTF-8: names in the order of their UTF-16 units, no spaces, numbers as ECMAScript has
    them.

    >>> canonical_json({"b": [1.0, 1e-07, True], "a": "é"})
    b'{"a":"\\xc3\\xa9","b":[1,1e-7,true]}'

    Raises:
        ValueError: it holds what JSON has not (NaN, half of a surrogate pair), or is nested too deep.
        TypeError: it holds an object that is no JSON data.
        OverflowError: an integer is beyond what a double holds.
    """
    try:
        return _written(data).encode()
    except RecursionError:
        raise ValueError("the data is nested too deep") from None


def _written(data: Any) -> str:
    if data is None or isinstance(data, bool | str):
        return json.dumps(data, ensure_ascii=False)
    if isinstance(data, int | float):
        return canonical_number(data)
    if isinstance(data, list):
        return f"[{','.join(map(_written, data))}]"
    if isinstance(data, dict):
        names = sorted(data, key=lambda name: name.encode("utf-16-be"))
        return f"{{{','.join(f'{_written(name)}:{_written(data[name])}' for name in names)}}}"
    raise TypeError(f"a {type(data).__name__} is no JSON data")


def canonical_number(number: float) -> str:
    """A number as ECMAScript's ``String(number)``: the shortest digits that are the same double.

    >>> [canonical_number(one) for one in (4.50, 2e-3, 1e21, 123456789012345680000, -0.0)]
    ['4.5', '0.002', '1e+21', '123456789012345680000', '0']
    """
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"JSON has no {value}")
    if not value:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, part = mantissa.partition(".")
    part = "" if part == "0" else part
    digits = (whole + part).lstrip("0")
    # The value is 0.DIGITS times ten to the power of ``point``.
    point = len(whole + part) - len(part) + int(exponent or 0) - (len(whole + part) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = point - 1
    rest = f".{digits[1:]}" if count > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if power > 0 else '-'}{abs(power)}"
