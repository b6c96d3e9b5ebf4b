"""Typing errors are mended by the documents' own words, names that none has are told, secrets are kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.settings import Settings
from graphs.state import AskContext

MANUAL = "# Memory\n\nThe default of maintenance_work_mem is 64 megabytes. Every worker has its own memory.\n"
SECRET = "---\ngroups: [hr]\n---\n# Pay\n\nThe gratuity is paid in March. Its code is Wintergreen.\n"


@pytest.fixture(scope="module")
def pincite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pincite]:
    folder: Path = tmp_path_factory.mktemp("spelling")
    (folder / "docs").mkdir()
    (folder / "docs" / "memory.md").write_text(MANUAL, encoding="utf-8")
    (folder / "docs" / "pay.md").write_text(SECRET, encoding="utf-8")
    with open_pincite(Settings(home=folder / "home", eval_data=None)) as opened:
        with opened.corpus.writing() as (pipeline, writer):
            for outcome in pipeline.sync(discover([folder / "docs"], "docs"), "docs", writer):
                assert outcome.error is None
        yield opened


def test_a_typing_error_is_mended_and_said(pincite: Pincite) -> None:
    answer = pincite.ask("What is the defualt of maintanance_work_mem?")
    assert (answer.status, "64 megabytes" in answer.text) == ("answered", True)
    assert answer.notices == [
        'Searched for "default": no document has the word "defualt".',
        'Searched for "maintenance": no document has the word "maintanance".',
    ]


def test_what_the_documents_have_is_left_as_it_is(pincite: Pincite) -> None:
    assert not pincite.ask("What is the default of maintenance_work_mem?").notices


def test_a_name_that_no_document_has_is_said_to_be_absent(pincite: Pincite) -> None:
    answer = pincite.ask("What is the default of maintenance_worker_mem?")
    assert answer.status == "abstained"
    assert answer.abstention is not None
    assert '"maintenance_worker_mem"; the nearest names are maintenance_work_mem' in answer.abstention.reason
    assert answer.abstention.score is None, "no score stood in the way"
    assert pincite.ask("What is the default memory of PgBouncer?").status == "abstained"


def test_no_word_of_a_document_that_one_may_not_read_is_offered(pincite: Pincite) -> None:
    question = "When is the gratiuty paid?"
    assert pincite.ask(question).notices == []
    told = pincite.ask(question, context=AskContext(groups=["hr"])).notices
    assert told == ['Searched for "gratuity": no document has the word "gratiuty".']


def test_that_others_may_read_a_name_is_told_to_nobody(pincite: Pincite) -> None:
    there = pincite.ask("What is the memory of Wintergreen?")
    nowhere = pincite.ask("What is the memory of Summergreen?")
    reasons = [one.abstention.reason for one in (there, nowhere) if one.abstention is not None]
    assert [one.replace("Winter", "Summer") for one in reasons] == [reasons[1]] * 2
    mine = pincite.ask("What is Wintergreen paid in March?", context=AskContext(groups=["hr"]))
    assert mine.abstention is None or "has the name" not in mine.abstention.reason


def test_a_file_may_be_named(pincite: Pincite) -> None:
    assert not pincite.ask("What is the default of maintenance_work_mem in Some_Manual_Two.pdf?").notices
    assert pincite.ask("What is the default of maintenance_work_mem in memory.md?").status == "answered"


def test_a_key_in_a_question_is_no_name(pincite: Pincite) -> None:
    key = "sk-proj-" + "Ab3" * 16
    answer = pincite.ask(f"Tell me of zebras and quaggas, my key is {key}?")
    assert answer.status == "abstained"
    assert answer.abstention is not None
    assert "Ab3" not in answer.abstention.reason


def test_a_code_that_begins_with_a_figure_is_not_the_letters_in_it(pincite: Pincite) -> None:
    answer = pincite.ask("What does 64P01 say of zebras and quaggas?")
    assert answer.abstention is not None
    assert "P01" not in answer.abstention.reason


def test_a_noun_of_another_language_is_no_name(pincite: Pincite) -> None:
    answer = pincite.ask("Wie hoch ist die Standardeinstellung von maintenance_work_mem?")
    assert answer.abstention is None or "Standardeinstellung" not in answer.abstention.reason
    absent = pincite.ask("Wie hoch ist die Standardeinstellung von maintenance_worker_mem?").abstention
    assert absent is not None
    assert '"maintenance_worker_mem"' in absent.reason
