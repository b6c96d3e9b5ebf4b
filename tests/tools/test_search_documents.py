from __future__ import annotations

import pytest

from tests.support.graph_parts import corpus
from tools.search_documents import make_search_documents


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_the_model_sees_a_query_and_nothing_else() -> None:
    tool = make_search_documents(corpus())
    assert tool.name == "search_documents"
    assert list(tool.tool_call_schema.model_json_schema()["properties"]) == ["query"]  # type: ignore[union-attr]


@pytest.mark.anyio
async def test_what_it_finds_is_its_artifact() -> None:
    found = corpus()
    call = {
        "type": "tool_call",
        "id": "1",
        "name": "search_documents",
        "args": {"query": "engineers earn", "scope": {"groups": ["hr"], "filters": {"a": 1}}},
    }
    message = await make_search_documents(found, passages=2).ainvoke(call)
    assert message.content == "1 passages"
    assert [document.metadata["doc_id"] for document in message.artifact] == ["pay"]
    assert found.asked == [{"query": "engineers earn", "groups": ["hr"], "filters": {"a": 1}, "k": 2}]


@pytest.mark.anyio
async def test_without_a_scope_it_searches_for_nobody_in_particular() -> None:
    found = corpus()
    await make_search_documents(found).ainvoke({"query": "engineers earn"})
    assert found.asked[0]["groups"] == []
