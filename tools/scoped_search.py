"""Ask any LangChain retriever in the scope of who is asking."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever


class UnfilterableRetrieverError(ValueError):
    """Filters were asked for, but the retriever takes none: searching anyway would ignore them."""


async def scoped_search(
    retriever: BaseRetriever,
    query: str,
    *,
    groups: Sequence[str] = (),
    filters: Mapping[str, Any] | None = None,
    k: int,
) -> list[Document]:
    """Retrieve with ``groups``, ``filters`` and ``k`` where the retriever declares them, else without.

    Raises:
        UnfilterableRetrieverError: there are filters and the retriever declares none.
    """
    # BaseRetriever drops keyword arguments that its subclass does not declare; dropping a filter would
    # widen what the asker narrowed, so that is an error here.
    if not retriever._expects_other_args:
        if filters:
            name = type(retriever).__name__
            raise UnfilterableRetrieverError(f"{name} takes no filters; leave them out, or use one that does")
        return await retriever.ainvoke(query)
    scope = {"groups": groups, "filters": filters, "k": k}
    # The default asynchronous half takes no keyword arguments, so a synchronous retriever runs in a thread.
    if type(retriever)._aget_relevant_documents is BaseRetriever._aget_relevant_documents:
        return await asyncio.to_thread(retriever.invoke, query, None, **scope)
    return await retriever.ainvoke(query, None, **scope)
