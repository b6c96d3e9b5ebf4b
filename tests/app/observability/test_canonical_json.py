"""Canonical JSON against the vectors of RFC 8785."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.observability.canonical_json import canonical_json, canonical_number

# RFC 8785, appendix B.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}

json_data = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(("bits", "written"), NUMBERS.items())
def test_numbers_are_those_of_the_standard(bits: str, written: str) -> None:
    assert canonical_number(struct.unpack(">d", bytes.fromhex(bits))[0]) == written


def test_text_and_order_are_those_of_the_standard() -> None:
    # Section 3.2.3: names by UTF-16 units, which is not the order of code points.
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    found = json.loads(canonical_json(dict.fromkeys(names, 0)))
    assert list(found) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    # Section 3.2.2.
    said = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    assert canonical_json(said).decode() == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


@given(json_data)
def test_what_is_written_is_the_same_data_and_written_the_same_again(data: object) -> None:
    written = canonical_json(data)
    assert json.loads(written, parse_int=float) == data
    assert canonical_json(json.loads(written)) == written
    assert canonical_json(json.loads(json.dumps(data, indent=3))) == written


@pytest.mark.parametrize(
    "data", [float("nan"), float("inf"), {"a": [float("-inf")]}, "\ud800", {"\ud800": 1}]
)
def test_what_json_has_not_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        canonical_json(data)


def test_data_that_is_nested_too_deep_is_refused() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="too deep"):
        canonical_json(deep)
