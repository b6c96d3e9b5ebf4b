"""A tool that reads on in a document: what stands around a passage, a section, a page, or its beginning."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from langchain_core.documents import Document
from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool

from tools.document_shelf import DocumentPart, DocumentShelf, NoSuchPartError
from tools.policy.declaration import declare
from tools.search_documents import LOOKS

READ_DOCUMENT = "read_document"
CHARACTERS = 6000
"""Of a document that one call reads: as much as the evidence of a question has by default."""


def make_read_document(shelf: DocumentShelf, characters: int = CHARACTERS) -> BaseTool:
    """The tool ``read_document(passage, document, section, page)``; what it reads is cited like any passage.

    Whose passage is meant and who asks are filled in by the graph and hidden from the model.
    """

    async def read_document(
        passage: int | None = None,
        document: str = "",
        section: str = "",
        page: int | None = None,
        scope: Annotated[dict[str, Any] | None, InjectedToolArg] = None,
        shown: Annotated[dict[str, Any] | None, InjectedToolArg] = None,
    ) -> tuple[str, list[Document]]:
        asked = scope or {"groups": (), "filters": {}}
        part = part_to_read(passage, document, section.strip(), page, (shown or {"passages": []})["passages"])
        found = await asyncio.to_thread(
            shelf.read, part, groups=asked["groups"], filters=asked["filters"], characters=characters
        )
        return f"{len(found)} passages", found

    tool = StructuredTool.from_function(
        coroutine=read_document,
        name=READ_DOCUMENT,
        description=(
            "Read on in a document when a passage is cut off or refers to what stands elsewhere in it. Name "
            "the document by the number of one of its passages, or by its id or title as list_documents has "
            "it. Then section (words of a heading) or page says what is read; neither: what stands around "
            "the passage, or the beginning. What is read is added to the numbered passages."
        ),
        response_format="content_and_artifact",
    )
    return declare(tool, LOOKS)


def part_to_read(
    number: int | None, document: str, section: str, page: int | None, passages: list[Mapping[str, Any]]
) -> DocumentPart:
    """What a model names by the number of a passage, or by an id or title.

    Raises:
        NoSuchPartError: it names nothing, or no passage that there is.
    """
    if number is None:
        if not document.strip():
            raise NoSuchPartError("name a document: the number of a passage, or an id or title")
        return DocumentPart(document.strip(), section=section, page=page)
    if not 1 <= number <= len(passages):
        raise NoSuchPartError(f"there is no passage {number}")
    of = passages[number - 1]
    return DocumentPart(of["doc_id"], of["version"], of["start"], of["end"], section, page)
