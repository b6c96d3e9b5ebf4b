"""Who may read what was added: by its document, by its folder, by its source; closed where it is unclear."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.compose import Pincite, open_pincite
from app.ingestion.access import ACCESS_FILE
from app.ingestion.discover import discover
from app.ingestion.pipeline import Outcome
from app.settings import Settings

PAY = "# Pay\n\nThe salary of a gardener is 3,000 EUR a month.\n"
QUESTION = "What is the salary of a gardener?"


@pytest.fixture
def pincite(tmp_path: Path) -> Iterator[Pincite]:
    with open_pincite(Settings(home=tmp_path / "home", eval_data=None)) as opened:
        yield opened


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree" / "people" / "pay"
    folder.mkdir(parents=True)
    (folder / "pay.md").write_text(PAY)
    return tmp_path / "tree"


def sync(pincite: Pincite, tree: Path, *groups: str) -> Outcome:
    """What became of the one file."""
    with pincite.corpus.writing() as (pipeline, writer):
        if groups:
            pipeline.set_groups("s", groups)
        (outcome,) = pipeline.sync(discover([tree], "s"), "s", writer)
    return outcome


def readers(pincite: Pincite) -> list[str]:
    """Which of the groups get the answer."""
    asked = {group: pincite.retriever.invoke(QUESTION, groups=[group]) for group in ("", "hr", "board")}
    return [group or "everyone" for group, found in asked.items() if found]


def test_an_access_file_holds_for_its_folder_and_those_below(pincite: Pincite, tree: Path) -> None:
    (tree / "people" / ACCESS_FILE).write_text("groups: [hr]\n")
    assert sync(pincite, tree).readers == ("hr",)
    assert readers(pincite) == ["hr"]


def test_the_nearest_access_file_holds(pincite: Pincite, tree: Path) -> None:
    (tree / "people" / ACCESS_FILE).write_text("groups: [hr]\n")
    (tree / "people" / "pay" / ACCESS_FILE).write_text("groups: board\n")
    sync(pincite, tree, "staff")
    assert readers(pincite) == ["board"]


def test_it_holds_for_a_file_that_is_added_alone(pincite: Pincite, tree: Path) -> None:
    (tree / "people" / ACCESS_FILE).write_text("groups: [hr]\n")
    with pincite.corpus.writing() as (pipeline, writer):
        list(pipeline.add(discover([tree / "people" / "pay" / "pay.md"], None), None, writer))
    assert readers(pincite) == ["hr"]


def test_a_change_of_readers_is_followed_without_embedding(
    pincite: Pincite, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sync(pincite, tree).readers == ("everyone",)
    embedded: list[str] = []
    monkeypatch.setattr(
        type(pincite.corpus.embeddings), "embed_documents", lambda self, texts: embedded.extend(texts)
    )
    (tree / "people" / ACCESS_FILE).write_text("groups: [hr]\n")
    assert (sync(pincite, tree).status, readers(pincite)) == ("updated", ["hr"])
    (tree / "people" / ACCESS_FILE).unlink()
    assert (sync(pincite, tree).status, readers(pincite)) == ("updated", ["everyone", "hr", "board"])
    assert sync(pincite, tree).status == "unchanged"
    assert embedded == []


def test_what_is_said_of_a_source_is_remembered(pincite: Pincite, tree: Path) -> None:
    sync(pincite, tree, "hr")
    (tree / "people" / "pay" / "pay.md").write_text(PAY.replace("3,000", "3,100"))
    assert sync(pincite, tree).readers == ("hr",)
    assert sync(pincite, tree, "everyone").readers == ("everyone",)


def test_the_setting_is_for_sources_of_which_nothing_is_said(tree: Path, tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"home": tmp_path / "home", "eval_data": None, "ingest": {"groups": "hr"}}
    )
    with open_pincite(settings) as opened:
        assert sync(opened, tree).readers == ("hr",)
        assert sync(opened, tree, "board").readers == ("board",)


def test_a_document_may_narrow_its_place_and_not_widen_it(pincite: Pincite, tree: Path) -> None:
    file = tree / "people" / "pay" / "pay.md"
    file.write_text(f"---\ngroups: [board]\n---\n{PAY}")
    assert sync(pincite, tree, "hr", "board").readers == ("board",)
    file.write_text(f"---\ngroups: [everyone]\n---\n{PAY}")
    outcome = sync(pincite, tree)
    assert outcome.error is not None
    assert "everyone may read it, and its place allows only hr, board" in outcome.error.reason
    assert readers(pincite) == [], "the version before is not answered from"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hr",
        b"groups:",
        b"group: hr",
        b"groups: hr, board",
        b"groups: [hr]\nfiles: x",
        b"\xff\xfe",
        b"[hr]",
    ],
)
def test_an_access_file_that_is_not_understood_closes_its_folder(
    pincite: Pincite, tree: Path, content: bytes
) -> None:
    sync(pincite, tree)
    (tree / ACCESS_FILE).write_bytes(content)
    outcome = sync(pincite, tree)
    assert outcome.error is not None
    assert outcome.error.code == "unclear-readers"
    assert readers(pincite) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_access_file_that_cannot_be_read_closes_its_folder(pincite: Pincite, tree: Path) -> None:
    (tree / ACCESS_FILE).write_text("groups: [hr]\n")
    (tree / ACCESS_FILE).chmod(0)
    assert sync(pincite, tree).error is not None


def test_a_dangling_access_file_closes_its_folder(pincite: Pincite, tree: Path) -> None:
    (tree / ACCESS_FILE).symlink_to(tree / "nowhere")
    assert sync(pincite, tree).error is not None


def test_an_edit_that_may_restrict_takes_the_version_before_out(pincite: Pincite, tree: Path) -> None:
    sync(pincite, tree)
    assert readers(pincite) == ["everyone", "hr", "board"]
    file = tree / "people" / "pay" / "pay.md"
    file.write_text(f"\n---\ngroups: [hr]\n---\n{PAY}")
    outcome = sync(pincite, tree)
    assert outcome.error is not None
    assert "earlier version is not answered from" in outcome.error.reason
    assert readers(pincite) == []
    file.write_text(f"---\ngroups: [hr]\n---\n{PAY}")
    assert (sync(pincite, tree).status, readers(pincite)) == ("added", ["hr"])


def test_an_edit_that_breaks_something_else_leaves_it_in(pincite: Pincite, tree: Path) -> None:
    sync(pincite, tree)
    (tree / "people" / "pay" / "pay.md").write_text(f"---\ntitle: [x\n---\n{PAY}")
    assert sync(pincite, tree).error is not None
    assert readers(pincite) == ["everyone", "hr", "board"]
