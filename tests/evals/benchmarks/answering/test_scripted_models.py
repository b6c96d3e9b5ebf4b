from __future__ import annotations

from collections import Counter

from evals.benchmarks.answering.scripted_models import (
    CHARACTERS,
    SEEN,
    Scripted,
    facts,
    knows,
    nearest,
    report,
    says_yes,
)


def test_every_fact_has_three_different_sentences() -> None:
    made = facts()
    assert len(made) == len(facts("dev")) + len(facts("test")) == 200
    assert all(len({fact.true, fact.false, fact.other_false}) == 3 for fact in made)


def test_the_best_reader_knows_and_the_worst_says_yes() -> None:
    made = facts("dev")[:5]
    reader = knows(made)
    assert reader(made[0].true, "some words of it")[0] == "supported"
    assert reader(made[0].false, "some words of it")[0] == "contradicted"
    assert says_yes(made[0].false, "some words of it") == ("supported", "some words of")


def test_the_passage_with_the_evidence_is_named() -> None:
    passages = ["Returns are free.", "Intro. The warranty lasts 24 months. More."]
    assert nearest(passages, "The warranty lasts 24 months.") == (2, "The warranty lasts 24 months.")


def test_an_inventor_invents_again_and_a_repeater_repeats() -> None:
    model = Scripted()
    model.fact = facts("dev")[0]
    asked = {"messages": [{"content": "[1] A\n<passage x>\nReturns are free.\n</passage x>"}]}
    for character in CHARACTERS[3:]:
        model.character, model.drafts = character, 0
        wrote = [model(asked).arguments["claims"][0]["text"] for _ in range(2)]  # type: ignore[index]
        assert (wrote[0] == wrote[1]) is (character.name.startswith("repeater"))


def test_shares_are_of_all_questions() -> None:
    page = report({"none": {"inventor": Counter({SEEN[0]: 1, SEEN[3]: 3})}})
    assert "| inventor | 0.25" in page
    assert "4 questions" in page
