"""The table of what may be called, what a person is asked about, and what is refused."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.policy.decide import LONGEST, REVIEWED, decide, rule_of_two
from tools.policy.declaration import LEVELS, UNDECLARED, ToolDeclaration
from tools.policy.labels import Labels

ACME = frozenset({"acme"})
HR = frozenset({frozenset({"hr"})})
QUESTION = Labels("trusted", ACME)
PAGE = Labels("untrusted", ACME)
SECRET = Labels("untrusted", ACME, HR)
WEB = Labels("untrusted")

LOOKS = ToolDeclaration(reads=True, writes=False, sends_out=False, accepts_untrusted=True, highest="groups")
RECKONS = ToolDeclaration(
    reads=False, writes=False, sends_out=False, accepts_untrusted=True, highest="groups"
)
STRICT = ToolDeclaration(reads=True, writes=False, sends_out=False, highest="groups")
HANDS_ON = ToolDeclaration(reads=False, writes=True, sends_out=False, highest="groups")
MAILS = ToolDeclaration(reads=False, writes=False, sends_out=True, highest="tenant")
WEATHER = ToolDeclaration(reads=False, writes=False, sends_out=True, accepts_untrusted=True, highest="public")

TABLE = [
    (LOOKS, PAGE, "allow"),
    (LOOKS, SECRET, "allow"),
    (RECKONS, SECRET, "allow"),
    (STRICT, QUESTION, "allow"),
    (STRICT, PAGE, "ask"),
    (HANDS_ON, QUESTION, "allow"),
    (HANDS_ON, PAGE, "ask"),
    (HANDS_ON, SECRET, "ask"),
    (MAILS, QUESTION, "allow"),
    (MAILS, PAGE, "ask"),
    (MAILS, SECRET, "deny"),
    (WEATHER, WEB, "allow"),
    (WEATHER, QUESTION, "deny"),
    (WEATHER, PAGE, "deny"),
    (UNDECLARED, QUESTION, "allow"),
    (UNDECLARED, PAGE, "ask"),
    (UNDECLARED, SECRET, "deny"),
    (MAILS, Labels("untrusted", frozenset({"acme", "other"})), "deny"),
]


@pytest.mark.parametrize(("declaration", "labels", "action"), TABLE)
def test_the_table(declaration: ToolDeclaration, labels: Labels, action: str) -> None:
    decision = decide(declaration, {"a": "b"}, labels)
    assert decision.action == action
    assert decision.why
    assert "\n" not in decision.why


@pytest.mark.parametrize(
    ("arguments", "action"),
    [
        ({"text": "a" * REVIEWED}, "deny"),
        ({"text": "pay\u202eEUR 5"}, "deny"),
        ({"text": "in\u200bvisible"}, "deny"),
        ({"items": [{"a\U000e0041": 1}]}, "deny"),
        ({"text": "two\nlines\tof “words”, 5 €"}, "ask"),
        ({}, "ask"),
        ({"text": "می\u200cخواهم 👩\u200d💻"}, "ask"),
        ({"text": "pay\u200cpal"}, "deny"),
        ({"text": "می\u200c\u200dخواهم"}, "deny"),
    ],
)
def test_a_person_is_asked_about_what_can_be_read_and_nothing_else(
    arguments: dict[str, Any], action: str
) -> None:
    assert decide(HANDS_ON, arguments, PAGE).action == action


def test_no_tool_is_given_without_end() -> None:
    assert decide(RECKONS, {"text": "a" * LONGEST}, QUESTION).action == "deny"


ALL = [
    ToolDeclaration(reads, writes, sends_out, accepts_untrusted, highest)
    for reads, writes, sends_out, accepts_untrusted in product((True, False), repeat=4)
    for highest in LEVELS
]
LABELS = [
    Labels(integrity, tenants, clauses)
    for integrity in ("trusted", "untrusted")
    for tenants, clauses in ((frozenset(), frozenset()), (ACME, frozenset()), (ACME, HR))
]


@given(st.sampled_from(ALL), st.sampled_from(LABELS), st.sampled_from(LABELS))
def test_what_derives_from_more_is_never_allowed_more(
    declaration: ToolDeclaration, one: Labels, other: Labels
) -> None:
    order = ("allow", "ask", "deny")
    alone = decide(declaration, {}, one).action
    assert order.index(decide(declaration, {}, one.join(other)).action) >= order.index(alone)


@pytest.mark.parametrize("declaration", ALL)
def test_what_is_in_a_graph_never_has_all_three_without_a_person(declaration: ToolDeclaration) -> None:
    allowed = [one for one in LABELS if decide(declaration, {}, one).action == "allow"]
    untrusted = [one for one in allowed if one.integrity == "untrusted"]
    private = declaration.reads or any(one.level != "public" for one in untrusted)
    if not rule_of_two("it", declaration):
        assert not (untrusted and private and declaration.acts)


def test_the_rule_names_the_tool_and_what_to_declare_in_one_line() -> None:
    told = rule_of_two("mail", ToolDeclaration(accepts_untrusted=True))
    assert "'mail'" in told
    assert "accepts_untrusted=False" in told
    assert "\n" not in told
    assert not rule_of_two("mail", UNDECLARED)
    assert not rule_of_two("weather", WEATHER)
