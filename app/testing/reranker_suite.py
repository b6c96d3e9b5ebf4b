"""What every reranker must do: inherit ``RerankerSuite`` in your tests and give it yours.

The interface is LangChain's ``BaseDocumentCompressor``; name it in ``PINCITE_RERANK__FACTORY``.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any, ClassVar

from langchain_core.documents import BaseDocumentCompressor, Document

TEXTS = (
    "Soup is served at noon. Bread is free.",
    "The warranty of the gateway lasts two years. Batteries are not part of it.",
    "The gateway needs 12 volts. It is mounted on a wall. Its warranty is void when it is opened.",
    "Parking is behind the warehouse.",
)


class RerankerSuite:
    """Set ``reranker``; every method is a test. ``questions``: a few it should have no trouble with."""

    reranker: ClassVar[BaseDocumentCompressor]
    questions: ClassVar[Sequence[str]] = ("How long is the warranty of the gateway?", "volts", "?", "")

    def test_it_is_a_document_compressor(self) -> None:
        assert isinstance(self.reranker, BaseDocumentCompressor)

    def test_the_same_documents_come_back_in_some_order(self) -> None:
        """It orders, and cuts nothing: what is shown is decided after it."""
        for question in self.questions:
            given = retrieved()
            ranked = self._ranked(given, question)
            assert sorted(map(_identity, ranked)) == sorted(map(_identity, given)), f"{question!r}"

    def test_what_citations_rest_on_stays_as_it_was(self) -> None:
        for question in self.questions:
            given = {document.id: document for document in retrieved()}
            for document in self._ranked(list(given.values()), question):
                known = given[document.id]
                assert document.page_content == known.page_content
                for key, value in known.metadata.items():
                    if key != "scores":
                        assert document.metadata[key] == value, f"{key} was changed"
                for name, score in known.metadata["scores"].items():
                    assert document.metadata["scores"][name] == score, f"the score {name} was changed"

    def test_what_it_is_given_is_not_changed(self) -> None:
        given = retrieved()
        before = deepcopy(given)
        self._ranked(given, self.questions[0])
        assert given == before

    def test_nothing_is_nothing(self) -> None:
        for question in self.questions:
            assert self._ranked([], question) == []

    def test_one_document_comes_back(self) -> None:
        (only, *_) = retrieved()
        assert [_identity(found) for found in self._ranked([only], "volts")] == [_identity(only)]

    def test_the_same_question_gives_the_same_order(self) -> None:
        for question in self.questions:
            first = self._ranked(retrieved(), question)
            assert self._ranked(retrieved(), question) == first, f"{question!r}"

    def test_passages_that_words_alone_found_are_no_trouble(self) -> None:
        """Where the embedder fails there are no cosines."""
        given = retrieved()
        for document in given:
            document.metadata["scores"]["dense"] = None
        assert len(self._ranked(given, self.questions[0])) == len(given)

    def test_threads_may_ask_at_the_same_time(self) -> None:
        asked = list(self.questions) * 4
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda question: self._ranked(retrieved(), question), asked))
        assert found == [self._ranked(retrieved(), question) for question in asked]

    def _ranked(self, documents: Sequence[Document], question: str) -> list[Document]:
        return list(self.reranker.compress_documents(documents, question))


def retrieved() -> list[Document]:
    """Passages as the retriever hands them on."""
    return [_passage(number, text) for number, text in enumerate(TEXTS)]


def _passage(number: int, text: str) -> Document:
    metadata: dict[str, Any] = {
        "doc_id": f"doc-{number}",
        "version": "1",
        "start": 0,
        "end": len(text),
        "page": None,
        "headings": ["Handbook"],
        "uri": f"file:///{number}.md",
        "title": f"Page {number}",
        "source": "files",
        "metadata": {},
        "scores": {
            "fused": 1.0 - number / 5,
            "dense": 0.8 - number / 5,
            "lexical": 2.0 if number < 2 else None,
            "dense_weight": 0.6,
        },
    }
    return Document(text, id=f"doc-{number}@1:0-{len(text)}", metadata=metadata)


def _identity(document: Document) -> tuple[str, str]:
    return str(document.id), document.page_content
