from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.drafting.follow_up import MOST_CHARACTERS, stand_alone

SUITE = Path(__file__).parents[3] / "evals" / "datasets" / "isbrook" / "questions.jsonl"


def after(*questions: str) -> str:
    """The last of them, made to stand alone."""
    return stand_alone(questions[-1], [(question, "") for question in questions[:-1]])


@pytest.mark.parametrize(
    ("questions", "stands_alone"),
    [
        (("What is the limit of API v2?", "And of v1?"), "What is the limit of API v1?"),
        (("What does the Wren T1 cost?", "And the TH2?"), "What does the Wren TH2 cost?"),
        (("What does E-201 mean?", "E-212?"), "What does E-212 mean?"),
        (("What does the Team plan cost?", "And Regulated?"), "What does the Regulated plan cost?"),
        (("How many leave days has Ghent?", "And the US?"), "How many leave days has the US?"),
        (("Who manages the office in Lisbon?", "And the one in Oslo?"), "Who manages the office in Oslo?"),
        (("How fast is severity 1 answered?", "and severity 3?"), "How fast is severity 3 answered?"),
        (("How long is the T1 revision B sold?", "revision A?"), "How long is the T1 revision A sold?"),
        (("What is the dose for adults?", "And for children?"), "What is the dose for children?"),
        (("How long is a book lent?", "and a film?"), "How long is a film lent?"),
        (("What is cache.size in Osprey?", "log.level?"), "What is log.level in Osprey?"),
        (
            ("What is the port of Falcon?", "And of the other server?"),
            "What is the port of the other server?",
        ),
        (
            ("How long may a G3 be returned?", "Who pays for it?"),
            "How long may a G3 be returned? Who pays for it?",
        ),
        (("Is the G3 in stock?", "the price?"), "Is the G3 in stock? the price?"),
        (("When does the office open?", "Is there parking?"), "When does the office open? Is there parking?"),
    ],
)
def test_what_is_named_takes_the_place_of_what_was(questions: tuple[str, ...], stands_alone: str) -> None:
    assert after(*questions) == stands_alone


def test_the_subject_outlives_a_second_follow_up() -> None:
    asked = "What is the default of Falcon's port?"
    assert after(asked, "Does changing it need a restart?", "And for Osprey?") == (
        "What is the default of Osprey's port? Does changing it need a restart?"
    )
    assert after(asked, "Who may change it?", "thanks", "What is it for?") == f"{asked} What is it for?"


def test_a_new_question_ends_the_old_subject() -> None:
    assert after("What costs the C300?", "Who leads the site in Tartu?", "And in Columbus?") == (
        "Who leads the site in Columbus?"
    )


@pytest.mark.parametrize(
    "question",
    [
        "What is the warranty of the G2 gateway in Norway?",
        "Is there a limit that applies to customer gifts?",
        "Can one gateway be used for several companies?",
        "Why did the blood bank in Ohio lose its sensors every night?",
        "What does it cost to extend a warranty?",
        "We are selling our gateways. Does the guarantee go with them?",
        "When is a webhook sent for a gateway if it is offline?",
        "Do I need to install software on this computer to use Roost?",
        "laura bush",
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    assert after("What does the Team plan cost?", question) == question


def test_questions_of_the_suite_are_left_alone_after_one_another() -> None:
    asked = [json.loads(line) for line in SUITE.read_text(encoding="utf-8").splitlines()]
    alone = [one["question"] for one in asked if not one.get("history")]
    changed = [two for one, two in pairwise(alone) if after(one, two) != two]
    assert len(changed) <= 0.03 * len(alone), changed


@given(st.lists(st.text(max_size=80), min_size=1, max_size=5))
def test_the_first_question_is_never_changed_and_the_last_one_never_lost(questions: list[str]) -> None:
    assert after(questions[0]) == questions[0]
    assert isinstance(after(*questions), str)


def test_long_messages_take_no_long_time() -> None:
    begun = time.process_time()
    after(*["And for the Team plan, is it in its of that one " * 2000] * 3)
    after(*["And for the Team plan, is it in its of that one " * (MOST_CHARACTERS // 50)] * 9)
    assert time.process_time() - begun < 2
