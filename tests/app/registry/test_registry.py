"""The document registry: versions, identifiers, facts, generations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from app.registry.new_document import doc_id_of
from app.registry.registry import DocumentRecord, Registry
from app.registry.schema import IndexFormatError, open_engine
from tests.support.index import new_document

URI = "source://handbook/travel/expenses.md"


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    times = count()
    engine = open_engine(tmp_path / "registry.sqlite")
    yield Registry(engine, lambda: f"2026-01-01T00:00:{next(times):02}")
    engine.dispose()


def only(registry: Registry) -> DocumentRecord:
    (record,) = registry.documents()
    return record


def facts_of(registry: Registry, tmp_path: Path) -> set[tuple[str, str]]:
    with sqlite3.connect(tmp_path / "registry.sqlite") as connection:
        found = set(connection.execute("SELECT key, value FROM facts"))
    connection.close()
    return found


def test_a_replaced_document_keeps_its_id_and_every_version_stays_readable(registry: Registry) -> None:
    registry.replace(new_document(URI, "# Trips\n\nTaxis are paid.\n"))
    first = only(registry)
    registry.replace(new_document(URI, "# Trips\n\nTrains are paid.\n"))
    second = only(registry)
    assert (first.doc_id, first.uri) == (second.doc_id, second.uri) == (doc_id_of(URI), URI)
    assert first.version != second.version
    assert [version for version, _ in registry.versions(first.doc_id)] == [first.version, second.version]
    assert registry.text(first.doc_id) == "# Trips\n\nTrains are paid.\n"
    assert registry.text(first.doc_id, first.version) == "# Trips\n\nTaxis are paid.\n"
    for part in ("", first.version[:12], first.version[:-1], first.version + "0", first.version.upper()):
        assert registry.text(first.doc_id, part) is None, "part of a version is no version"


def test_going_back_to_an_earlier_version_makes_it_current_again(registry: Registry) -> None:
    for text in ("Taxis are paid.", "Trains are paid.", "Taxis are paid."):
        registry.replace(new_document(URI, text))
    record = only(registry)
    assert registry.text(record.doc_id) == "Taxis are paid."
    assert len(registry.versions(record.doc_id)) == 2


def test_texts_of_several_versions_are_read_at_once(registry: Registry) -> None:
    for text in ("Taxis are paid.", "Trains are paid."):
        registry.replace(new_document(URI, text))
    doc_id = only(registry).doc_id
    kept = [(doc_id, version) for version, _ in registry.versions(doc_id)]
    found = registry.texts([*kept, (doc_id, "f" * 64), ("nobody", kept[0][1])])
    assert set(found) == set(kept)
    assert {*found.values()} == {"Taxis are paid.", "Trains are paid."}
    assert registry.texts([]) == {}
    versions = registry.stored_versions(kept)
    assert {key: one.text for key, one in versions.items()} == found


def test_a_version_prefix_that_fits_several_or_none_gives_no_text(registry: Registry) -> None:
    for number in range(40):  # forty hexadecimal digests share first digits
        registry.replace(new_document(URI, f"Rule {number}."))
    doc_id = only(registry).doc_id
    first_digits = [version[0] for version, _ in registry.versions(doc_id)]
    shared = next(digit for digit in first_digits if first_digits.count(digit) > 1)
    assert registry.text(doc_id, shared) is None
    assert registry.text(doc_id, "%") is None
    assert registry.text(doc_id, "zz") is None
    assert registry.text("nobody") is None


def test_the_readers_of_every_stored_version_are_told_and_of_no_other(registry: Registry) -> None:
    registry.replace(new_document(URI, "Taxis are paid.", groups=["hr", "board"]))
    registry.replace(new_document(URI + "2", "Trains are paid."))
    keys = {(record.doc_id, record.version): record.groups for record in registry.documents()}
    assert registry.readers_of([*keys, ("nobody", "f" * 64)]) == keys
    assert sorted(keys.values()) == [(), ("board", "hr")]
    assert registry.readers_of([]) == {}


def test_removing_takes_versions_and_passages_along(registry: Registry, tmp_path: Path) -> None:
    registry.replace(new_document(URI, "Taxis are paid."))
    doc_id = only(registry).doc_id
    assert registry.remove(doc_id)
    assert not registry.remove(doc_id)
    assert (registry.documents(), registry.passage_count(), registry.text(doc_id)) == ([], 0, None)
    connection = sqlite3.connect(tmp_path / "registry.sqlite")
    for table in ("versions", "readers", "facts", "passages"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table  # noqa: S608
    assert connection.execute("SELECT number FROM retired").fetchall() == [(1,)]
    connection.close()


def test_the_generation_grows_with_changes_and_with_nothing_else(registry: Registry) -> None:
    seen = [registry.generation()]
    new = new_document(URI, "Taxis are paid.")
    for step in (
        lambda: registry.replace(new),
        registry.documents,
        lambda: registry.announce(["a"]),
        registry.settled,
        lambda: registry.remove("nobody"),
        lambda: registry.set_state("fingerprint", "x"),
        lambda: registry.remove(new.doc_id),
    ):
        step()
        seen.append(registry.generation())
    assert seen == [0, 1, 1, 1, 1, 1, 1, 2]


def test_a_write_that_fails_changes_nothing(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.replace(new_document(URI, "Taxis are paid."))
    before = (registry.documents(), registry.passage_count(), registry.generation(), registry.unsettled())
    monkeypatch.setattr("app.registry.registry._advance", lambda _connection: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        registry.replace(new_document(URI, "Trains are paid. " * 200))
    after = (registry.documents(), registry.passage_count(), registry.generation(), registry.unsettled())
    assert after == before


def test_facts_are_strings_a_filter_can_name(registry: Registry, tmp_path: Path) -> None:
    text = "---\nversion: 2.4\ndraft: false\ntags: [a, b, true]\nempty: ''\ndate: 2026-03-01\n---\nTaxis.\n"
    registry.replace(new_document(URI, text, source="handbook"))
    found = facts_of(registry, tmp_path)
    assert found >= {
        ("version", "2.4"),
        ("draft", "false"),
        ("tags", "a"),
        ("tags", "b"),
        ("tags", "true"),
        ("date", "2026-03-01"),
        ("source", "handbook"),
    }
    assert not any(key == "empty" for key, _ in found)


def test_front_matter_never_overrides_built_in_facts(registry: Registry, tmp_path: Path) -> None:
    text = "---\nsource: forged\ndoc_id: forged\nuri: forged\nmedia_type: forged\n---\nTaxis.\n"
    registry.replace(new_document(URI, text, source="handbook"))
    found = facts_of(registry, tmp_path)
    forged = {key for key, value in found if value == "forged"}
    assert forged == {"meta.source", "meta.doc_id", "meta.uri", "meta.media_type"}
    assert {("source", "handbook"), ("uri", URI)} <= found


@pytest.mark.parametrize(
    ("groups", "listed"),
    [
        ([], ()),
        ("hr", ("hr",)),
        (["finance", "hr", "hr "], ("finance", "hr")),
    ],
)
def test_groups_are_the_readers(registry: Registry, groups: object, listed: tuple[str, ...]) -> None:
    registry.replace(new_document(URI, "Salaries.", groups=groups))
    assert only(registry).groups == listed


def test_documents_are_found_by_id_uri_and_their_parts(registry: Registry) -> None:
    uris = [URI, "source://handbook/travel/trains.md", "source://other/trains.md"]
    for uri in uris:
        registry.replace(new_document(uri, f"About {uri}.", source=uri.split("/")[2]))

    def found(name: str) -> list[str]:
        return sorted(record.uri for record in registry.find(name))

    assert found(doc_id_of(URI)) == found(URI) == found("expenses") == found("expenses.md") == [URI]
    assert found("travel/trains.md") == [uris[1]]
    assert found("trains.md") == found("trains") == uris[1:]
    assert found("rains.md") == found("nobody") == found("") == found("%") == []


def test_an_exact_name_wins_over_names_that_begin_with_it(registry: Registry) -> None:
    exact = new_document("source://s/a.md", "One.")
    longer = new_document(f"source://s/{exact.doc_id}-more.md", "Two.")
    for new in (exact, longer):
        registry.replace(new)
    assert longer.doc_id.startswith(exact.doc_id)
    assert [record.doc_id for record in registry.find(exact.doc_id)] == [exact.doc_id]


@pytest.mark.parametrize("uri", ["source://s/", "source://s/数据.md", "file:///a/" + "x" * 300 + ".md"])
def test_ids_are_short_and_plain_whatever_the_uri(uri: str) -> None:
    assert len(doc_id_of(uri)) <= 60
    assert doc_id_of(uri).replace("-", "").isalnum()
    assert doc_id_of(uri).isascii()
    assert doc_id_of(uri) == doc_id_of(uri) != doc_id_of(uri + "?")


def test_passages_are_slices_of_the_stored_text(registry: Registry, tmp_path: Path) -> None:
    registry.replace(new_document(URI, "# Trips ☕\n\n" + "Taxis cost 20 €. " * 300))
    text = registry.text(only(registry).doc_id)
    assert text is not None
    connection = sqlite3.connect(tmp_path / "registry.sqlite")
    rows = connection.execute('SELECT start, "end", text FROM passages').fetchall()
    connection.close()
    assert len(rows) > 3
    assert all(text[start:end] == words for start, end, words in rows)


def test_a_folder_of_another_format_is_left_alone_with_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "registry.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(IndexFormatError, match=r"format 99.*PINCITE_HOME"):
        open_engine(path)


def test_a_character_of_a_version_is_on_the_page_that_begins_before_it(registry: Registry) -> None:
    new = new_document("source://guide/pages.pdf", "First page. Second page. Third page.")
    paged = replace(new, loaded=replace(new.loaded, pages=(0, 12, 25)))
    registry.replace(paged)
    record = only(registry)
    stored = registry.stored_version(record.doc_id, record.version)
    assert stored is not None
    assert [stored.page_at(at) for at in (0, 11, 12, 24, 25, 400)] == [1, 1, 2, 2, 3, 3]
    assert registry.stored_version(record.doc_id, "another") is None
    assert registry.stored_version(record.doc_id, record.version[:12]) is None


def test_a_document_without_pages_has_none(registry: Registry) -> None:
    registry.replace(new_document(URI, "Some words."))
    record = only(registry)
    stored = registry.stored_version(record.doc_id, record.version)
    assert stored is not None
    assert (stored.text, stored.page_at(3), stored.rects_at(0, 4)) == ("Some words.", None, [])
