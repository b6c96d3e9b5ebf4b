"""`pincite remove`, `--forget` and `prune`: what goes at once, what stays while it is cited."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from app.answers.draft_cache import AnswerCache, DraftKey
from app.registry.kept_versions import cited_text, removed_document
from app.registry.schema import open_engine
from tests.support.cli import Command, Finished

RETURNS = "Within how many days may a customer return a device?"


def one_line(done: Finished) -> str:
    assert (done.code, done.err.count("\n")) == (2, 1), done
    return done.err


def cite(command: Command) -> dict[str, Any]:
    """A citation of returns.md in a stored answer."""
    answer = json.loads(command("ask", RETURNS, "--json").out)
    found: dict[str, Any] = next(one for one in answer["citations"] if one["doc_id"].startswith("returns"))
    return {**found, "answer": answer["id"]}


def kept_text(command: Command, citation: dict[str, Any]) -> str | None:
    engine = open_engine(command.home / "default" / "registry.sqlite")
    try:
        return cited_text(engine, citation["doc_id"], citation["version"])
    finally:
        engine.dispose()


def on_disk(command: Command, *names: str) -> bytes:
    folder = command.home / "default"
    return b"".join(path.read_bytes() for name in names for path in sorted(folder.glob(f"{name}*")))


def test_a_cited_version_of_a_removed_document_stays_until_no_answer_cites_it(filled: Command) -> None:
    citation = cite(filled)
    assert filled("remove", "returns").code == 0
    assert "there is no document" in one_line(filled("text", "returns"))
    assert "there is no document" in one_line(filled("show", f"{citation['doc_id']}:0-5"))
    assert "30 days" not in filled("ask", RETURNS).out
    text = kept_text(filled, citation)
    assert text is not None
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    filled("sync", filled.home.parent, "--source", "x")  # any later run leaves it
    assert kept_text(filled, citation) is not None
    filled("answers", "delete", citation["answer"])
    assert kept_text(filled, citation) is None
    assert b"even when it was switched on" not in on_disk(filled, "registry")


def test_what_no_answer_cites_goes_with_its_document(filled: Command) -> None:
    citation = cite(filled)
    filled("answers", "delete", "--all")
    assert b"even when it was switched on" in on_disk(filled, "registry")
    filled("remove", "returns")
    assert kept_text(filled, citation) is None


def test_what_is_to_be_forgotten_is_in_no_file_whoever_cites_it(filled: Command) -> None:
    words = b"even when it was switched on"
    citation = cite(filled)
    filled("ask", RETURNS, "--thread", "ann")
    filled("ask", "When does the cafe open?", "--thread", "bob", "--filter", "uri=source://handbook/cafe.md")
    files = ("registry", "answers", "threads")
    assert all(words in on_disk(filled, name) for name in files)
    done = filled("remove", "returns", "--forget")
    assert done.out.splitlines()[-1] == (
        f"forgot {citation['doc_id']}: its words in 2 stored answers, and 1 conversations"
    ), done
    assert not any(words in on_disk(filled, name) for name in files)
    assert kept_text(filled, citation) is None
    shown = json.loads(filled("answers", "show", citation["answer"], "--json").out)
    assert (shown["question"], shown["citations"][0]["quote"]) == (RETURNS, "")
    assert b"bob" in on_disk(filled, "threads")
    assert b"opens at 07:30" in on_disk(filled, "registry")


def test_a_document_that_was_removed_before_can_still_be_forgotten(filled: Command) -> None:
    citation = cite(filled)
    filled("remove", "returns")
    assert "there is no document" in one_line(filled("remove", citation["doc_id"]))
    assert f"forgot {citation['doc_id']}" in filled("remove", citation["doc_id"], "--forget").out
    assert b"even when it was switched on" not in on_disk(filled, "registry", "answers")
    assert "there is no document 'nobody'" in one_line(filled("remove", "nobody", "--forget"))


@pytest.mark.parametrize("option", [(), ("--forget",)])
def test_cached_drafts_of_a_removed_document_go_with_it(filled: Command, option: tuple[str, ...]) -> None:
    key = DraftKey(
        tenant="default",
        question="Why?",
        filters={},
        groups=(),
        generation=6,
        prompt="",
        models=(),
        settings="",
        context={},
    )
    cache = AnswerCache(
        filled.home / "default" / "answer_cache.sqlite", time.time, max_drafts=9, max_age_s=99
    )
    cache.put(key, "even when it was switched on")
    filled("remove", "returns", *option)
    assert cache.get(key) is None
    assert b"switched on" not in on_disk(filled, "answer_cache")


def test_prune_deletes_earlier_versions_that_no_answer_cites(filled: Command, tmp_path: Path) -> None:
    citation = cite(filled)

    def change(words: str) -> str:
        (tmp_path / "returns.md").write_text(f"# Returns\n\n{words}\n")
        filled("add", tmp_path / "returns.md", "--source", "handbook")
        return hashlib.sha256(f"# Returns\n\n{words}\n".encode()).hexdigest()

    middle, last = change("Nothing may be returned."), change("All may be returned.")
    assert filled("prune", "--dry-run").out == "1 earlier versions are cited by no stored answer\n"
    assert "Nothing" in filled("text", "returns", "--version", middle).out
    assert filled("prune").out == "deleted 1 earlier versions that no stored answer cites\n"
    assert "has no version" in one_line(filled("text", "returns", "--version", middle))
    assert citation["quote"] in filled("text", "returns", "--version", citation["version"]).out
    assert "All may" in filled("text", "returns", "--version", last).out
    filled("answers", "delete", "--all")
    assert filled("prune").out == "deleted 1 earlier versions that no stored answer cites\n"
    assert filled("text", "returns").out == "# Returns\n\nAll may be returned.\n"
    assert filled("prune").out == "deleted 0 earlier versions that no stored answer cites\n"


def test_stored_answers_that_cannot_be_read_forbid_removing_but_not_adding(
    filled: Command, tmp_path: Path
) -> None:
    (filled.home / "default" / "answers.sqlite").write_bytes(b"no database at all" * 500)
    assert "stored answers" in one_line(filled("remove", "returns"))
    assert filled("text", "returns").code == 0
    (tmp_path / "new.md").write_text("Tea is at four.\n")
    assert filled("add", tmp_path / "new.md").code == 0


def test_a_folder_of_the_former_format_is_upgraded_and_loses_nothing(filled: Command) -> None:
    path = filled.home / "default" / "registry.sqlite"
    before = [filled(*call).out for call in (("list", "--json"), ("text", "cafe"), ("text", "returns"))]
    connection = sqlite3.connect(path)
    connection.executescript(
        "DROP TABLE kept; ALTER TABLE versions DROP COLUMN layout; PRAGMA user_version=2;"
    )
    connection.close()
    after = [filled(*call).out for call in (("list", "--json"), ("text", "cafe"), ("text", "returns"))]
    assert after == before
    citation = cite(filled)
    filled("remove", "returns")
    assert kept_text(filled, citation) is not None
    engine = open_engine(path)
    removed = removed_document(engine, citation["doc_id"])
    engine.dispose()
    assert removed is not None
    assert (removed.title, removed.uri) == (citation["title"], citation["uri"])
