"""Filters with ranges: both indexes, and the registry, leave exactly what the metadata say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.compose import Pincite, open_pincite
from app.retrieval.nothing_to_search import NO_DOCUMENTS
from app.retrieval.readable_documents import ReadableDocuments
from app.retrieval.scope import FilterError, checked_filters, make_scope, resolved
from app.settings import Settings
from graphs.state import AskContext
from tests.support.index import filled_index, new_document
from tools.filter_values import Bound, in_bound
from tools.filters import conditions_of
from tools.list_documents import make_list_documents

QUESTION = "How many volts does the heron need?"
VERSIONS = ["2.4", "2.9", "2.10", "3.0-rc1"]
METADATA: list[dict[str, Any]] = [
    {
        "version": VERSIONS[n % 4],
        "date": f"202{n % 5}-0{1 + n % 9}-15" if n % 3 else f"202{n % 5}",
        "price": n * 5,
        "product": [f"p{n % 3}", f"p{n % 4}"],
        **({"groups": ["hr"]} if n % 5 == 0 else {}),
    }
    for n in range(24)
]
DOCUMENTS = [
    new_document(f"file:///d{n}.md", f"# Heron {n}\n\nThe heron of kind {n} needs {n + 1} volts.", **one)
    for n, one in enumerate(METADATA)
]
LINES = st.sampled_from(
    ["version>=2.9", "version<2.10", "version:2.4..2.10", "version=2.4", "date:2021..", "date:..2022-03",
     "date:2020-02..2023-08", "price>20", "price<=95", "price:15..60", "product in p0,p3", "product=p1",
     "version>9"]
)  # fmt: skip


@pytest.fixture(scope="module")
def pincite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pincite]:
    with filled_index(tmp_path_factory.mktemp("filtered"), DOCUMENTS) as opened:
        yield opened


def meets(metadata: dict[str, Any], lines: list[str]) -> bool:
    by_key: dict[str, list[Any]] = {}
    for one in conditions_of(lines):
        by_key.setdefault(one.key, []).append(one)
    return all(
        any(
            all(
                value in one.values
                if one.operator == "in"
                else in_bound(Bound(key, one.operator, one.values[0]))(value)
                for one in conditions
            )
            for value in map(str, metadata[key] if isinstance(metadata[key], list) else [metadata[key]])
        )
        for key, conditions in by_key.items()
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(st.lists(LINES, max_size=3), st.booleans())
def test_what_is_found_is_what_metadata_say(pincite: Pincite, lines: list[str], hr: bool) -> None:
    groups = ["hr"] if hr else []
    wanted = {
        document.doc_id
        for document, metadata in zip(DOCUMENTS, METADATA, strict=True)
        if meets(metadata, lines) and (hr or "groups" not in metadata)
    }
    scope = resolved(pincite.registry.engine, make_scope(groups, lines))
    words = pincite.corpus.words.search(QUESTION, 50, scope)
    vectors = pincite.corpus.vectors.search(QUESTION, 50, scope).hits
    assert {hit.passage_id.partition("@")[0] for hit in words} == wanted
    assert {hit.passage_id.partition("@")[0] for hit in vectors} == wanted
    found = pincite.retriever.invoke(QUESTION, groups=groups, filters=lines, k=50)
    assert {document.metadata["doc_id"] for document in found} == wanted


def test_a_range_of_more_values_than_are_asked_one_by_one(tmp_path: Path) -> None:
    many = [
        new_document(f"file:///m{n}.md", f"# Heron {n}\n\nThe heron {n} needs volts.", number=n)
        for n in range(70)
    ]
    with filled_index(tmp_path, many) as opened:
        found = opened.retriever.invoke(QUESTION, filters=["number>=5"], k=100)
        assert {one.metadata["metadata"]["number"] for one in found} == set(range(5, 70))


def test_a_scope_whose_ranges_are_not_resolved_matches_nothing(pincite: Pincite) -> None:
    scope = make_scope((), ["version>=0"])
    assert pincite.corpus.words.search(QUESTION, 50, scope) == []
    assert pincite.corpus.vectors.search(QUESTION, 50, scope).hits == []


@pytest.mark.parametrize("filters", [{"price": {">=": 30, "<": "50"}}, ["price>=30", "price<50"]])
def test_an_answer_is_narrowed_by_either_form(pincite: Pincite, filters: Any) -> None:
    answer = pincite.ask(QUESTION, filters=filters)
    numbers = {n for n in range(24) if 30 <= n * 5 < 50 and n % 5}
    cited = {one.doc_id for one in answer.citations}
    assert cited
    assert cited <= {DOCUMENTS[n].doc_id for n in numbers}
    assert answer.receipt["filters"]["price"].keys() == {">=", "<"}


def test_nothing_left_to_search_says_so(pincite: Pincite, tmp_path: Path) -> None:
    def reason(opened: Pincite, filters: Any, *groups: str) -> str:
        answer = opened.ask(QUESTION, filters=filters, context=AskContext(groups=list(groups)))
        assert answer.abstention is not None
        return answer.abstention.reason

    told = "no document that you may read matches the filter version>=9"
    assert reason(pincite, ["version>=9"]) == told
    # One that exists and may not be read is as if it were not there.
    assert reason(pincite, {"price": 25}) == "no document that you may read matches the filter price=25"
    with open_pincite(Settings(home=tmp_path)) as empty:
        assert reason(empty, ["version>=9"]) == NO_DOCUMENTS
        assert reason(empty, {}) == NO_DOCUMENTS


@pytest.mark.parametrize("filters", [{"version": "\ud800"}, {"\udfff": "a"}, ["version>=\ud800"]])
def test_half_a_character_is_refused_before_anything_is_searched(pincite: Pincite, filters: Any) -> None:
    with pytest.raises(FilterError, match="half a character"):
        pincite.ask(QUESTION, filters=filters)
    with pytest.raises(FilterError, match="half a character"):
        pincite.retriever.invoke(QUESTION, filters=filters)
    with pytest.raises(FilterError, match="half a character"):
        checked_filters(filters)


def test_a_server_that_hands_on_lines_is_narrowed_or_told(pincite: Pincite) -> None:
    narrowed = asyncio.run(pincite.graph.ainvoke({"question": QUESTION, "filters": ["price=5"]}))["answer"]
    assert {one["doc_id"] for one in narrowed["citations"]} == {DOCUMENTS[1].doc_id}
    refused = asyncio.run(pincite.graph.ainvoke({"question": QUESTION, "filters": ["price"]}))["answer"]
    assert refused["status"] == "failed"
    assert "is not of the form" in refused["problem"]["message"]


@pytest.mark.parametrize("filters", [{"price": "5"}, ["price>=5", "price<10"]])
def test_a_tool_that_lists_takes_the_same_filters(pincite: Pincite, filters: Any) -> None:
    tool = make_list_documents(ReadableDocuments(pincite.registry, []))
    told = asyncio.run(tool.ainvoke({"filters": filters}))
    assert told.startswith("There is 1 document.")
    assert DOCUMENTS[1].doc_id in told
