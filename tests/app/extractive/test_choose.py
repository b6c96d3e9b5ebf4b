"""What of the scored sentences becomes the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.extractive.choose import choose
from app.extractive.sentence_scores import Candidate
from graphs.state import EvidencePassage


def passage(title: str) -> EvidencePassage:
    return EvidencePassage(
        doc_id=title,
        version="v",
        start=0,
        end=0,
        text="",
        title=title,
        uri="",
        headings=[],
        page=None,
        scores={},
    )


PLAIN = [passage("A"), passage("B"), passage("C")]


def candidate(text: str, score: float, source: int = 1, start: int = 0, **more: object) -> Candidate:
    return Candidate(text, (text,), source, start, score, **more)  # type: ignore[arg-type]


def texts(question: str, found: list[Candidate], evidence: list[EvidencePassage] = PLAIN) -> list[str]:
    return [one.text for one in choose(question, found, evidence, 3)]


def test_the_best_passage_comes_first_and_its_sentences_stand_in_their_order() -> None:
    found = [
        candidate("Delta goes fourth today.", 1.0, 2, 50),
        candidate("Alpha goes first somewhere.", 0.95, 1, 0),
        candidate("Gamma stands before delta here.", 0.9, 2, 10),
    ]
    assert [one.start for one in choose("Who goes?", found, PLAIN, 3)] == [10, 50, 0]


def test_nothing_is_said_twice_and_the_far_worse_is_left_out() -> None:
    found = [
        candidate("Returns are free for thirty days.", 1.0),
        candidate("Returns are free for thirty days here.", 0.99, 2),
        candidate("Something else entirely was said.", 0.5, 3),
    ]
    assert texts("Are returns free?", found) == ["Returns are free for thirty days."]


def test_sentences_that_differ_in_a_figure_are_not_the_same() -> None:
    found = [
        candidate("Exports are limited to 50 rows.", 1.0),
        candidate("Exports are limited to 90 rows.", 0.99, 2),
    ]
    assert len(texts("How many rows?", found)) == 2


def test_of_two_editions_the_newer_answers() -> None:
    evidence = [passage("Returns Policy 2024"), passage("Returns Policy 2026 (Europe)")]
    found = [
        candidate("A lamp may be returned within 14 days.", 1.0, 1),
        candidate("A lamp may be returned within 30 days.", 0.95, 2),
    ]
    assert texts("How long may I keep a lamp?", found, evidence) == [found[1].text]
    assert texts("How long could I keep a lamp in 2024?", found, evidence) == [found[0].text]
    assert len(texts("How do the lamp's periods of 2024 and 2026 differ?", found, evidence)) == 2


def test_both_editions_that_are_named_are_kept() -> None:
    evidence = [passage("Returns Policy 2024"), passage("Returns Policy 2026")]
    found = [
        candidate("A lamp may be returned within 14 days.", 1.0, 1),
        candidate("A lamp may be returned within 30 days.", 0.95, 2),
    ]
    assert len(texts("What were the days for a lamp in 2024 and in 2026?", found, evidence)) == 2


def test_a_comparison_takes_the_twin_before_what_is_nearer() -> None:
    found = [
        candidate("A parent has 18 weeks at full pay.", 1.0, 1),
        candidate("Leave is asked for in the portal.", 0.9, 1, 50),
        candidate("A parent has 14 weeks at full pay.", 0.75, 2),
    ]
    answer = choose("Compare the leave of parents here and there", found, PLAIN, 2)
    assert [one.text for one in answer] == [found[0].text, found[2].text]


def test_what_only_the_older_edition_says_is_kept() -> None:
    evidence = [passage("Returns Policy 2024"), passage("Returns Policy 2026")]
    found = [candidate("Lamps are sent to the depot in Ghent.", 1.0, 1), candidate("We sell lamps.", 0.4, 2)]
    assert texts("Where do lamps go?", found, evidence) == [found[0].text]


def test_what_is_about_another_product_is_not_added() -> None:
    evidence = [passage("Lamp notes"), passage("Lamp notes"), passage("L2 manual")]
    found = [
        candidate("A lamp L2 keeps its charge for 14 days.", 1.0, 1),
        candidate("A lamp L9 keeps its light for a week.", 0.99, 2),
        candidate("The charge shows as a green bar.", 0.98, 3),
    ]
    assert texts("What does a lamp L2 keep?", found, evidence) == [found[0].text, found[2].text]


def test_every_part_of_a_question_gets_its_sentence() -> None:
    found = [
        candidate("Version 5 mends the clock.", 1.0, 1, 0, parts=(1.0, 0.5)),
        candidate("The clock is blue and round.", 0.86, 2, 0, parts=(0.6, 0.5)),
        candidate("All lamps had the update by 7 July.", 0.81, 3, 0, parts=(0.4, 0.9)),
    ]
    answer = texts("Which version mends the clock, and when did all have it?", found)
    assert found[0].text in answer
    assert found[2].text in answer


def test_where_the_best_holds_it_less_is_added() -> None:
    found = [
        candidate("Lamps are covered for 24 months.", 1.0, complete=True),
        candidate("The shop is in Ghent.", 0.88, 2),
    ]
    assert texts("How long are lamps covered?", found) == [found[0].text]
    assert len(texts("What about lamps?", [candidate(found[0].text, 1.0), found[1]])) == 2


@pytest.mark.parametrize("asks", [False, True])
def test_another_row_of_the_same_table_answers_only_a_comparison(asks: bool) -> None:
    rows = [
        Candidate("Plan: Team; Price: 6", ("| Plan | Price |", "| Team | 6 |"), 1, 20, 1.0),
        Candidate("Plan: Solo; Price: 4", ("| Plan | Price |", "| Solo | 4 |"), 1, 10, 0.93),
    ]
    question = "Compare the prices of the plans" if asks else "What is the price of the plan?"
    assert len(texts(question, rows)) == 1 + asks


@given(
    st.lists(
        st.builds(
            candidate,
            st.text("abcd 12.", min_size=1, max_size=30),
            st.floats(0, 1.3),
            st.integers(1, 3),
            st.integers(0, 50),
        ),
        max_size=12,
    ),
    st.integers(1, 4),
)
def test_never_more_than_asked_never_what_was_not_found(found: list[Candidate], most: int) -> None:
    ranked = sorted(found, key=lambda one: -one.score)
    chosen = choose("How long is it?", ranked, PLAIN, most)
    assert len(chosen) <= most
    assert bool(chosen) == bool(found)
    assert all(one in found for one in chosen)
