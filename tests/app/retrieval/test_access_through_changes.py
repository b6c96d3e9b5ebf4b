"""Whatever is written, rewritten, removed or cut short, and whoever asks: only what may be read is found.

A reader that was open all along, as another process would be, is asked after each step and compared with a
plain dictionary of who may read what.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings

from app.ingestion.writer import IndexWriter
from app.registry.document import LoadedDocument, PassageSpan
from app.registry.new_document import NewDocument, doc_id_of
from app.registry.registry import Registry
from app.registry.schema import open_engine
from app.retrieval.hybrid import HybridRetriever
from app.retrieval.lexical_index import LexicalIndex
from app.retrieval.scope import make_scope
from app.retrieval.vectors.vector_index import VectorIndex
from tests.support.vectors import vector_index

NAMES = ("ant", "bee", "cat")
GROUPS = ("hr", "board", "it")
WORDS = ("red", "green", "blue", "the")


class Killed(BaseException):
    pass


class Hashed(Embeddings):
    """Eight buckets of words, and one that all texts share, so that none is infinitely far."""

    def embed_query(self, text: str) -> list[float]:
        vector = [0.0] * 8 + [1.0]
        for word in text.split():
            vector[zlib.crc32(word.encode()) % 8] += 1.0
        return vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]


@dataclass(frozen=True)
class Step:
    """One write. ``cut`` names the method at which the writer's process ends."""

    name: str
    remove: bool
    words: tuple[str, ...]
    groups: tuple[str, ...]
    area: str
    cut: str


@dataclass(frozen=True)
class Question:
    words: tuple[str, ...]
    groups: tuple[str, ...]
    areas: tuple[str, ...]
    name: str


steps = st.builds(
    Step,
    name=st.sampled_from(NAMES),
    remove=st.sampled_from([False, False, False, True]),
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple),
    groups=st.lists(st.sampled_from(GROUPS), max_size=2, unique=True).map(tuple),
    area=st.sampled_from("12"),
    cut=st.sampled_from(["", "", "", "add words", "replace", "settle", "delete vectors", "delete words"]),
)
questions = st.builds(
    Question,
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple),
    groups=st.lists(st.sampled_from([*GROUPS, "everyone", "nobody"]), max_size=3).map(tuple),
    areas=st.lists(st.sampled_from("123"), max_size=2).map(tuple),
    name=st.sampled_from(["", "", "", *NAMES]),
)

CUTS = {
    "add words": (LexicalIndex, "add"),
    "replace": (Registry, "replace"),
    "settle": (IndexWriter, "settle"),
    "delete vectors": (VectorIndex, "settle"),
    "delete words": (LexicalIndex, "delete"),
}


Parts = tuple[Registry, VectorIndex, LexicalIndex]


@contextmanager
def opened(folder: Path, store: str) -> Iterator[Parts]:
    registry = Registry(open_engine(folder / "registry.sqlite"), lambda: "2026")
    vectors = vector_index(folder, Hashed(), "hashed", registry.engine, store)
    words = LexicalIndex(folder / "words")
    try:
        yield registry, vectors, words
    finally:
        words.end_writing()
        vectors.close()
        registry.engine.dispose()


@dataclass
class World:
    truth: dict[str, tuple[frozenset[str], str]] = field(default_factory=dict)
    """Name of a document: who may read it, and its area."""

    def write(self, step: Step, writer: IndexWriter) -> None:
        uri = f"file:///{step.name}"
        if step.remove:
            writer.remove(doc_id_of(uri))
            return
        text = " ".join(step.words)
        metadata = {"groups": list(step.groups), "area": step.area}
        loaded = LoadedDocument(text, step.name, "text/plain", (), (), metadata)  # type: ignore[arg-type]
        writer.put(NewDocument("files", uri, text, "1/hashed", loaded, [PassageSpan(0, len(text))]))

    def take(self, step: Step, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> bool:
        """Write; True when it was not cut short. After a cut the writer starts anew."""
        registry, vectors, words = parts
        generation, whole = registry.generation(), False
        with suppress(Killed), monkeypatch.context() as patch:
            vectors.begin_writing()
            writer = IndexWriter(registry, vectors, words)
            writer.settle()
            if step.cut:
                patch.setattr(*CUTS[step.cut], _killed)
            self.write(step, writer)
            whole = True
        if registry.generation() != generation:
            self.truth.pop(step.name, None)
            if not step.remove:
                self.truth[step.name] = (frozenset(step.groups or ["everyone"]), step.area)
        vectors.stop_writing()
        if not whole:
            vectors.close()
        words.end_writing()
        return whole

    def allowed(self, question: Question) -> set[str]:
        return {
            doc_id_of(f"file:///{name}")
            for name, (readers, area) in self.truth.items()
            if readers & {"everyone", *question.groups}
            and (not question.areas or area in question.areas)
            and (not question.name or name == question.name)
        }


def _killed(*_args: object, **_named: object) -> None:
    raise Killed


def check(question: Question, reader: Parts, world: World) -> set[str]:
    """Ask both legs and the retriever; what the retriever found."""
    registry, vectors, words = reader
    filters: dict[str, object] = {"area": list(question.areas)} if question.areas else {}
    if question.name:
        filters["doc_id"] = doc_id_of(f"file:///{question.name}")
    retriever = HybridRetriever(
        registry=registry,
        vectors=vectors,
        lexical=words,
        fingerprint="hashed",
        candidates=100,
        top_k=20,
    )
    asked = " ".join(question.words)
    found = retriever.invoke(asked, groups=question.groups, filters=filters, k=50)
    assert not any("degraded" in document.metadata for document in found)
    allowed = world.allowed(question)
    hits = vectors.search(asked, 50, make_scope(question.groups, filters)).hits
    assert {hit.passage_id.partition("@")[0] for hit in hits} <= allowed
    return {document.metadata["doc_id"] for document in found}


@pytest.mark.parametrize("store", ["rows", "chroma"])
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.tuples(steps, questions, questions), min_size=1, max_size=5))
def test_only_and_all_of_what_may_be_read_is_found(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    store: str,
    turns: list[tuple[Step, Question, Question]],
) -> None:
    world, folder = World(), tmp_path_factory.mktemp("world")
    with opened(folder, store) as reader, opened(folder, store) as writing:
        writing[0].set_state("fingerprint", "hashed")
        for step, *asked in turns:
            whole = world.take(step, writing, monkeypatch)
            for question in asked:
                found = check(question, reader, world)
                assert found <= world.allowed(question)
                if whole:
                    assert found == world.allowed(question)
