"""Labels of servers restrict; what cannot be read restricts most."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.policy.ifc import read_ifc

PRIVATE = frozenset({frozenset({"hub:private"})})


@pytest.mark.parametrize(
    ("label", "clauses", "public", "said"),
    [
        ({"integrity": "trusted", "confidentiality": "public"}, frozenset(), True, "public"),
        ({"integrity": "untrusted", "confidentiality": ["public"]}, frozenset(), True, "public"),
        ({"integrity": "high", "confidentiality": ["public"]}, frozenset(), True, "public"),
        ({"integrity": "untrusted", "confidentiality": "private"}, PRIVATE, False, "private"),
        ({"integrity": "low", "confidentiality": []}, PRIVATE, False, "private"),
        (
            {"integrity": "trusted", "confidentiality": ["ann", "bob"]},
            frozenset({frozenset({"hub:ann", "hub:bob"})}),
            False,
            "readers",
        ),
        ({"integrity": "trusted", "confidentiality": ["public", "ann"]}, PRIVATE, False, "unreadable"),
        ({"integrity": "trusted", "confidentiality": "user_identity"}, PRIVATE, False, "unreadable"),
        ({"integrity": "trusted"}, PRIVATE, False, "unreadable"),
        ({"confidentiality": "public"}, PRIVATE, False, "unreadable"),
        ({"integrity": "perhaps", "confidentiality": "public"}, PRIVATE, False, "unreadable"),
        ({"integrity": "trusted", "confidentiality": [7]}, PRIVATE, False, "unreadable"),
        ({"integrity": "trusted", "confidentiality": ["x"] * 101}, PRIVATE, False, "unreadable"),
        ("public", PRIVATE, False, "unreadable"),
        (None, PRIVATE, False, "unreadable"),
    ],
)
def test_what_a_label_says(label: Any, clauses: Any, public: bool, said: str) -> None:
    found = read_ifc("hub", {"ifc": label})
    assert found is not None
    assert (found.clauses, found.public, found.said) == (clauses, public, said)


@pytest.mark.parametrize("meta", [None, {}, {"other": 1}])
def test_no_label_is_none(meta: Any) -> None:
    assert read_ifc("hub", meta) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(_JSON)
def test_whatever_it_is_nothing_but_public_permits(label: Any) -> None:
    found = read_ifc("hub", {"ifc": label})
    assert found is not None
    assert found.public or found.clauses
