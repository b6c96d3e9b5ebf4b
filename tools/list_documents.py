"""A tool that lists the documents whoever asks may read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool

from tools.document_shelf import DocumentShelf, ListedDocument
from tools.filters import as_mapping
from tools.policy.declaration import declare
from tools.search_documents import LOOKS

LIST_DOCUMENTS = "list_documents"
MOST_LISTED = 40
MOST_NAME = 120
"""Characters of a title, a name or a value."""


def make_list_documents(shelf: DocumentShelf) -> BaseTool:
    """The tool ``list_documents(words, filters)``; ``scope`` is filled in by the graph."""

    async def list_documents(
        words: str = "",
        filters: dict[str, str] | list[str] | None = None,
        scope: Annotated[dict[str, Any] | None, InjectedToolArg] = None,
    ) -> str:
        asked = scope or {"groups": (), "filters": {}}
        # What who asks has narrowed the question to stands; the model may narrow it further.
        narrowed = {**as_mapping(filters), **asked["filters"]}
        found = await asyncio.to_thread(
            shelf.listed, groups=asked["groups"], filters=narrowed, words=words.strip()
        )
        return listing(found)

    tool = StructuredTool.from_function(
        coroutine=list_documents,
        name=LIST_DOCUMENTS,
        description=(
            "List the documents that may be read, with their ids, when the question is about which there "
            "are, or one is to be read. words: those of title or file name, all must be there; filters: "
            "metadata, such as version or status, by name, or lines such as version>=2.4. The list is added "
            "to the numbered passages."
        ),
    )
    return declare(tool, LOOKS)


def listing(found: Sequence[ListedDocument]) -> str:
    """How many there are, then a line each.

    >>> print(listing([ListedDocument("a1", "Leave", "file:///x/leave.md", {"version": "2.4"})]))
    There is 1 document.
    - Leave (id a1, leave.md, version: 2.4)
    """
    count = len(found)
    head = "There is 1 document." if count == 1 else f"There are {count} documents."
    if count > MOST_LISTED:
        head += f" The first {MOST_LISTED} by title are listed."
    return "\n".join([head, *(_line(one) for one in found[:MOST_LISTED])])


def _line(one: ListedDocument) -> str:
    name = one.uri.rstrip("/").rpartition("/")[2]
    facts = [f"{_short(key)}: {_short(value)}" for key, value in sorted(one.facts.items())]
    return f"- {_short(one.title)} ({', '.join([f'id {one.doc_id}', _short(name), *facts])})"


def _short(text: str) -> str:
    return " ".join(text.split())[:MOST_NAME]


def matches(words: str, one: Mapping[str, str]) -> bool:
    """Whether title or URI have all the words, whatever their case."""
    held = f"{one['title']} {one['uri']}".casefold()
    return all(word in held for word in words.casefold().split())
