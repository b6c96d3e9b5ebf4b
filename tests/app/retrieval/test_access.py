"""Who may be answered from which document: held by both indexes, and by the registry over both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from pydantic import BaseModel

from app.compose import Pincite, open_pincite
from app.ingestion.writer import passage_texts
from app.retrieval.scope import FilterError, make_scope, scope_terms
from app.settings import Settings
from graphs.state import AskContext
from tests.support.index import filled_index, new_document, words_of
from tools.search_documents import make_search_documents

SECRET = new_document("file:///pay.md", "# Pay\n\nAn engineer of band E4 earns 83,000 euros.", groups=["hr"])
BOARD = new_document("file:///board.md", "# Board\n\nThe board expects a profit.", groups=["board", "hr"])
OPEN = new_document("file:///open.md", "# Lunch\n\nAn engineer gets a lunch voucher of 8 euros.", version=2.4)
QUESTION = "How much does an engineer of band E4 earn?"
OUTSIDERS: list[Sequence[str]] = [
    (),
    ("sales",),
    ("HR",),
    ("h", "r"),
    ("hr ",),
    ("*",),
    ("%",),
    ("everyone",),
    ("",),
]


@pytest.fixture(scope="module")
def pincite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pincite]:
    home = tmp_path_factory.mktemp("access")
    with filled_index(home, [SECRET, BOARD, OPEN]) as opened:
        yield opened


def lexical(pincite: Pincite, groups: Sequence[str], filters: dict[str, Any] | None = None) -> set[str]:
    hits = pincite.corpus.words.search(QUESTION, 50, make_scope(groups, filters))
    return {hit.passage_id.partition("@")[0] for hit in hits}


def dense(pincite: Pincite, groups: Sequence[str], filters: dict[str, Any] | None = None) -> set[str]:
    hits = pincite.corpus.vectors.search(QUESTION, 50, make_scope(groups, filters)).hits
    return {hit.passage_id.partition("@")[0] for hit in hits}


def hybrid(pincite: Pincite, groups: Sequence[str], filters: dict[str, Any] | None = None) -> set[str]:
    found = pincite.retriever.invoke(QUESTION, groups=groups, filters=filters)
    assert not any("degraded" in document.metadata for document in found)
    return {document.metadata["doc_id"] for document in found}


LEGS = pytest.mark.parametrize("search", [lexical, dense, hybrid])


@LEGS
@pytest.mark.parametrize("groups", OUTSIDERS, ids=repr)
def test_outsiders_never_find_a_restricted_document(
    pincite: Pincite, search: Any, groups: Sequence[str]
) -> None:
    assert search(pincite, groups) == {OPEN.doc_id}


@LEGS
def test_one_of_its_groups_is_enough(pincite: Pincite, search: Any) -> None:
    assert search(pincite, ["hr"]) >= {SECRET.doc_id, OPEN.doc_id}
    assert SECRET.doc_id not in search(pincite, ["board"])
    assert SECRET.doc_id in search(pincite, ["sales", "hr"])


@LEGS
def test_filters_narrow_both_legs(pincite: Pincite, search: Any) -> None:
    assert search(pincite, ["hr"], {"version": "2.4"}) == {OPEN.doc_id}
    assert search(pincite, ["hr"], {"version": 2.4}) == {OPEN.doc_id}
    assert search(pincite, ["hr"], {"version": ["1.0", "2.4"]}) == {OPEN.doc_id}
    assert search(pincite, ["hr"], {"doc_id": SECRET.doc_id}) == {SECRET.doc_id}
    assert search(pincite, ["hr"], {"version": "2.4", "doc_id": SECRET.doc_id}) == set()
    assert search(pincite, ["hr"], {"no such key": "x"}) == set()


@LEGS
@pytest.mark.parametrize("key", ["readers", "groups", "$or", "fact:version", "'; --", "", "everyone"])
def test_no_filter_key_widens_what_is_found(pincite: Pincite, search: Any, key: str) -> None:
    assert SECRET.doc_id not in search(pincite, [], {key: ["hr", "everyone", "2.4"]})


@pytest.mark.anyio
async def test_the_search_tool_stays_in_the_scope_the_graph_gives(pincite: Pincite) -> None:
    tool = make_search_documents(pincite.retriever)

    async def titles(scope: dict[str, Any] | None) -> list[str]:
        arguments = {"query": QUESTION, "scope": scope}
        call = {"type": "tool_call", "id": "1", "name": tool.name, "args": arguments}
        message = await tool.ainvoke(call)
        assert isinstance(message, ToolMessage)
        return words_of(message.artifact)

    assert await titles(None) == ["Lunch"]
    assert await titles({"groups": ["sales"]}) == ["Lunch"]
    assert "Pay" in await titles({"groups": ["hr"]})
    schema = tool.tool_call_schema
    assert isinstance(schema, type)
    assert issubclass(schema, BaseModel)
    assert "scope" not in schema.model_json_schema()["properties"]


def test_an_answer_is_made_of_readable_documents_only(pincite: Pincite) -> None:
    inside = pincite.ask(QUESTION, context=AskContext(groups=["hr"]))
    assert {citation.doc_id for citation in inside.citations} == {SECRET.doc_id}
    outside = pincite.ask(QUESTION, context=AskContext(groups=["sales"]))
    assert "83,000" not in outside.model_dump_json()
    assert SECRET.doc_id not in outside.model_dump_json()


def test_wrong_readers_in_the_index_of_words_let_nobody_in(tmp_path: Path) -> None:
    with filled_index(tmp_path, [SECRET, OPEN]) as pincite:
        everybody = [scope_terms(["everyone"], {})] * len(SECRET.passage_ids)
        words = pincite.corpus.words
        words.add(SECRET.passage_ids, [SECRET.loaded.text] * len(everybody), everybody)
        words.add(["ghost@1:0-9"], ["An engineer of band E4 earns much."], everybody[:1])
        words.end_writing()
        pincite.registry.set_state("checksum of words", "")  # or the damage is noticed
        assert SECRET.doc_id in lexical(pincite, ()), "the wrong terms are not in place, nothing is tested"
        assert hybrid(pincite, ()) == {OPEN.doc_id}
        assert SECRET.doc_id in hybrid(pincite, ("hr",))


def test_a_document_that_becomes_restricted_is_closed_at_once(tmp_path: Path) -> None:
    public = new_document(SECRET.uri, SECRET.loaded.text)
    with filled_index(tmp_path, [public]) as pincite:
        assert hybrid(pincite, ()) == {SECRET.doc_id}
        # As it is when a writer was killed before it settled the old vectors and the words.
        pincite.corpus.vectors.add(pincite.registry.last_number() + 1, passage_texts(SECRET))
        pincite.registry.replace(SECRET)
        assert hybrid(pincite, ()) == set()
        assert hybrid(pincite, ("hr",)) == {SECRET.doc_id}


def test_a_document_whose_readers_are_gone_is_read_by_nobody(tmp_path: Path) -> None:
    with filled_index(tmp_path, [SECRET, OPEN]) as pincite:
        with pincite.registry.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM readers")
        assert hybrid(pincite, ("hr",)) == set()


def test_tenants_share_nothing(tmp_path: Path) -> None:
    with filled_index(tmp_path, [OPEN]) as pincite:
        settings = Settings(home=tmp_path, tenant="other")
        with open_pincite(settings) as other:
            assert hybrid(pincite, ()) == {OPEN.doc_id}
            assert hybrid(other, ()) == set()


@pytest.mark.parametrize("value", [None, {}, {"$ne": "hr"}, [], [None], [["a", {}]], object(), b"2.4", {1}])
def test_a_value_that_cannot_be_compared_is_an_error_that_names_the_filter(value: object) -> None:
    with pytest.raises(FilterError, match="'version'"):
        make_scope((), {"version": value})


@pytest.mark.parametrize(("given", "stored"), [(True, "true"), (0, "0"), (2.5, "2.5"), ("True", "True")])
def test_values_are_compared_as_front_matter_stores_them(given: object, stored: str) -> None:
    assert make_scope((), {"key": given}).facts == {"key": (stored,)}
