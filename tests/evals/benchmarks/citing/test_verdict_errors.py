from __future__ import annotations

from evals.benchmarks.citing.judged_claims import JudgedClaim, paraphrases
from evals.benchmarks.citing.verdict_errors import checked, rates, report, rules, worse

SOURCE = "Customers may return any device within 30 days of delivery."


def claims() -> list[JudgedClaim]:
    said = [
        (SOURCE, True),
        ("Customers may return any device within 45 days of delivery.", False),
        ("Devices go back to us for 30 days by any of our customers after delivery.", True),
        (SOURCE.replace("return", "sell"), False),
    ]
    return [JudgedClaim("own", str(n), text, (SOURCE,), right) for n, (text, right) in enumerate(said)]


def test_errors_are_counted_by_what_people_said() -> None:
    found = rates(checked(claims()))
    assert (found["right"], found["wrong"]) == (2, 2)
    assert found["verified"] == found["verified_right"] == 1
    assert found["pass"] == 1
    assert found["pass_verified"] == 0


def test_a_rule_is_held_against_what_it_hits() -> None:
    table = rules(checked(claims()))
    assert table["reworded"][0] >= 1


def test_a_rate_is_worse_only_beyond_chance() -> None:
    before = {"right": 100, "wrong": 100, "strip": 10, "pass": 10, "pass_verified": 0}
    assert worse(before | {"strip": 14}, before) == []
    assert worse(before | {"strip": 30}, before) == ["strip: 30 of 100, was 10 of 100"]
    assert worse(before | {"pass_verified": 5}, before)


def test_both_halves_of_our_own_have_a_true_and_a_false_sentence_of_each_fact() -> None:
    for half in ("dev", "test"):
        own = paraphrases(half)
        assert len(own) == 200
        assert sum(one.right for one in own) == 100
        assert len({one.group for one in own}) == 100


def test_the_page_has_a_row_for_each_set() -> None:
    page, data = report({"own": checked(claims())}, 10.0)
    assert "| own | 2 / 2 |" in page
    assert data["sets"]["own"]["right"] == 2
