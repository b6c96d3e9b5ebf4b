"""Filters that a question states in its own words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.compose import Pincite
from app.retrieval.question_filters import QuestionFilters
from graphs.state import AskContext
from tests.support.index import filled_index, new_document

TAKES = "# Installing\n\nInstalling the firmware takes {} minutes on the bench."
OLD = new_document("file:///old.md", TAKES.format("six"), version="2.4", product="Kettle", date="2025-03-01")
NEW = new_document(
    "file:///new.md", TAKES.format("two"), version="3", product="Kettle Pro", date="2026-03-01"
)
SECRET = new_document("file:///secret.md", TAKES.format("no"), version="9.9", groups=["board"])
ANY = AskContext(gate=0.0)


@pytest.fixture(scope="module")
def pincite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pincite]:
    with filled_index(tmp_path_factory.mktemp("filters"), [OLD, NEW, SECRET]) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("How long does it take in version 2.4?", {"version": ["2.4"]}),
        ("How long does it take in v2.4?", {"version": ["2.4"]}),
        ("Did it change between version 2.4 and version 3?", {"version": ["2.4", "3"]}),
        ("How do I press 3 buttons in 2.4 seconds?", {}),
        ("How long does the kettle pro take?", {"product": ["Kettle", "Kettle Pro"]}),
        ("What held on 2025-03-01?", {"date": ["2025-03-01"]}),
        ("What held in 2025?", {}),
        ("version", {}),
        ("", {}),
    ],
)
def test_a_value_counts_where_it_is_meant(
    pincite: Pincite, question: str, found: dict[str, list[str]]
) -> None:
    finder = QuestionFilters(pincite.registry, ["version", "product", "date"])
    assert finder(question, ()) == found


def test_only_values_of_documents_the_asker_may_read_are_known(pincite: Pincite) -> None:
    finder = QuestionFilters(pincite.registry, ["version"])
    assert finder("And in version 9.9?", ()) == {}
    assert finder("And in version 9.9?", ["board"]) == {"version": ["9.9"]}
    assert finder("And in version 9.9?", ()) == {}


def test_no_keys_find_nothing(pincite: Pincite) -> None:
    assert QuestionFilters(pincite.registry, [])("version 2.4", ()) == {}


def test_an_answer_is_from_the_version_the_question_names_and_says_so(pincite: Pincite) -> None:
    answer = pincite.ask("How long does installing the firmware of version 2.4 take?", context=ANY)
    assert answer.status == "answered"
    assert {citation.uri for citation in answer.citations} == {OLD.uri}
    assert "Searched only where version is 2.4, as the question says." in answer.notices
    assert answer.receipt["retrievals"][0]["filters"] == {"version": ["2.4"]}


def test_what_the_caller_states_stands(pincite: Pincite) -> None:
    answer = pincite.ask(
        "How long does installing the firmware of version 2.4 take?",
        filters={"version": "3"},
        context=ANY,
    )
    assert {citation.uri for citation in answer.citations} == {NEW.uri}
    assert not any("as the question says" in notice for notice in answer.notices)


def test_a_second_look_is_not_narrowed(pincite: Pincite) -> None:
    answer = pincite.ask("Who was the first mayor of the town in version 2.4?", context=AskContext(gate=0.99))
    assert answer.status == "abstained"
    assert [one["filters"] for one in answer.receipt["retrievals"]] == [{"version": ["2.4"]}, {}]
    assert not any("as the question says" in notice for notice in answer.notices)
