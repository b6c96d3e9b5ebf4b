"""Where the file of a document may be; no address leads out of the folders of its source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.registry.registry import DocumentRecord, Registry
from app.registry.schema import open_engine
from app.registry.source_folders import MOST, forget_folders, possible_files, remember_folders
from tests.support.index import new_document


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    engine = open_engine(tmp_path / "registry.sqlite")
    yield Registry(engine, lambda: "2026-01-01T00:00:00")
    engine.dispose()


def at(registry: Registry, uri: str) -> DocumentRecord:
    registry.replace(new_document(uri, "Words.", source="handbook"))
    found = registry.at(uri)
    assert found is not None
    return found


def test_the_newest_folder_comes_first_and_few_are_kept(registry: Registry, tmp_path: Path) -> None:
    record = at(registry, "source://handbook/a%20b.pdf")
    folders = [tmp_path / str(number) for number in range(MOST + 5)]
    for folder in folders:
        remember_folders(registry, record.source, [folder])
    remember_folders(registry, record.source, [folders[-3]])
    found = possible_files(registry, record)
    assert found[:2] == [folders[-3] / "a b.pdf", folders[-1] / "a b.pdf"]
    assert len(found) == MOST


OUTSIDE = ["../secret.pdf", "a/../../secret.pdf", "%2e%2e/secret.pdf", "/etc/passwd", "out/x"]


@pytest.mark.parametrize("below", OUTSIDE)
def test_no_address_leads_out_of_the_folder(registry: Registry, tmp_path: Path, below: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)
    record = at(registry, f"source://handbook/{below}")
    remember_folders(registry, record.source, [folder])
    assert [one for one in possible_files(registry, record) if not one.resolve().is_relative_to(folder)] == []


def test_uploads_and_web_pages_have_none(registry: Registry, tmp_path: Path) -> None:
    record = at(registry, "https://docs.example/a.pdf")
    remember_folders(registry, record.source, [tmp_path])
    assert possible_files(registry, record) == []


def test_a_folder_whose_path_has_forgotten_words_is_remembered_no_more(
    registry: Registry, tmp_path: Path
) -> None:
    record = at(registry, "source://handbook/a.pdf")
    remember_folders(registry, record.source, [tmp_path / "quackenbush", tmp_path / "plain"])
    remember_folders(registry, "other", [tmp_path / "plain"])
    assert forget_folders(registry, lambda path: "quackenbush" in path) == 1
    assert possible_files(registry, record) == [tmp_path / "plain" / "a.pdf"]
