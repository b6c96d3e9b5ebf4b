"""`pincite verify`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Command, Finished

RETURNS = "Within how many days may a customer return a device?"


def one_line(done: Finished) -> str:
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    return done.err


def exported(command: Command, path: Path) -> dict[str, Any]:
    """An answer in a file; the citation of returns.md alone, so that the state of one document decides."""
    done = command("ask", RETURNS, "--json")
    path.write_text(done.out)
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def change(command: Command, tmp_path: Path, text: str) -> None:
    (tmp_path / "returns.md").write_text(text)
    command("add", tmp_path / "returns.md", "--source", "handbook")


def test_an_answer_is_verified_before_and_after_its_document_changed(filled: Command, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    answer = exported(filled, file)
    fine = filled("verify", file)
    assert fine.code == 0
    assert fine.out.splitlines()[-1] == f"1 answers, {len(answer['citations'])} citations: " + (
        f"{len(answer['citations'])} in place"
    )
    text = filled("text", "returns").out
    change(filled, tmp_path, f"# First\n\nNew.\n\n{text}")
    moved = filled("verify", file)
    assert (moved.code, moved.out.startswith("moved")) == (0, True)
    assert "Returns" in moved.out
    change(filled, tmp_path, text.replace("30 days", "60 days"))
    changed = filled.fed(file.read_bytes(), "verify", "-")
    assert (changed.code, changed.out.startswith("changed")) == (1, True)
    assert "within 60 days" in changed.out
    filled("remove", "returns")
    gone = filled("verify", "--all")
    assert (gone.code, gone.out.startswith("gone")) == (1, True)
    assert "was removed on" in gone.out
    data = json.loads(filled("verify", "--all", "--json").out)
    assert data["summary"]["gone"] >= 1
    assert {one["state"] for one in data["answers"][0]["citations"]} >= {"gone"}


def test_a_forged_quote_is_the_loudest(filled: Command, tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    answer = exported(filled, file)
    forged = json.loads(json.dumps(answer))
    forged["citations"][0]["quote"] = forged["citations"][0]["quote"].replace("30", "90")
    file.write_text(f"{json.dumps(answer)}\n{json.dumps({'answer': forged})}\n")
    done = filled("verify", file)
    assert done.code == 1
    assert done.out.startswith("BROKEN")
    assert "1 broken" in done.out.splitlines()[-1]
    assert "2 answers" in done.out.splitlines()[-1]


def test_nothing_stored_is_nothing_wrong(filled: Command) -> None:
    done = filled("verify", "--all")
    assert (done.code, done.out) == (0, "0 answers, 0 citations\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no answer"),
        (b"no json", "is not JSON"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"[]", "holds no answer"),
        (b"3", "is not one of Pincite's"),
        (b"{}", "citations: Field required"),
        (b'{"citations": [{"number": 1}]}', "citations.0.doc_id: Field required"),
        (
            b'{"citations": [{"number":1,"doc_id":"a","version":"v","start":"0","end":3,"quote":"x"}]}',
            "citations.0.start",
        ),
        (b'{"citations": []}\nno', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_no_answer_is_one_clear_line(
    indexed: Command, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    assert said in one_line(indexed("verify", file))


def test_wrong_usage_is_one_clear_line(indexed: Command, tmp_path: Path) -> None:
    assert "not both" in one_line(indexed("verify"))
    assert "not both" in one_line(indexed("verify", "x.json", "--all"))
    assert "cannot be read" in one_line(indexed("verify", tmp_path / "nowhere.json"))
