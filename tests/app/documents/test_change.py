"""What is said of a document over its source: in force at once, kept when the source is read again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.compose import Pincite, open_pincite
from app.documents.change import change_document, delete_document, forget_document_for, reset_document
from app.documents.details import show_document
from app.documents.readable import DocumentRefusedError, DocumentRequestError, NoSuchDocumentError
from app.ingestion.discover import discover
from app.jobs.open import open_jobs
from app.registry.overrides import NOBODY, Override, readers_now
from app.registry.requester import Requester
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.settings import Settings

ANN, BOB, HR = Requester("ann"), Requester("bob"), Requester("hana", ("hr",))
CHIEF = Requester("chief", operator=True)
TEXT = "---\nstatus: draft\nauthor: Ada\n---\n# Valve\n\nThe valve opens at 7 bars.\n"
QUESTION = "At how many bars does the valve open?"


@pytest.fixture
def pincite(tmp_path: Path) -> Iterator[Pincite]:
    with open_pincite(Settings(home=tmp_path / "home")) as opened:
        yield opened


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "valve.md").write_text(TEXT)
    (folder / "other.md").write_text("# Other\n\nNothing of interest is here.\n")
    return folder


def sync(pincite: Pincite, place: Path) -> list[str]:
    with pincite.corpus.writing() as (pipeline, writer):
        return [one.status for one in pipeline.sync(discover([place], "tree"), "tree", writer)]


def valve(pincite: Pincite) -> str:
    return next(one.doc_id for one in pincite.registry.documents() if one.uri.endswith("valve.md"))


def found(pincite: Pincite, *groups: str, **filters: str) -> bool:
    documents = pincite.retriever.invoke(QUESTION, groups=groups, filters=filters)
    assert not any("degraded" in one.metadata for one in documents)
    return any(one.metadata["doc_id"] == valve(pincite) for one in documents)


def test_readers_and_metadata_hold_at_the_next_question_without_embedding(
    pincite: Pincite, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(pincite, place)
    doc_id = valve(pincite)
    assert found(pincite)
    runs: list[str] = []
    run = MiniLMEmbeddings._run

    def counted(self: MiniLMEmbeddings, text: str) -> Any:
        runs.append(text)
        return run(self, text)

    monkeypatch.setattr(MiniLMEmbeddings, "_run", counted)
    before = pincite.registry.versions(doc_id)
    changed = change_document(
        pincite.corpus, CHIEF, doc_id, readers=["hr"], metadata={"status": "final", "author": None, "n": 3}
    )
    assert runs == []
    assert changed.groups == ("hr",)
    assert changed.metadata == {"status": "final", "n": 3, "groups": ["hr"]}
    assert pincite.registry.versions(doc_id) == before
    assert not found(pincite)
    assert found(pincite, "hr")
    assert found(pincite, "hr", status="final")
    assert not found(pincite, "hr", status="draft")
    with open_pincite(pincite.settings) as another:
        assert not found(another)
        assert found(another, "hr")
    assert show_document(pincite.corpus, CHIEF, doc_id).override is not None
    assert show_document(pincite.corpus, HR, doc_id).override is None
    assert pincite.corpus.checks().missing() == ""
    (place / "valve.md").write_text(TEXT.replace("7 bars", "8 bars"))
    sync(pincite, place)
    assert any("8 bars" in one for one in runs)


def test_it_outlives_a_new_version_and_a_removal_of_its_source(pincite: Pincite, place: Path) -> None:
    sync(pincite, place)
    change_document(pincite.corpus, CHIEF, valve(pincite), readers=["hr"], metadata={"status": "final"})
    (place / "valve.md").write_text(TEXT.replace("Ada", "Bo").replace("7 bars", "8 bars"))
    assert "updated" in sync(pincite, place)
    record = pincite.registry.named([valve(pincite)])[valve(pincite)]
    assert record.groups == ("hr",)
    assert (record.metadata["status"], record.metadata["author"]) == ("final", "Bo")
    assert not found(pincite)
    (place / "valve.md").rename(place.parent / "away.md")
    assert "removed" in sync(pincite, place)
    (place.parent / "away.md").rename(place / "valve.md")
    sync(pincite, place)
    assert not found(pincite)
    assert found(pincite, "hr")
    back = reset_document(pincite.corpus, CHIEF, valve(pincite))
    assert back.metadata == {"status": "draft", "author": "Bo"}
    assert found(pincite)
    assert pincite.registry.override(valve(pincite)) is None


def test_what_is_said_twice_is_added_to_what_was_said(pincite: Pincite, place: Path) -> None:
    sync(pincite, place)
    doc_id = valve(pincite)
    change_document(pincite.corpus, CHIEF, doc_id, readers=["hr"], metadata={"a": "1", "b": "2"})
    changed = change_document(pincite.corpus, CHIEF, doc_id, metadata={"b": None, "status": None})
    assert changed.metadata == {"author": "Ada", "a": "1", "groups": ["hr"]}
    changed = change_document(pincite.corpus, CHIEF, doc_id, readers=[], metadata={"status": "old"})
    assert changed.metadata == {"author": "Ada", "a": "1", "status": "old"}
    assert found(pincite)


@pytest.mark.parametrize(
    ("said", "over", "source", "readers"),
    [
        (("hr",), ("everyone",), ("everyone",), ("hr",)),
        (("everyone",), ("hr",), ("hr",), ("everyone",)),
        ((), ("hr",), ("board",), ("board",)),
        (("hr",), ("board",), ("everyone",), ("hr",)),
        (("everyone",), ("hr",), ("board",), ("board",)),
        (("board", "hr"), ("everyone",), ("hr", "sales"), ("hr",)),
        (("hr",), ("everyone",), ("sales",), (NOBODY,)),
    ],
)
def test_where_the_source_changed_since_the_narrower_of_both_holds(
    said: tuple[str, ...], over: tuple[str, ...], source: tuple[str, ...], readers: tuple[str, ...]
) -> None:
    assert readers_now(Override(readers=said, over=over), source) == readers


def test_only_an_operator_or_who_uploaded_it_changes_a_document(pincite: Pincite, place: Path) -> None:
    sync(pincite, place)
    jobs = open_jobs(pincite.corpus)
    data = b"# Mine\n\nMy own words.\n"
    upload = jobs.uploads.begin(ANN, "mine.md", hashlib.sha256(data).hexdigest(), len(data))
    jobs.uploads.append(ANN, upload.id, 0, data)
    jobs.uploads.finish(ANN, [upload.id])
    jobs.worker.work_off()
    mine = next(one.doc_id for one in pincite.registry.documents() if one.uri == upload.uri)
    for requester, doc_id in ((ANN, valve(pincite)), (BOB, mine), (Requester("anonymous"), mine)):
        with pytest.raises(DocumentRefusedError):
            change_document(pincite.corpus, requester, doc_id, metadata={"a": "b"})
        with pytest.raises(DocumentRefusedError):
            delete_document(pincite.corpus, requester, doc_id)
    change_document(pincite.corpus, ANN, mine, readers=["board"])
    # Who uploaded it and may not read it any more does not see it either.
    with pytest.raises(NoSuchDocumentError):
        delete_document(pincite.corpus, ANN, mine)
    delete_document(pincite.corpus, CHIEF, mine)
    assert [one.uri for one in pincite.registry.documents() if one.uri == upload.uri] == []


def test_forgetting_takes_what_was_said_too(pincite: Pincite, place: Path) -> None:
    sync(pincite, place)
    doc_id = valve(pincite)
    change_document(pincite.corpus, CHIEF, doc_id, metadata={"keeper": "Xanthippeia"})
    report = forget_document_for(pincite.corpus, CHIEF, doc_id)
    assert report.done, report.proof
    assert pincite.registry.override(doc_id) is None
    home = pincite.settings.home
    assert not any(b"xanthippeia" in one.read_bytes().lower() for one in home.rglob("*") if one.is_file())


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"metadata": {"groups": ["x"]}}, "readers say who may read"),
        ({"metadata": {"risk": None}}, "readers say who may read"),
        ({"metadata": {"doc_id": "other"}}, "cannot be changed"),
        ({"metadata": {"source": None}}, "cannot be changed"),
        ({"metadata": {"a": "\ud800"}}, "half a character"),
        ({"metadata": {"a": {"b": 1}}}, "metadata are texts"),
        ({"metadata": {"a": float("nan")}}, "metadata are texts"),
        ({"metadata": {str(n): 1 for n in range(51)}}, "50 keys"),
        ({"readers": ["a,b"]}, "names of groups"),
        ({"readers": [NOBODY]}, "is no group"),
    ],
    ids=range(10),
)
def test_what_cannot_be_said_is_refused_before_anything_is_written(
    pincite: Pincite, place: Path, given: dict[str, object], told: str
) -> None:
    sync(pincite, place)
    before = pincite.registry.generation()
    with pytest.raises(DocumentRequestError, match=told):
        change_document(pincite.corpus, CHIEF, valve(pincite), **given)  # type: ignore[arg-type]
    assert pincite.registry.generation() == before
