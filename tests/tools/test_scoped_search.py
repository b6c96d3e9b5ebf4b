from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import InMemoryVectorStore
from pydantic import Field

from tools.scoped_search import RequestError, UnfilterableRetrieverError, scoped_search

pytestmark = pytest.mark.anyio

SCOPE = {"groups": ["hr"], "filters": {"version": "2.4"}, "k": 3}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Noting(BaseRetriever):
    seen: list[dict[str, Any]] = Field(default_factory=list)

    def _note(self, **given: Any) -> list[Document]:
        self.seen.append(given)
        return [Document("found")]


class Synchronous(Noting):
    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        groups: Sequence[str] = (),
        filters: Mapping[str, Any] | None = None,
        k: int = 4,
    ) -> list[Document]:
        return self._note(groups=groups, filters=filters, k=k)


class WithoutManager(Noting):
    def _get_relevant_documents(  # type: ignore[override]
        self, query: str, groups: Sequence[str] = (), filters: Mapping[str, Any] | None = None, k: int = 4
    ) -> list[Document]:
        return self._note(groups=groups, filters=filters, k=k)


class Asynchronous(Noting):
    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        groups: Sequence[str] = (),
        filters: Mapping[str, Any] | None = None,
        k: int = 4,
    ) -> list[Document]:
        raise AssertionError("the asynchronous half is there")

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        groups: Sequence[str] = (),
        filters: Mapping[str, Any] | None = None,
        k: int = 4,
    ) -> list[Document]:
        return self._note(groups=groups, filters=filters, k=k)


class Plain(Noting):
    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return self._note()


class OnlyCount(Noting):
    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int = 4
    ) -> list[Document]:
        return self._note(k=k)


class CatchAll(Noting):
    """As LangChain's vector store retriever: what it is given goes on to a store."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **kwargs: Any
    ) -> list[Document]:
        return self._note(**kwargs)


@pytest.mark.parametrize("kind", [Synchronous, WithoutManager, Asynchronous])
async def test_a_retriever_that_declares_the_scope_is_told_all_of_it(kind: type[Noting]) -> None:
    retriever = kind()
    assert [d.page_content for d in await scoped_search(retriever, "q", **SCOPE)] == ["found"]  # type: ignore[arg-type]
    assert retriever.seen == [SCOPE]


@pytest.mark.parametrize(("kind", "seen"), [(Plain, {}), (OnlyCount, {"k": 3}), (CatchAll, {})])
async def test_a_retriever_is_told_only_what_it_declares(kind: type[Noting], seen: dict[str, Any]) -> None:
    retriever = kind()
    assert await scoped_search(retriever, "q", groups=["hr"], k=3)
    assert retriever.seen == [seen]


@pytest.mark.parametrize("kind", [Plain, OnlyCount, CatchAll])
async def test_filters_are_never_dropped(kind: type[Noting]) -> None:
    retriever = kind()
    with pytest.raises(UnfilterableRetrieverError, match=f"{kind.__name__} takes no filters"):
        await scoped_search(retriever, "q", filters={"version": "2.4"}, k=3)
    assert retriever.seen == []
    assert issubclass(UnfilterableRetrieverError, RequestError)


async def test_a_vector_stores_own_retriever_can_be_asked() -> None:
    store = InMemoryVectorStore(DeterministicFakeEmbedding(size=8))
    await store.aadd_texts(["one", "two", "three"])
    found = await scoped_search(store.as_retriever(search_kwargs={"k": 2}), "two", groups=["hr"], k=20)
    assert len(found) == 2
