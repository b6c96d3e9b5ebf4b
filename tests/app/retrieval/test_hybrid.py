"""The retriever: two legs, one list, and what happens when a leg breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.retrieval.hybrid import HybridRetriever
from app.retrieval.ranking.evidence_cut import EvidenceCut
from app.retrieval.ranking.scores import rank_score
from app.settings import EmbeddingSettings, Settings
from tests.support.embedding_server import EmbeddingServer, serve_embeddings
from tests.support.index import FINGERPRINT, filled_index, new_document, words_of
from tests.support.vectors import vector_index


class BrokenEmbeddings(Embeddings):
    def embed_query(self, text: str) -> list[float]:
        raise ConnectionError("the key sk-secret was refused")

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise ConnectionError


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    with serve_embeddings() as server:
        yield server


def remote_settings(home: Path, url: str) -> Settings:
    embedding = {"provider": "openai", "base_url": url, "api_key": "sk-test", "timeout_s": 5}
    return Settings(home=home, embedding=EmbeddingSettings.model_validate(embedding))


def notes(found: Sequence[Document]) -> set[str]:
    return {document.metadata.get("degraded", "") for document in found}


def cut(passages: int = 6, characters: int = 6000, floor: float = 0.35) -> EvidenceCut:
    return EvidenceCut(passages=passages, characters=characters, floor=floor, unit="passages")


def test_passages_come_best_first_with_everything_a_citation_needs(pincite: Pincite) -> None:
    found = pincite.retriever.invoke("How many volts does the gateway need?")
    best = found[0]
    assert best.metadata["title"] == "Heron gateway manual"
    scores = [rank_score(document) for document in found]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[0] <= 1
    for document in found:
        meta = document.metadata
        text = pincite.registry.text(meta["doc_id"], meta["version"])
        assert text is not None
        assert document.page_content == text[meta["start"] : meta["end"]]
        assert document.id == f"{meta['doc_id']}@{meta['version'][:16]}:{meta['start']}-{meta['end']}"
        assert {"page", "headings", "uri", "source", "metadata", "scores"} <= meta.keys()
    assert len({document.id for document in found}) == len(found)


def test_meaning_finds_what_words_do_not(pincite: Pincite) -> None:
    found = pincite.retriever.invoke("vacation entitlement")
    assert found[0].metadata["title"] == "holidays"
    assert found[0].metadata["scores"]["lexical"] is None


def test_k_is_how_many_come(pincite: Pincite) -> None:
    assert [len(pincite.retriever.invoke("days", k=k)) for k in (1, 2, 3)] == [1, 2, 3]


def test_an_empty_index_finds_nothing_and_is_not_degraded(tmp_path: Path) -> None:
    with open_pincite(Settings(home=tmp_path)) as pincite:
        assert pincite.retriever.invoke("anything") == []


def test_words_still_find_when_embedding_fails_and_every_passage_says_so(pincite: Pincite) -> None:
    folder = pincite.settings.home / "default"
    broken = HybridRetriever(
        registry=pincite.registry,
        vectors=vector_index(folder, BrokenEmbeddings(), FINGERPRINT, pincite.registry.engine),
        lexical=pincite.corpus.words,
        fingerprint=FINGERPRINT,
        candidates=100,
        top_k=20,
    )
    found = broken.invoke("How many volts does the gateway need?")
    assert found[0].metadata["title"] == "Heron gateway manual"
    assert notes(found) == {"found by words only: embedding or vector search failed (ConnectionError)"}


def test_an_answer_tells_that_it_was_found_by_words_only(
    home: Path, server: EmbeddingServer, documents: Path
) -> None:
    with open_pincite(remote_settings(home, server.url)) as pincite:
        answer = pincite.ask("How many volts does the gateway need?")
        (notice,) = {notice for notice in answer.notices if "words only" in notice}
        assert f"built with {FINGERPRINT}, not openai-text-embedding-3-small" in notice


def test_changing_the_embedder_is_complete_once_every_document_was_read_again(
    tmp_path: Path, server: EmbeddingServer
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in ("apples", "pears", "plums"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nThe {name} are kept in the cellar.\n")
    home = tmp_path / "home"
    with open_pincite(Settings(home=home)) as pincite, pincite.corpus.writing() as (pipeline, writer):
        list(pipeline.add(discover([folder], "pages"), "pages", writer))
    with open_pincite(remote_settings(home, server.url)) as pincite:
        with pincite.corpus.writing() as (pipeline, writer):
            list(pipeline.add(discover([folder / "apples.md"], "pages"), "pages", writer))
        assert notes(pincite.retriever.invoke("pears")) != {""}, "two of three have no vectors in this space"
        with pincite.corpus.writing() as (pipeline, writer):
            outcomes = list(pipeline.add(discover([folder], "pages"), "pages", writer))
        assert [outcome.status for outcome in outcomes] == ["unchanged", "updated", "updated"]
        found = pincite.retriever.invoke("pears")
        assert notes(found) == {""}
        assert all(document.metadata["scores"]["dense"] is not None for document in found)
        assert len(found) == 3


def test_the_same_words_twice_are_evidence_once_and_the_tail_is_cut(tmp_path: Path) -> None:
    text = "# Kite\n\nA kite flies in 20 knots of wind."
    pages = [new_document("file:///a.md", text), new_document("file:///b.md", text)]
    pages.append(new_document("file:///c.md", "# Payroll\n\nSalaries are paid on the 25th."))
    with filled_index(tmp_path, pages) as pincite:
        found = pincite.retriever.invoke("How much wind does a kite need?")
        assert words_of(found) == ["Kite", "Payroll"]
        assert len(found) == 3
        kept = cut().compress_documents(found, "")
        assert [document.id for document in kept] == [found[0].id]
        assert len(cut(floor=0.0, passages=1).compress_documents(found, "")) == 1
        assert len(cut(floor=0.0, characters=500).compress_documents(found, "")) == 2
        assert len(cut(floor=0.0, characters=10).compress_documents(found, "")) == 1
        assert cut().compress_documents([], "") == []
