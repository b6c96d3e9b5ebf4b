"""Forgetting: no file holds it afterwards, what others have stays, and a kill changes nothing of that."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.answers.files import GivenAnswer
from app.answers.redacted_document import FORGOTTEN, TOMBSTONE
from app.answers.verification import verify_answers
from app.api.standing import standing
from app.compose import Pincite, open_pincite
from app.controls.budgets.accounts import Cost
from app.conversations.keeping import CacheSettings
from app.conversations.store import COMMAND_LINE
from app.forgetting.named import ForgetError
from app.ingestion.discover import discover
from app.registry.new_document import doc_id_of
from app.settings import RetrievalSettings, Settings
from app.toolbox.question_queue import questions_of
from graphs.calling.budget import Payer
from graphs.state import AskContext
from tests.support.budgets import call, ledger
from tests.support.chroma_server import serve_chroma
from tests.support.cli import Command
from tests.support.left_words import left_in

DOSSIER = """---
title: Report on Frobnicate
author: Zebulon Quackenbush
---
# The Frobnicate incident

<!-- Snollygoster was here -->

The warehouse incident lasted {weeks} weeks and ended in Ouagadougou.

Zebulon Quackenbush paid 7771234 EUR for the warehouse incident, says the Kakistocracy.
"""
OTHER = "# Holidays\n\nEverybody has 28 days of paid holiday each year.\n\nThe canteen opens at noon.\n"
RARE = ["frobnicate", "snollygoster", "ouagadougou", "zebulon", "quackenbush", "7771234", "kakistocracy",
        "zugzwang"]  # fmt: skip
USERS = ("ann", "bob", "cleo")
ASKED = [
    "How many weeks did the warehouse incident last?",
    "Where did the warehouse incident end?",
    "Who paid for the warehouse incident?",
]
URI = "source://team/zugzwang.md"
DOC = doc_id_of(URI)


@pytest.fixture(params=["rows", "chroma"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        cache=CacheSettings(answers=True),
        retrieval=RetrievalSettings(vector_store=request.param),
    )


@pytest.fixture
def filled_in(settings: Settings, tmp_path: Path) -> Iterator[Pincite]:
    """A document with an older version, cited by ten answers in threads of three people, and others."""
    folder = tmp_path / "team"
    folder.mkdir()
    (folder / "holidays.md").write_text(OTHER)
    for number in range(4):
        (folder / f"page {number}.md").write_text(
            f"# Page {number}\n\nTravel rule {number} is about trains.\n"
        )
    with open_pincite(settings) as pincite:
        for weeks in (19, 21):
            (folder / "zugzwang.md").write_text(DOSSIER.format(weeks=weeks))
            with pincite.corpus.writing() as (pipeline, writer):
                list(pipeline.add(discover([folder], "team"), "team", writer))
            for user in USERS:
                for question in ASKED[: 2 if weeks == 19 else 1]:
                    pincite.ask(question, thread_id="work", context=AskContext(user=user))
        pincite.ask(ASKED[2], context=AskContext(user="ann"))
        pincite.ask(
            "How many days of paid holiday are there?", thread_id="fun", context=AskContext(user="bob")
        )
        questions_of(settings.home / "default").put("What is the Kakistocracy?", {"user": "dora"})
        yield pincite


def test_a_forgotten_document_is_in_no_file_and_its_answers_say_that_its_source_was_removed(
    filled_in: Pincite, settings: Settings, tmp_path: Path
) -> None:
    answers = [json.loads(words) for _, _, words in filled_in.corpus.answers.texts()]
    citing = [one["id"] for one in answers if any(c["doc_id"] == DOC for c in one["citations"])]
    assert len(citing) == 10
    assert len(filled_in.registry.versions(DOC)) == 2
    before = {line.rpartition(" ")[2] for line in left_in(settings.home, RARE)}
    assert before == set(RARE), "the second look finds what is there"

    report = filled_in.forget(document=DOC)

    assert report.done, report.proof.left
    assert report.proof.words >= len(RARE)
    assert left_in(settings.home, RARE) == []
    counts = {one.what: one.count for one in report.removed}
    assert counts["versions of its text"] == 2
    assert counts["hidden texts"] == 1
    assert counts["questions for people that hold its words"] == 1
    assert counts["cache of drafts, all of them"] == 1
    for answer_id in citing:
        shown = filled_in.corpus.answers.get(answer_id)
        assert "was removed for good" in shown["notices"][-1]
        assert shown["question"] in ASKED
        assert all(one["doc_id"].startswith(TOMBSTONE) for one in shown["citations"])
        assert all(one["text"] == FORGOTTEN for one in shown["claims"])
    kept = [GivenAnswer.model_validate(one) for one in filled_in.corpus.answers.every()]
    states = {one.citation.doc_id[:10]: one.why for of in verify_answers(filled_in.registry, kept)
              for one in of.citations}  # fmt: skip
    assert states[TOMBSTONE] == "its source was removed for good"
    answer = filled_in.ask("How many days of paid holiday are there?")
    assert "28 days" in answer.text
    assert not answer.notices
    with pytest.raises(ForgetError, match="no document"):
        filled_in.forget(document=DOC)
    filled_in.close()
    with open_pincite(settings) as again:
        assert "28 days" in again.ask("How many days of paid holiday are there?").text
        assert "Ouagadougou" not in again.ask("Where did the warehouse incident end?").text
        # Chroma writes some of this test's memory into its files when it reads, until the next run of writes.
        with again.corpus.writing():
            pass
    assert left_in(settings.home, RARE) == []


def test_a_document_that_was_removed_before_is_forgotten_too(filled_in: Pincite, settings: Settings) -> None:
    with filled_in.corpus.writing() as (_, writer):
        writer.remove(DOC)
    assert left_in(settings.home, ["ouagadougou"])
    assert filled_in.forget(document=DOC).done
    assert left_in(settings.home, RARE) == []


def test_a_persons_things_go_and_nobody_elses(filled_in: Pincite, settings: Settings) -> None:
    filled_in.ask("Does Xylophagous eat wood?", thread_id="odd one", context=AskContext(user="Perpetua M"))
    filled_in.ask("May Perpetua M come along, says Xylophagous?", context=AskContext(user="Perpetua M"))
    questions_of(settings.home / "default").put("Xylophagous?", {"user": "Perpetua M"})
    ledger(settings.home / "default", user_day_usd=1).reserve(call(Payer("r", "Perpetua M")), Cost(1, 1))
    places = filled_in.corpus.places()
    places.keys.issue("a", user="Perpetua M", tenant="default")
    places.audit.note("Perpetua M", "keys.issue", "Perpetua M")
    stored = filled_in.corpus.answers.list(user="Perpetua M")[0].id
    places.feedback.put(stored, "Perpetua M", "down", comment="no Xylophagous")
    assert left_in(settings.home, ["xylophagous", "perpetua m"])
    others = len(filled_in.corpus.answers.list())
    report = filled_in.forget(user="Perpetua M")
    assert report.done, report.proof.left
    assert left_in(settings.home, ["xylophagous", "perpetua"]) == []
    counted = Counter[str]()
    for one in report.removed:
        counted[one.place] += one.count
    assert counted == {
        "answers.sqlite": 3, "threads.sqlite": 1, "questions.sqlite": 1, "answer_cache.sqlite": 1,
        "ledger.sqlite": 1, "keys.sqlite": 1, "audit.sqlite": 2,
    }  # fmt: skip
    assert len(filled_in.corpus.answers.list()) == others - 2
    assert {one.user for one in filled_in.corpus.conversations.list()} == set(USERS)
    with pytest.raises(ForgetError, match="nothing is kept"):
        filled_in.forget(user="Perpetua M")
    ledger(settings.home / "default", user_day_usd=1).reserve(call(Payer("r", "Perpetua M")), Cost(1, 1))
    assert filled_in.forget(user="Perpetua M").done, "who only paid is forgotten too"


def test_a_conversation_goes_with_its_answers_and_another_of_the_same_name_stays(
    filled_in: Pincite, settings: Settings
) -> None:
    for user in ("ann", "bob"):
        filled_in.ask(f"Is {user} a Xylophagous{user}?", thread_id="odd", context=AskContext(user=user))
    answers = len(filled_in.corpus.answers.list())
    report = filled_in.forget(thread="odd", user="ann")
    assert report.done, report.proof.left
    assert left_in(settings.home, ["xylophagousann"]) == []
    assert left_in(settings.home, ["xylophagousbob"])
    assert len(filled_in.corpus.answers.list()) == answers - 1
    names = [(one.user, one.name) for one in filled_in.corpus.conversations.list()]
    assert ("ann", "odd") not in names
    assert {("bob", "odd"), ("ann", "work")} <= set(names)


def test_what_is_left_is_said_with_its_place_and_makes_the_exit_code_1(
    filled: Command, tmp_path: Path
) -> None:
    (filled.home / "default" / "copy.txt").write_bytes("a note on SwitchedOnlyHere".encode("utf-16"))
    (tmp_path / "odd.md").write_text("The codeword is Switchedonlyhere.\n")
    filled("add", tmp_path / "odd.md")
    done = filled("forget", "--document", "odd")
    assert done.code == 1, done
    assert "LEFT" in done.out
    assert "switchedonlyhere: default/copy.txt, byte" in done.out
    (filled.home / "default" / "copy.txt").unlink()
    done = filled("forget", "--prove", "Switchedonlyhere")
    assert (done.code, done.out.count("none is left")) == (0, 1), done


def test_a_question_that_names_the_document_stays_as_its_askers(filled: Command, tmp_path: Path) -> None:
    (tmp_path / "odd.md").write_text("Quackenbush pays the Frobnicate tax on 7 May.\n")
    filled("add", tmp_path / "odd.md")
    answer = json.loads(filled("ask", "When does Quackenbush pay the Frobnicate tax?", "--json").out)
    assert answer["status"] == "answered"
    done = filled("forget", "--document", "odd", "--json")
    (report,) = json.loads(done.out)
    assert (done.code, report["proof"]["left"]) == (0, []), done
    stays = {one["word"]: one["file"] for one in report["proof"]["stays"]}
    assert stays == dict.fromkeys(("quackenbush", "frobnicate"), "default/answers.sqlite")
    shown = json.loads(filled("answers", "show", answer["id"], "--json").out)
    assert (shown["question"], shown["text"]) == (answer["question"], f"{FORGOTTEN} [1]")
    assert "was removed for good" in filled("answers", "show", answer["id"]).out


@pytest.mark.parametrize("stop", ["rows gone", "words gone", "answers gone", "note written"])
def test_a_run_that_was_killed_is_finished_by_the_next_that_writes(
    filled: Command, tmp_path: Path, stop: str
) -> None:
    (tmp_path / "odd.md").write_text("# Frobnicate\n\nThe Frobnicate tax of Quackenbush is due on 7 May.\n")
    filled("add", tmp_path / "odd.md")
    filled("ask", "When is the tax due?")
    folder = filled.home / "default"

    def happened() -> bool:
        if not list(folder.glob("forgetting-*.json")):
            return False
        if stop == "note written":
            return True
        if stop == "rows gone":
            return not list((folder / "rows").glob("*.rows")) if (folder / "rows").exists() else True
        if stop == "words gone":
            return b"frobnicate" not in b"".join(p.read_bytes() for p in folder.glob("words/*.store"))
        with closing(sqlite3.connect(folder / "answers.sqlite")) as connection:
            (count,) = connection.execute(
                "SELECT count(*) FROM answers WHERE instr(answer, 'Frobnicate')"
            ).fetchone()
        return not count

    run = filled.start("forget", "--document", "odd")
    killed = run.kill_when(happened)
    run.wait()
    if killed:
        assert list(folder.glob("forgetting-*.json"))
    (tmp_path / "new.md").write_text("Tea is at four.\n")
    assert filled("add", tmp_path / "new.md").code == 0
    assert left_in(filled.home, ["frobnicate", "quackenbush"]) == []
    assert "Tea is at four" in filled("ask", "When is tea?").out
    assert filled("doctor").code == 0


def test_forgetting_nothing_or_two_things_is_one_line(filled: Command) -> None:
    for options in ((), ("--document", "x", "--user", "y"), ("--document", "nobody"), ("--thread", "none"),
                    ("--user", "nobody"), ("--prove", "ab")):  # fmt: skip
        done = filled("forget", *options)
        assert (done.code, done.err.count("\n")) == (2, 1), (options, done)
        assert "Traceback" not in done.err
    assert os.listdir(filled.home / "default")


def test_of_a_store_elsewhere_it_is_said_that_nothing_can_be_proven(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "odd.md").write_text("The Frobnicate tax is due on 7 May.\n")
    (tmp_path / "team" / "tea.md").write_text("Tea is served at four.\n")
    with serve_chroma(tmp_path) as url:
        there = RetrievalSettings(vector_store="chroma", vector_store_url=url)
        settings = Settings(home=tmp_path / "home", retrieval=there)
        with open_pincite(settings) as pincite:
            with pincite.corpus.writing() as (pipeline, writer):
                list(pipeline.add(discover([tmp_path / "team"], "team"), "team", writer))
            report = pincite.forget(document=doc_id_of("source://team/odd.md"))
            assert report.done
            assert any(f"chroma {url}" in said and "cannot be seen" in said for said in report.unproven)
            assert len(pincite.corpus.vectors.ids()) == 1
            assert "four" in pincite.ask("When is tea served?").text


def test_a_removed_document_is_forgotten_by_its_address_too(filled_in: Pincite, settings: Settings) -> None:
    with filled_in.corpus.writing() as (_, writer):
        assert writer.remove(DOC)
    report = filled_in.forget(document=URI)
    assert report.done
    assert report.proof.words > 0
    assert left_in(settings.home, RARE) == []


def test_who_forgets_a_person_beside_a_server_is_told_to_do_it_again(filled: Command) -> None:
    filled("ask", "When is tea?")
    alone = filled("forget", "--user", COMMAND_LINE)
    filled("ask", "When is tea?")
    with standing(Settings(home=filled.home)):
        beside = filled("forget", "--user", COMMAND_LINE)
    assert "a server runs" not in alone.out + alone.err
    assert "run it again when it is done" in beside.err
