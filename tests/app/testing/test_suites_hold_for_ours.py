"""What is asked of a stranger's loader, guard and tool, ours do."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from app.ingestion.load.kinds import KINDS
from app.ingestion.load.loader import Loader
from app.ingestion.load.readers import BuiltInLoader
from app.safety.guards import answer_guard, question_guard
from app.testing.guard_suite import GuardSuite
from app.testing.loader_suite import LoaderSuite, Sample
from app.testing.tool_suite import ToolSuite
from graphs.judging.queried_tables import table_reader
from graphs.judging.stated_inputs import read_stated
from tests.app.ingestion.load.test_damage import MAKERS
from tools.ask_person import make_ask_person
from tools.compute import make_compute
from tools.document_shelf import DocumentPart, ListedDocument
from tools.list_documents import make_list_documents
from tools.query_table import make_query_table
from tools.read_document import make_read_document
from tools.search_documents import make_search_documents

WORDS = {
    ".docx": "Call",
    ".epub": "nine seconds",
    ".pptx": "a",
    ".xlsx": "Team",
    ".ipynb": "1 + 1",
    ".json": "Team",
}
WORDS |= {".rtf": "Ask", ".py": "return 1", ".adoc": "code"}
PLAIN = {
    "a.md": b"# Leave\n\nCall before nine.\n",
    "a.html": b"<h1>Leave</h1><p>Call before nine.</p>",
    "a.txt": b"Call before nine.\n",
    "a.csv": b"what,when\nCall,before nine\n",
}


def samples() -> list[tuple[str, bytes]]:
    return [*PLAIN.items(), *((name, make()) for name, make in MAKERS.items())]


@pytest.mark.parametrize(
    ("name", "data"), samples(), ids=lambda value: value if isinstance(value, str) else ""
)
class TestBuiltInLoaders(LoaderSuite):
    loader: ClassVar[Loader]

    @pytest.fixture(autouse=True)
    def _one(self, name: str, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        suffix = f".{name.partition('.')[2]}"
        monkeypatch.setattr(type(self), "loader", BuiltInLoader(KINDS[suffix]), raising=False)
        sample = Sample(name, data, WORDS.get(suffix, "Call"))
        monkeypatch.setattr(type(self), "samples", (sample,), raising=False)


class TestQuestionForm(GuardSuite):
    guard = question_guard(40)
    passes = ("How long is the warranty?",)
    stops = ("a\x07b", "word " * 20)


class TestAllowedLinks(GuardSuite):
    guard = answer_guard(["example.org"])
    passes = ("Ask first.", "See https://example.org/leave for more.")
    stops = ("See https://elsewhere.example.com/x for more.",)


class _Shelf(BaseRetriever):
    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        return [Document("Returns are free.", metadata={"source": "returns.md"})]


class TestSearchDocuments(ToolSuite):
    tool = make_search_documents(_Shelf())
    arguments: ClassVar = {"query": "returns"}


class _Documents:
    """One document, for whoever asks."""

    def listed(self, *, groups: Any, filters: Any, words: str = "") -> list[ListedDocument]:
        return [ListedDocument("a1", "Returns", "file:///returns.md")]

    def read(self, part: DocumentPart, *, groups: Any, filters: Any, characters: int) -> list[Document]:
        return [Document("Returns are free.", metadata={"source": "returns.md"})]

    def whole(self, part: DocumentPart, *, groups: Any, filters: Any) -> Document:
        where = {"doc_id": "a1", "version": "v", "title": "Prices", "uri": "", "headings": []}
        return Document("Plan: Team; Price: 49 EUR\nPlan: Solo; Price: 20 EUR", metadata=where)


class TestListDocuments(ToolSuite):
    tool = make_list_documents(_Documents())
    arguments: ClassVar = {"words": "returns"}


class TestReadDocument(ToolSuite):
    tool = make_read_document(_Documents())
    arguments: ClassVar = {"document": "Returns", "section": "Costs"}


class TestQueryTable(ToolSuite):
    tool = make_query_table(_Documents(), table_reader())
    arguments: ClassVar = {"document": "Prices", "sql": "SELECT sum(Price) FROM t"}


class TestCompute(ToolSuite):
    tool = make_compute(read_stated)
    arguments: ClassVar = {"formula": "a * 12", "inputs": [{"name": "a", "value": "3 EUR", "passage": 0}]}
    told: ClassVar = {"shown": {"question": "What are 3 EUR a month in a year?", "passages": []}}


class _Queue:
    def put(self, _question: str, _asker: Any, /) -> int:
        return 7


class TestAskPerson(ToolSuite):
    tool = make_ask_person(_Queue())
    arguments: ClassVar = {"question": "Who pays for taxis?"}
