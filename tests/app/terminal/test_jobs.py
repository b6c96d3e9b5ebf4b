"""`pincite jobs`, `sources`, `facets` and `list --filter`, as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import Command


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    for number in range(4):
        (folder / f"page{number}.md").write_text(
            f"---\nversion: '2.{number + 8}'\nstatus: {'final' if number else 'draft'}\n---\n"
            f"# Page {number}\n\nThe pump {number} runs.\n"
        )
    (folder / "broken.json").write_text("{")
    return folder


def test_a_source_by_a_schedule_from_its_adding_to_its_removal(command: Command, place: Path) -> None:
    assert command("sources", "list").out == "no source is synced by a schedule\n"
    assert command("jobs", "list").out == "no jobs\n"
    assert command("sources", "add", "tree", place, "--every", "5", "--groups", "hr, board").code == 0
    assert command("sources", "list").out.split("\t")[0] == "tree"
    ran = command("jobs", "run")
    assert ran.code == 1
    assert "did 1 jobs" in ran.out
    (job,) = json.loads(command("jobs", "list", "--json").out)
    assert (job["state"], job["added"], job["failed"]) == ("done", 4, 1)
    shown = command("jobs", "show", job["id"])
    assert shown.code == 1
    assert "failed: " in shown.out
    assert "broken.json" in shown.out
    assert {row["groups"][0] for row in json.loads(command("list", "--json").out)} == {"board"}
    assert command("jobs", "retry", job["id"]).code == 0
    queued = json.loads(command("jobs", "list", "--json").out)[0]
    assert command("jobs", "cancel", queued["id"]).out == f"cancelled {queued['id']}\n"
    refused = command("jobs", "cancel", queued["id"])
    assert refused.code == 2
    assert "nothing to cancel" in refused.err
    assert command("sources", "remove", "tree").code == 0
    assert command("sources", "remove", "tree").code == 2
    assert command("jobs", "show", "nothing").code == 2


def test_lists_and_facets_are_narrowed_by_filters(command: Command, place: Path) -> None:
    command("add", place, "--source", "tree")
    listed = command("list", "--filter", "version>=2.9", "--filter", "version<2.11")
    assert [line.split("\t")[4] for line in listed.out.splitlines()] == ["Page 1", "Page 2"]
    assert "no document matches the filter version>=9" in command("list", "--filter", "version>=9").out
    wrong = command("list", "--filter", "version")
    assert wrong.code == 2
    assert "is not of the form key=value" in wrong.err
    assert "status\tfinal\t3\n" in command("facets").out
    assert "status\tdraft" not in command("facets", "status", "--filter", "version>2.8").out
    assert json.loads(command("facets", "--json", "status").out)[0]["key"] == "status"
