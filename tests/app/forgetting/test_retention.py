"""What is past its time goes: each kind by its own setting."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.compose import open_pincite
from app.conversations.keeping import CacheSettings, KeepSettings
from app.ingestion.discover import discover
from app.settings import Settings
from app.terminal.doctor import examine
from app.toolbox.question_queue import QuestionQueueFile, questions_of


def aged(path: Path, *updates: str) -> None:
    """Let what is in a file have happened twenty days ago."""
    then = (datetime.now(UTC) - timedelta(days=20)).isoformat()
    with closing(sqlite3.connect(path)) as connection, connection:
        for update in updates:
            connection.execute(update, (then,))


def test_each_kind_goes_by_its_own_days(home: Path, tmp_path: Path) -> None:
    folder = home / "default"
    keep = KeepSettings(receipts_days=10, questions_days=10, versions_days=10, removed_days=10)
    plain = Settings(home=home, cache=CacheSettings(answers=True))
    returns = tmp_path / "returns.md"
    with open_pincite(plain) as pincite:
        pincite.ask("Within how many days may a customer return a device?")
        for words in ("Nothing may be returned.", "All may be returned."):
            returns.write_text(f"# Returns\n\n{words}\n")
            with pincite.corpus.writing() as (pipeline, writer):
                list(pipeline.add(discover([returns], "handbook"), "handbook", writer))
        pincite.ask("When does the cafe open?")
        doc = next(one.doc_id for one in pincite.registry.documents() if one.doc_id.startswith("cafe"))
        with pincite.corpus.writing() as (_, writer):
            writer.remove(doc)
    old = datetime.now(UTC) - timedelta(days=20)
    QuestionQueueFile(folder / "questions.sqlite", lambda: old).put("An old one?", {"user": "ann"})
    questions_of(folder).put("A new one?", {"user": "ann"})
    aged(folder / "answers.sqlite", "UPDATE answers SET asked_at = ?")
    aged(folder / "registry.sqlite", "UPDATE versions SET added_at = ?", "UPDATE kept SET removed_at = ?")
    with open_pincite(plain) as pincite:
        record = next(one for one in pincite.registry.documents() if one.doc_id.startswith("returns"))
        assert len(pincite.registry.versions(record.doc_id)) == 3
        assert all('"index_generation"' in words for _, _, words in pincite.corpus.answers.texts())
    with open_pincite(plain.model_copy(update={"keep": keep})) as pincite:
        record = next(one for one in pincite.registry.documents() if one.doc_id.startswith("returns"))
        # The first is cited by an answer that is still kept, the last is today's.
        assert len(pincite.registry.versions(record.doc_id)) == 2
        answers = [words for _, _, words in pincite.corpus.answers.texts()]
        assert len(answers) == 2
        assert not any('"index_generation"' in words for words in answers)
    assert [one.question for one in questions_of(folder).list()] == ["A new one?"]
    with closing(sqlite3.connect(folder / "registry.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    assert b"creme" not in (folder / "registry.sqlite").read_bytes()


def test_drafts_go_by_their_hours(home: Path) -> None:
    settings = Settings(home=home, cache=CacheSettings(answers=True, max_age_h=1))
    with open_pincite(settings) as pincite:
        pincite.ask("When does the cafe open?")
    file = home / "default" / "answer_cache.sqlite"
    with closing(sqlite3.connect(file)) as connection, connection:
        assert connection.execute("SELECT count(*) FROM drafts").fetchone() == (1,)
        connection.execute("UPDATE drafts SET stored_at = stored_at - 3601")
    with open_pincite(settings), closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM drafts").fetchone() == (0,)


def test_doctor_says_how_long_what_is_kept(home: Path) -> None:
    settings = Settings(home=home, keep=KeepSettings(questions_days=7, removed_days=1))
    (line,) = [one.detail for one in examine(settings) if one.what == "keeping"]
    for said in ("answers: 90 days", "questions for people: 7 days", "drafts: not kept", "1 day at most"):
        assert said in line
