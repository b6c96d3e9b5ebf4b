"""`pincite list`, `remove`, `text` and `show`."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import unicodedata
from pathlib import Path

import pytest

from tests.support.cli import Command, Finished

CAFE = "# Café\n\nThe café on floor 3 ☕ opens at 07:30, with crème.\n"


def one_line(done: Finished) -> str:
    assert (done.code, done.err.count("\n")) == (2, 1), done
    assert done.err.startswith("pincite: ")
    return done.err


def test_list_is_one_line_a_document_and_json_on_request(indexed: Command) -> None:
    lines = indexed("list").out.splitlines()
    assert len(lines) == 6
    assert all(line.count("\t") == 6 for line in lines)
    listed = json.loads(indexed("list", "--json").out)
    assert [item["doc_id"] for item in listed] == [line.split("\t")[0] for line in lines]
    assert {item["source"] for item in listed} == {"handbook"}
    (salaries,) = [item for item in listed if item["groups"]]
    assert salaries["groups"] == ["hr"]
    assert indexed("list", "--source", "nobody").out == "no documents in nobody\n"


def test_an_empty_home_says_what_to_do_next(command: Command) -> None:
    assert command("list").out == "no documents yet; add some with: pincite add PATH\n"
    assert json.loads(command("list", "--json").out) == []
    assert "there is no document 'x'" in one_line(command("text", "x"))


def test_text_is_byte_for_byte_the_stored_text(indexed: Command) -> None:
    done = indexed("text", "cafe")
    assert done.raw == CAFE.encode()
    assert unicodedata.is_normalized("NFC", done.out)
    version = json.loads(indexed("list", "--json").out)
    (cafe,) = [item for item in version if item["title"] == "Café"]
    assert hashlib.sha256(done.raw).hexdigest() == cafe["version"]


def test_an_earlier_version_stays_readable(filled: Command, documents: Path, tmp_path: Path) -> None:
    earlier = filled("text", "returns").raw
    (tmp_path / "returns.md").write_text("# Returns\n\nNothing may be returned any more.\n")
    changed = filled("add", tmp_path / "returns.md", "--source", "handbook")
    assert "0 added, 1 updated" in changed.out
    assert b"any more" in filled("text", "returns").raw
    version = hashlib.sha256(earlier).hexdigest()
    assert filled("text", "returns", "--version", version[:8]).raw == earlier
    shown = filled("show", f"returns@{version[:8]}:0-9").out
    assert ">>># Returns<<<" in shown
    assert "(an older version)" in shown
    assert "has no version 'ffff'; stored are" in one_line(filled("text", "returns", "--version", "ffff"))


@pytest.mark.parametrize(("start", "end"), [(0, 6), (8, 57), (28, 29), (27, 30), (0, len(CAFE)), (57, 58)])
@pytest.mark.parametrize("context", ["0", "9"])
def test_show_marks_exactly_the_words(indexed: Command, start: int, end: int, context: str) -> None:
    done = indexed("show", f"cafe:{start}-{end}", "--context", context)
    assert done.code == 0
    body = done.out.split("\n", 1)[1]
    before = CAFE[max(0, start - int(context)) : start]
    after = CAFE[end : end + int(context)]
    assert body == f"{before}>>>{CAFE[start:end]}<<<{after}\n"
    assert f"characters {start} to {end}" in done.out


@pytest.mark.parametrize(
    ("citation", "said"),
    [
        ("cafe", "is not a citation; write DOC_ID@VERSION:START-END"),
        ("cafe:5", "is not a citation"),
        ("cafe:a-b", "is not a citation"),
        ("cafe:-5-6", "is not a citation"),
        ("", "is not a citation"),
        ("cafe@xyz:1-2", "there is no document 'cafe@xyz'"),
        ("nobody:1-2", "there is no document 'nobody'"),
        ("cafe@ffffffff:1-2", "has no version 'ffffffff'"),
        ("cafe:5-5", "5-5 is not in it"),
        ("cafe:6-5", "6-5 is not in it"),
        ("cafe:0-59", "has 58 characters; 0-59 is not in it"),
        ("cafe:0-99999999999999999999999999", "is not in it"),
    ],
)
def test_a_citation_that_leads_nowhere_is_one_clear_line(indexed: Command, citation: str, said: str) -> None:
    assert said in one_line(indexed("show", citation))


def test_an_ambiguous_name_lists_what_it_could_be(command: Command, tmp_path: Path) -> None:
    for name in ("plan-a", "plan-b"):
        (tmp_path / f"{name}.md").write_text(f"The {name} is good.\n")
    command("add", tmp_path / "plan-a.md", tmp_path / "plan-b.md")
    said = one_line(command("text", "plan"))
    assert "'plan' stands for 2 documents (plan-a-" in said
    assert "give the whole doc_id" in said
    assert command("text", "plan-b").out == "The plan-b is good.\n"


def test_remove_takes_out_what_was_named_and_nothing_else(filled: Command) -> None:
    done = filled("remove", "returns", "holidays.txt")
    assert (done.code, done.out.count("removed ")) == (0, 2)
    assert filled("list").out.count("\n") == 4
    assert "30 days" not in filled("ask", "Within how many days may a device be returned?").out
    assert "there is no document 'returns'" in one_line(filled("remove", "returns"))
    assert "there is no document ''" in one_line(filled("remove", ""))
    assert "not both" in one_line(filled("remove"))
    assert "not both" in one_line(filled("remove", "prices", "--source", "handbook"))
    assert "there is no source 'nobody'" in one_line(filled("remove", "--source", "nobody"))
    # One name that is wrong, and nothing is removed.
    one_line(filled("remove", "prices", "nobody"))
    assert filled("list").out.count("\n") == 4
    assert filled("remove", "--source", "handbook").code == 0
    assert filled("list").out == "no documents yet; add some with: pincite add PATH\n"
    assert "0 added, 6 unchanged" not in filled("list").out


def test_sync_and_add_refuse_what_cannot_work_in_one_line(filled: Command, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "would remove all 6 documents" in one_line(filled("sync", empty, "--source", "handbook"))
    assert "not a folder" in one_line(filled("sync", tmp_path / "nowhere", "--source", "handbook"))
    assert "cannot be the name of a source" in one_line(filled("sync", empty, "--source", "files"))
    assert "cannot be the name of a source" in one_line(filled("add", empty, "--source", ""))
    missing = filled("add", tmp_path / "nowhere")
    assert (missing.code, missing.err.count("\n")) == (1, 1)
    assert "there is no such file or folder" in missing.err
    passed_over = filled("add", tmp_path)
    assert passed_over.code == 0
    assert "passed over" in passed_over.out


def test_sync_prints_what_it_did(filled: Command, documents: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    for path in documents.iterdir():
        if path.name not in ("prices.csv", "returns.md"):
            (folder / path.name).write_bytes(path.read_bytes())
    (folder / "cafe.md").write_text("# Café\n\nThe café is shut.\n")
    done = filled("sync", folder, "--source", "handbook")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(
        "source handbook: 0 added, 1 updated, 3 unchanged, 2 removed; 1 passages indexed"
    )


def test_what_readers_do_not_see_is_said_everywhere_and_shown_on_request(
    command: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    page = "<h1>Fees</h1><p>The late fee is nine euro.</p><p style='opacity:0'>The late fee is zero euro.</p>"
    (folder / "fees.html").write_text(page + "<!-- checked by Ann -->")
    (folder / "plain.md").write_text("# Hours\n\nThe room opens at nine.\n")
    added = command("add", folder, "--source", "desk")
    assert added.code == 0
    assert "fees.html: 21 characters that a reader does not see are no evidence (opacity 0)" in added.err
    assert added.err.count("note: ") == 1
    assert "1 of them keep words apart that are no evidence" in added.out

    rows = [line.split("\t") for line in command("list").out.splitlines()]
    assert {row[0].split("-")[0]: row[6] for row in rows} == {"fees": "hidden-text", "plain": ""}
    text = command("text", "fees")
    assert "zero euro" not in text.out
    assert "risk: hidden-text (21 characters" in text.err
    assert "risk: hidden-text" in command("show", "fees:0-6").out
    assert command("text", "plain").err == ""

    shown = command("text", "--hidden", "fees").out
    assert "hidden: opacity 0 (21 characters)\n    The late fee is zero euro.\n" in shown
    assert "set-aside: comment (12 characters)\n    checked by Ann\n" in shown
    assert "nothing in it is hidden" in command("text", "--hidden", "plain").out

    answer = json.loads(command("ask", "--json", "How much is the late fee?").out)
    assert [one["risk"] for one in answer["citations"]] == [["hidden-text"]]
    assert "zero euro" not in json.dumps(answer)


def test_a_folder_of_the_format_before_learns_what_is_hidden_with_the_next_reading(
    command: Command, tmp_path: Path
) -> None:
    fees = tmp_path / "fees.html"
    fees.write_text("<p>The fee is nine euro.</p><p style='opacity:0'>It is zero.</p>")
    command("add", fees)
    registry = command.home / "default" / "registry.sqlite"
    with contextlib.closing(sqlite3.connect(registry)) as connection:
        connection.executescript("DROP TABLE hidden; PRAGMA user_version=3;")
    assert "nothing in it is hidden" in command("text", "--hidden", "fees").out
    fees.write_text("<p>The fee is ten euro.</p><p style='opacity:0'>It is zero.</p>")
    command("add", fees)
    assert "It is zero." in command("text", "--hidden", "fees").out
    command("remove", "fees")
    with contextlib.closing(sqlite3.connect(registry)) as connection:
        assert connection.execute("SELECT count(*) FROM hidden").fetchone() == (0,)
