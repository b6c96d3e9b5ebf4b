"""Where the checks do not know a language's small words, nothing but its own words is verified."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from graphs.citing.language import is_known
from graphs.citing.verdict import Cited, check_claim

CLAIMS = yaml.safe_load(
    (Path(__file__).parents[3] / "evals/datasets/languages/claims.yaml").read_text(encoding="utf-8")
)
WRONG = [
    (one["language"], kind, claim, one["source"])
    for one in CLAIMS
    for kind in ("denial", "number", "unit")
    for claim in one[kind]
]


@pytest.mark.parametrize(("language", "kind", "claim", "source"), WRONG)
def test_a_wrong_claim_in_any_language_is_never_verified(
    language: str, kind: str, claim: str, source: str
) -> None:
    verdict, checks = check_claim(claim, [Cited(source)])
    assert verdict == "unsupported" if kind == "number" else verdict != "verified", checks


@pytest.mark.parametrize("one", CLAIMS, ids=[one["language"] for one in CLAIMS])
def test_a_language_other_than_english_is_seen(one: dict[str, str]) -> None:
    assert not is_known(one["source"])


def test_english_is_known() -> None:
    assert is_known("The warranty does not cover damage by water.")


def test_an_english_claim_is_verified_in_other_words_order() -> None:
    source = "Within 30 days, customers may return the device."
    assert check_claim("Customers may return the device within 30 days.", [Cited(source)])[0] == "verified"
