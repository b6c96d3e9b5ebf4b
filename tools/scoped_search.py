"""Ask any LangChain retriever in the scope of who is asking."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever


class RequestError(ValueError):
    """What was asked cannot be done, and the message is written for the person who asked."""


class UnfilterableRetrieverError(RequestError):
    """Filters were asked for, but the retriever takes none: searching anyway would ignore them."""


async def scoped_search(
    retriever: BaseRetriever,
    query: str,
    *,
    groups: Sequence[str] = (),
    filters: Mapping[str, Any] | None = None,
    k: int,
) -> list[Document]:
    """Retrieve with those of ``groups``, ``filters`` and ``k`` that the retriever declares by name.

    A catch-all ``**kwargs`` declares nothing: LangChain's vector store retrievers hand theirs to the store,
    which fails on what it does not know or passes over it.

    Raises:
        UnfilterableRetrieverError: there are filters and the retriever does not declare them.
    """
    # BaseRetriever hands on keyword arguments only when the synchronous half declares some.
    declared = _declared(retriever._get_relevant_documents)
    scope = {
        name: value
        for name, value in {"groups": groups, "filters": filters, "k": k}.items()
        if name in declared
    }
    # Dropping a filter would widen what the asker narrowed.
    if filters and "filters" not in scope:
        name = type(retriever).__name__
        raise UnfilterableRetrieverError(f"{name} takes no filters; leave them out, or use one that does")
    # The default asynchronous half takes no keyword arguments, so a synchronous retriever runs in a thread.
    if scope.keys() <= _declared(retriever._aget_relevant_documents):
        return await retriever.ainvoke(query, None, **scope)
    return await asyncio.to_thread(retriever.invoke, query, None, **scope)


def _declared(method: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(method).parameters)
