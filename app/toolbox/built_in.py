"""The tools that come with Pincite, made for one application."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool

from app.retrieval.readable_documents import ReadableDocuments
from app.toolbox.names import BUILT_IN, BuiltInTool
from app.toolbox.question_queue import questions_of
from graphs.judging.queried_tables import table_reader
from graphs.judging.stated_inputs import read_stated
from tools.ask_person import HANDS_ON, make_ask_person
from tools.compute import RECKONS, make_compute
from tools.list_documents import make_list_documents
from tools.policy.declaration import ToolDeclaration
from tools.query_table import QUERIES, make_query_table
from tools.read_document import make_read_document
from tools.search_documents import LOOKS, make_search_documents

DECLARED: Mapping[BuiltInTool, ToolDeclaration] = {
    "search_documents": LOOKS,
    "list_documents": LOOKS,
    "read_document": LOOKS,
    "query_table": QUERIES,
    "compute": RECKONS,
    "ask_person": HANDS_ON,
}
"""What each declares, without making it."""


def built_in_tools(
    names: Sequence[BuiltInTool], retriever: BaseRetriever, documents: ReadableDocuments, folder: Path
) -> list[BaseTool]:
    """The named tools, each once, in the order of ``BUILT_IN``."""
    make: Mapping[BuiltInTool, Callable[[], BaseTool]] = {
        "search_documents": lambda: make_search_documents(retriever),
        "list_documents": lambda: make_list_documents(documents),
        "read_document": lambda: make_read_document(documents),
        "query_table": lambda: make_query_table(documents, table_reader()),
        "compute": lambda: make_compute(read_stated),
        "ask_person": lambda: make_ask_person(questions_of(folder)),
    }
    return [make[name]() for name in BUILT_IN if name in names]
