"""A tool that searches the documents once more, in the scope of who is asking."""

from __future__ import annotations

from typing import Annotated, Any

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool

from tools.policy.declaration import ToolDeclaration, declare
from tools.scoped_search import scoped_search

SEARCH_DOCUMENTS = "search_documents"
PASSAGES = 4

LOOKS = ToolDeclaration(
    reads=True, writes=False, sends_out=False, accepts_untrusted=True, highest="groups", retries=1
)
"""Of tools that look into the documents as whoever asks may."""


def make_search_documents(retriever: BaseRetriever, passages: int = PASSAGES) -> BaseTool:
    """The tool ``search_documents(query)``; it hands its documents over as the artifact.

    ``scope`` (groups and filters) is filled in by the graph and hidden from the model, so a model that was
    talked into something cannot widen what it sees.
    """

    async def search_documents(
        query: str, scope: Annotated[dict[str, Any] | None, InjectedToolArg] = None
    ) -> tuple[str, list[Document]]:
        found = await scoped_search(retriever, query, k=passages, **(scope or {}))
        return f"{len(found)} passages", found

    tool = StructuredTool.from_function(
        coroutine=search_documents,
        name=SEARCH_DOCUMENTS,
        description=(
            "Search the team's documents with other words, when the passages given do not hold the answer "
            "but the documents may. The passages found are added to the numbered ones."
        ),
        response_format="content_and_artifact",
    )
    return declare(tool, LOOKS)
