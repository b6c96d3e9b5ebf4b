"""Evidence in parts of passages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from app.retrieval.ranking.evidence_cut import EvidenceCut
from app.retrieval.ranking.evidence_windows import cut_to_windows
from app.retrieval.ranking.windows import windows

TEXT = "".join(f"Sentence number {number} says one thing and no other. " for number in range(12)).strip()
SPANS = windows(TEXT, 60)


def passage(name: str, cosines: list[float], rank: float = 0.5, **metadata: object) -> Document:
    seen = [(start, end, cosine) for (start, end), cosine in zip(SPANS, cosines, strict=True)]
    scores = {"fused": rank, "reranked": rank, "dense": 0.3}
    return Document(TEXT, id=name, metadata={"start": 1000, "windows": seen, "scores": scores, **metadata})


def test_the_nearest_windows_are_kept_and_those_that_touch_are_one_part() -> None:
    cosines = [0.1] * len(SPANS)
    cosines[2] = cosines[3] = cosines[8] = 0.9
    parts = cut_to_windows([passage("a", cosines)], 3 * 60)
    assert [part.page_content for part in parts] == [
        TEXT[SPANS[2][0] : SPANS[3][1]],
        TEXT[SPANS[8][0] : SPANS[8][1]],
    ]


@given(st.lists(st.floats(-1, 1), min_size=len(SPANS), max_size=len(SPANS)), st.integers(60, 900))
def test_a_part_says_where_its_words_stand_and_the_budget_is_kept(cosines: list[float], room: int) -> None:
    parts = cut_to_windows([passage("a", cosines), passage("b", cosines[::-1])], room)
    assert parts
    for part in parts:
        start = part.metadata["start"] - 1000
        assert TEXT[start : start + len(part.page_content)] == part.page_content
        assert part.page_content == TEXT or part.metadata["end"] - 1000 == start + len(part.page_content)
    # The white space between windows that touch is not counted.
    assert sum(len(part.page_content.replace(". S", ".S")) for part in parts) <= room


def test_only_the_part_that_begins_the_passage_keeps_the_columns_of_its_table() -> None:
    cosines = [0.9, *[0.1] * (len(SPANS) - 2), 0.9]
    table = passage("a", cosines, headings=["Prices", "Columns: Plan | Price"])
    first, last = cut_to_windows([table], 2 * 60)
    assert first.metadata["headings"] == ["Prices", "Columns: Plan | Price"]
    assert last.metadata["headings"] == ["Prices"]


def test_better_ranked_passages_are_kept_first() -> None:
    low, high = passage("low", [0.5] * len(SPANS), 0.2), passage("high", [0.5] * len(SPANS), 0.9)
    assert {part.id for part in cut_to_windows([low, high], 200)} == {"high"}


def test_a_document_from_elsewhere_is_kept_or_left_as_a_whole() -> None:
    foreign = Document("Somebody else's words. And more of them.", metadata={"scores": {"fused": 0.9}})
    assert cut_to_windows([foreign], 10) == [foreign]
    assert cut_to_windows([], 10) == []


def test_the_cut_shows_windows_when_asked() -> None:
    cosines = [0.9, *[0.1] * (len(SPANS) - 1)]
    cut = EvidenceCut(unit="windows", characters=60, passages=6, floor=0.35)
    assert [one.page_content for one in cut.compress_documents([passage("a", cosines)], "?")] == [
        TEXT[: SPANS[0][1]]
    ]
    cut = EvidenceCut(unit="passages", characters=6000, passages=6, floor=0.35)
    assert cut.compress_documents([passage("a", cosines)], "?")[0].page_content == TEXT
