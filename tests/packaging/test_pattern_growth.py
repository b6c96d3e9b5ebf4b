"""No regular expression of ours grows faster than its text: each is put to repetitions of its own marks."""

from __future__ import annotations

import re

import pytest

from evals.benchmarks.safety.patterns import BOUNDED, FoundPattern, growing, patterns

EVERY = patterns()


def test_patterns_are_found_in_modules_classes_and_collections() -> None:
    names = {one.name for one in EVERY}
    assert {"app.safety.links._ACTIVE", "graphs.text.quantities._CODE"} <= names
    assert len(EVERY) > 200


@pytest.mark.parametrize(
    ("pattern", "grows"),
    [
        (re.compile(r"\s+$"), True),
        (re.compile(r"(?<!\s)\s+$"), False),
        (re.compile(r"\[[^\]]*\]"), True),
        (re.compile(r"(?:a|b)+;"), True),
        (re.compile(r"(?:a?b+){3,};"), True),
        (re.compile(r"[ab]{1,9};"), False),
    ],
    ids=["spaces", "spaces once", "brackets", "choice", "nested", "bounded"],
)
def test_growth_is_seen(pattern: re.Pattern[str], grows: bool) -> None:
    assert (growing(FoundPattern("here", pattern)) is not None) == grows


@pytest.mark.parametrize("module", sorted({one.name.rpartition(".")[0] for one in EVERY}))
def test_no_pattern_grows_faster_than_its_text(module: str) -> None:
    if module in BOUNDED:
        pytest.skip(BOUNDED[module])
    mine = [one for one in EVERY if one.name.rpartition(".")[0] == module]
    assert [found for one in mine if (found := growing(one))] == []
