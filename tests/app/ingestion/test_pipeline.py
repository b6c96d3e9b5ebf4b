"""Adding, syncing and removing, in process."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.ingestion.pipeline import EmptySyncError, Outcome, is_read_as_now
from app.settings import IngestSettings, Settings
from tests.support.index import words_of

SOURCE = "handbook"


@pytest.fixture
def pincite(tmp_path: Path) -> Iterator[Pincite]:
    with open_pincite(Settings(home=tmp_path / "home")) as opened:
        yield opened


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "sub").mkdir(parents=True)
    (folder / "apples.md").write_text("# Apples\n\nApples are kept in the cellar.\n")
    (folder / "pears.md").write_text("# Pears\n\nPears are kept in the attic.\n")
    (folder / "sub" / "plums.md").write_text("# Plums\n\nPlums are kept in the garage.\n")
    return folder


def add(pincite: Pincite, *paths: Path, source: str | None = SOURCE) -> list[Outcome]:
    with pincite.corpus.writing() as (pipeline, writer):
        return list(pipeline.add(discover(paths, source), source, writer))


def sync(pincite: Pincite, path: Path, source: str = SOURCE) -> list[Outcome]:
    with pincite.corpus.writing() as (pipeline, writer):
        return list(pipeline.sync(discover([path], source), source, writer))


def counts(outcomes: list[Outcome]) -> dict[str, int]:
    return dict(Counter(outcome.status for outcome in outcomes))


def titles(pincite: Pincite) -> list[str]:
    return sorted(record.title for record in pincite.registry.documents())


def test_the_same_command_twice_does_nothing_the_second_time(pincite: Pincite, tree: Path) -> None:
    assert counts(add(pincite, tree)) == {"added": 3}
    before = (pincite.registry.documents(), pincite.registry.generation(), pincite.corpus.vectors.ids())
    os.utime(tree / "pears.md")  # the time of a file is not its content
    assert counts(add(pincite, tree)) == {"unchanged": 3}
    assert (
        pincite.registry.documents(),
        pincite.registry.generation(),
        pincite.corpus.vectors.ids(),
    ) == before


def test_a_changed_file_replaces_its_passages_at_once(pincite: Pincite, tree: Path) -> None:
    add(pincite, tree)
    (tree / "pears.md").write_text("# Pears\n\nPears went to the harbour.\n")
    assert counts(add(pincite, tree)) == {"unchanged": 2, "updated": 1}
    found = pincite.retriever.invoke("Where are pears kept?")
    words = [document.page_content for document in found if document.metadata["title"] == "Pears"]
    assert len(words) == 1
    assert "harbour" in words[0]
    assert len(pincite.corpus.vectors.ids()) == pincite.registry.passage_count() == 3


def test_adding_a_folder_without_a_file_keeps_the_files_document(pincite: Pincite, tree: Path) -> None:
    add(pincite, tree)
    (tree / "pears.md").unlink()
    assert counts(add(pincite, tree)) == {"unchanged": 2}
    assert titles(pincite) == ["Apples", "Pears", "Plums"]


def test_sync_makes_the_source_equal_to_the_folder(pincite: Pincite, tree: Path) -> None:
    sync(pincite, tree)
    (tree / "pears.md").unlink()
    (tree / "apples.md").write_text("# Apples\n\nApples are sold.\n")
    (tree / "nuts.md").write_text("# Nuts\n\nNuts are new.\n")
    outcomes = sync(pincite, tree)
    assert counts(outcomes) == {"updated": 1, "added": 1, "unchanged": 1, "removed": 1}
    assert titles(pincite) == ["Apples", "Nuts", "Plums"]
    assert "Pears" not in words_of(pincite.retriever.invoke("pears in the attic"))
    assert len(pincite.corpus.vectors.ids()) == pincite.registry.passage_count() == 3


def test_sync_leaves_other_sources_alone(pincite: Pincite, tree: Path) -> None:
    add(pincite, tree / "apples.md", source="other")
    add(pincite, tree / "apples.md", source=None)
    sync(pincite, tree)
    (tree / "apples.md").unlink()
    assert counts(sync(pincite, tree)) == {"unchanged": 2, "removed": 1}
    assert sorted(record.source for record in pincite.registry.documents() if record.title == "Apples") == [
        "files",
        "other",
    ]


def test_a_tree_that_moved_is_the_same_source(pincite: Pincite, tree: Path, tmp_path: Path) -> None:
    sync(pincite, tree)
    ids = [record.doc_id for record in pincite.registry.documents()]
    moved = tree.rename(tmp_path / "elsewhere")
    assert counts(sync(pincite, moved)) == {"unchanged": 3}
    assert [record.doc_id for record in pincite.registry.documents()] == ids


def test_a_sync_that_would_remove_everything_is_refused(pincite: Pincite, tree: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert sync(pincite, empty) == []
    sync(pincite, tree)
    with pytest.raises(
        EmptySyncError, match=r"would remove all 3 documents.*pincite remove --source handbook"
    ):
        sync(pincite, empty)
    assert len(titles(pincite)) == 3


def test_a_file_that_can_no_longer_be_read_keeps_its_old_document(pincite: Pincite, tree: Path) -> None:
    sync(pincite, tree)
    (tree / "pears.md").write_bytes(b"%PDF-1.7 not Markdown at all")
    (tree / "apples.md").write_bytes(b"")
    outcomes = sync(pincite, tree)
    assert counts(outcomes) == {"failed": 2, "unchanged": 1}
    errors = {outcome.error.code for outcome in outcomes if outcome.error}
    assert errors == {"not-markdown", "empty"}
    assert titles(pincite) == ["Apples", "Pears", "Plums"]


def test_documents_below_a_folder_that_cannot_be_listed_are_kept(
    pincite: Pincite, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(pincite, tree)
    (tree / "pears.md").unlink()
    real = os.scandir

    def scandir(path: str) -> object:
        if os.fspath(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert counts(sync(pincite, tree)) == {"unchanged": 1, "removed": 1}
    assert titles(pincite) == ["Apples", "Plums"]


def test_the_same_content_under_two_names_is_two_documents(pincite: Pincite, tree: Path) -> None:
    (tree / "copy.md").write_bytes((tree / "apples.md").read_bytes())
    assert counts(add(pincite, tree)) == {"added": 4}
    assert titles(pincite).count("Apples") == 2
    assert len(pincite.corpus.vectors.ids()) == 4
    first, second = (r for r in pincite.registry.documents() if r.title == "Apples")
    assert first.version == second.version
    with pincite.corpus.writing() as (pipeline, writer):
        pipeline.remove(first, writer)
    assert pincite.registry.text(second.doc_id, second.version)
    assert "Apples" in words_of(pincite.retriever.invoke("Where are apples kept?"))


def test_other_passage_lengths_mean_reading_again(tree: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with open_pincite(Settings(home=home)) as pincite:
        add(pincite, tree)
    shorter = IngestSettings(passage_chars=200, passage_max_chars=300)
    with open_pincite(Settings(home=home, ingest=shorter)) as pincite:
        assert counts(add(pincite, tree)) == {"updated": 3}
        assert counts(add(pincite, tree)) == {"unchanged": 3}
        assert len(pincite.corpus.vectors.ids()) == pincite.registry.passage_count()


def test_documents_cut_by_other_rules_are_found_by_meaning_and_cut_anew(pincite: Pincite, tree: Path) -> None:
    add(pincite, tree)
    with pincite.registry.engine.begin() as connection:
        connection.execute(text("UPDATE documents SET pipeline = replace(pipeline, '/text-', '/text-0')"))
    assert not any(is_read_as_now(record) for record in pincite.registry.documents())
    found = pincite.retriever.invoke("Where are pears kept?")
    assert "degraded" not in found[0].metadata
    assert found[0].metadata["scores"]["dense"] is not None
    assert counts(sync(pincite, tree)) == {"updated": 3}
    assert all(is_read_as_now(record) for record in pincite.registry.documents())
    assert counts(sync(pincite, tree)) == {"unchanged": 3}


def test_only_access_changes_and_the_index_follows(pincite: Pincite, tree: Path) -> None:
    add(pincite, tree)
    body = (tree / "pears.md").read_text()
    (tree / "pears.md").write_text(f"---\ngroups: [cooks]\n---\n{body}")
    assert counts(add(pincite, tree)) == {"unchanged": 2, "updated": 1}
    assert "Pears" not in words_of(pincite.retriever.invoke("pears"))
    assert "Pears" in words_of(pincite.retriever.invoke("pears", groups=["cooks"]))


@pytest.mark.parametrize("value", ["", "[]", "{hr: true}", "[[hr]]", "['']", "' '", "[{a: b}]"])
def test_groups_that_cannot_be_understood_are_an_error_not_an_open_document(
    pincite: Pincite, tmp_path: Path, value: str
) -> None:
    path = tmp_path / "pay.md"
    path.write_text(f"---\ngroups: {value}\n---\nPay is secret.\n")
    (outcome,) = add(pincite, path)
    assert outcome.error is not None
    assert outcome.error.code == "unclear-readers"
    assert pincite.registry.documents() == []


@pytest.mark.parametrize("line", ["groups: hr", "Groups: [hr]", "GROUPS: [hr, finance]", "groups: ['hr ']"])
def test_groups_restrict_however_they_are_written(pincite: Pincite, tmp_path: Path, line: str) -> None:
    path = tmp_path / "pay.md"
    path.write_text(f"---\n{line}\n---\nPay is secret.\n")
    add(pincite, path)
    assert pincite.retriever.invoke("Is pay secret?") == []
    assert len(pincite.retriever.invoke("Is pay secret?", groups=["hr"])) == 1
