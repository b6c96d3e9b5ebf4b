"""Lists and reads whole documents for those who may read them; nobody else learns that they are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from langchain_core.messages import ToolMessage

from app.compose import Pincite
from app.retrieval.readable_documents import CHANGED, NONE, SEVERAL, ReadableDocuments
from tests.support.index import filled_index, new_document
from tools.document_shelf import DocumentPart, NoSuchPartError
from tools.list_documents import make_list_documents
from tools.read_document import make_read_document

SECRET = new_document("file:///pay.md", "# Pay\n\nAn engineer of band E4 earns 83,000 euros.", groups=["hr"])
OPEN = new_document("file:///lunch.md", "# Lunch\n\nAn engineer gets a voucher of 8 euros.", version=2.4)
SECTIONS = "\n\n".join(
    f"# Part {n}\n\nRule {n} of part {n} says so. " + f"It holds on day {n}. " * 20 for n in range(1, 13)
)
LONG = new_document("file:///rules.md", f"# Rules\n\n{SECTIONS}")
TWIN = new_document("file:///other/rules.md", "# Rules\n\nThere are none here.")
OUTSIDERS: list[Sequence[str]] = [(), ("sales",), ("HR",), ("everyone",), ("*",), ("",)]


@pytest.fixture(scope="module")
def pincite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pincite]:
    home = tmp_path_factory.mktemp("readable")
    with filled_index(home, [SECRET, OPEN, LONG, TWIN]) as opened:
        yield opened


@pytest.fixture(scope="module")
def shelf(pincite: Pincite) -> ReadableDocuments:
    return ReadableDocuments(pincite.registry, frozenset())


def texts(
    shelf: ReadableDocuments, part: DocumentPart, groups: Sequence[str] = (), characters: int = 6000
) -> list[str]:
    found = shelf.read(part, groups=groups, filters={}, characters=characters)
    for one in found:
        # Each is citable: where it says it stands, its document has these words.
        meta = one.metadata
        assert {"doc_id", "version", "start", "end", "title", "uri"} <= set(meta)
    return [one.page_content for one in found]


@pytest.mark.parametrize("groups", OUTSIDERS)
def test_who_may_not_read_a_document_is_not_told_that_it_is_there(
    shelf: ReadableDocuments, groups: Sequence[str]
) -> None:
    assert SECRET.doc_id not in {one.doc_id for one in shelf.listed(groups=groups, filters={})}
    never = "no such document"
    for part in (
        DocumentPart(SECRET.doc_id),
        DocumentPart("Pay"),
        DocumentPart("pay.md"),
        DocumentPart(SECRET.doc_id, SECRET.loaded.version, 0, 10),
        DocumentPart("Pay", section="Pay"),
    ):
        with pytest.raises(NoSuchPartError) as refused:
            texts(shelf, part, groups)
        with pytest.raises(NoSuchPartError) as absent:
            texts(shelf, DocumentPart(never, section=part.section, version=part.version), groups)
        assert str(refused.value) == str(absent.value) == NONE


def test_who_may_read_it_may_list_and_read_it(shelf: ReadableDocuments) -> None:
    listed = shelf.listed(groups=["hr"], filters={}, words="pay")
    assert [one.doc_id for one in listed] == [SECRET.doc_id]
    for name in (SECRET.doc_id, "pay", "PAY.md"):
        assert "83,000" in texts(shelf, DocumentPart(name), ["hr"])[0]


def test_filters_narrow_both(shelf: ReadableDocuments) -> None:
    (one,) = shelf.listed(groups=["hr"], filters={"version": "2.4"})
    assert (one.title, one.facts) == ("Lunch", {"version": "2.4"})
    with pytest.raises(NoSuchPartError, match=NONE):
        shelf.read(DocumentPart("Pay"), groups=["hr"], filters={"version": "2.4"}, characters=100)


def test_a_name_that_several_have_is_asked_for_by_its_id(shelf: ReadableDocuments) -> None:
    with pytest.raises(NoSuchPartError, match=SEVERAL):
        texts(shelf, DocumentPart("Rules"))
    assert "There are none here." in texts(shelf, DocumentPart(TWIN.doc_id))[0]


def test_a_section_is_read_and_no_other(shelf: ReadableDocuments) -> None:
    read = "".join(texts(shelf, DocumentPart(LONG.doc_id, section="part 7")))
    assert "Rule 7 of part 7" in read
    assert "Rule 8" not in read
    with pytest.raises(NoSuchPartError, match="no section"):
        texts(shelf, DocumentPart(LONG.doc_id, section="part 99"))
    with pytest.raises(NoSuchPartError, match="no pages"):
        texts(shelf, DocumentPart(LONG.doc_id, page=1))


def test_what_stands_around_a_passage_is_read_on_both_sides_and_bounded(shelf: ReadableDocuments) -> None:
    at = LONG.loaded.text.index("Rule 6")
    read = texts(shelf, DocumentPart(LONG.doc_id, LONG.loaded.version, at, at + 6), characters=2500)
    together = "".join(read)
    assert "Rule 6" in together
    assert "Rule 5" in together
    assert "Rule 7" in together
    assert "Rule 1 " not in together
    assert len(together) <= 2500
    with pytest.raises(NoSuchPartError, match=CHANGED):
        texts(shelf, DocumentPart(LONG.doc_id, "0" * 64, at, at + 6))


def test_the_beginning_is_read_where_no_place_is_named(shelf: ReadableDocuments) -> None:
    read = texts(shelf, DocumentPart(LONG.doc_id), characters=1)
    assert len(read) == 1
    assert "Rule 1 " in "".join(texts(shelf, DocumentPart(LONG.doc_id)))


async def called(tool: Any, **arguments: Any) -> ToolMessage:
    message = await tool.ainvoke({"type": "tool_call", "id": "1", "name": tool.name, "args": arguments})
    assert isinstance(message, ToolMessage)
    return message


HR = {"groups": ["hr"], "filters": {}}


@pytest.mark.anyio
async def test_the_tools_stay_in_the_scope_the_graph_gives(shelf: ReadableDocuments) -> None:
    lists, reads = make_list_documents(shelf), make_read_document(shelf)
    inside = (await called(lists, words="", scope=HR)).text
    assert inside.startswith("There are 4 documents.")
    assert f"- Pay (id {SECRET.doc_id}, pay.md)" in inside
    outside = (await called(lists, words="")).text
    assert outside.startswith("There are 3 documents.")
    assert "Pay" not in outside
    narrowed = {"groups": ["hr"], "filters": {"version": "2.4"}}
    widened = await called(lists, filters={"version": "1"}, scope=narrowed)
    assert widened.text.startswith("There is 1 document.")
    shown = {"passages": [{"doc_id": SECRET.doc_id, "version": SECRET.loaded.version, "start": 0, "end": 5}]}
    assert "83,000" in (await called(reads, passage=1, scope=HR, shown=shown)).artifact[0].page_content
    for wrong in ({"passage": 1}, {"passage": 2, "scope": HR}, {"passage": 0, "scope": HR}, {"scope": HR}):
        with pytest.raises(NoSuchPartError):
            await called(reads, shown=shown, **wrong)
