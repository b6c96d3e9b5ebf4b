"""Passages: what must hold for every document, and where documents are cut."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingestion.load import load_bytes
from app.ingestion.split import split
from app.registry.document import Block, LoadedDocument

SENTENCES = "Ask first. Then go, and come back! Is that all? "
PARTS = st.sampled_from(
    [
        *(
            "These are the reasons:",
            "# One",
            "## Two *b*",
            "### Three",
            "Ask first. Then go!",
            SENTENCES * 9,
            "- a\n- b\n  - c d",
            "x" * 90,
        ),
        *("| a | b |\n|---|---|\n" + "| 1 | long cell |\n" * 12, "```\n" + "code line\n\n" * 12 + "```"),
        *("[x]: /url", "1. first\n2. second item", "> quoted", "\u3000", "漢字。" * 60, "e\u0301\u0302" * 70),
        *("<div>\nhtml\n</div>", "---"),
    ]
)

USUAL = {"target_chars": 1000, "max_chars": 1400}


def document(text: str, name: str = "Guide.md") -> LoadedDocument:
    return load_bytes(name, text.encode())


def words(source: LoadedDocument, **sizes: int) -> list[str]:
    return [source.text[span.start : span.end] for span in split(source, **{**USUAL, **sizes})]


@given(
    st.lists(PARTS, min_size=1, max_size=14),
    st.integers(20, 300),
    st.integers(0, 300),
    st.lists(st.integers(0, 900)),
)
def test_every_character_is_in_exactly_one_passage(
    parts: list[str], target: int, more: int, pages: list[int]
) -> None:
    text = "\n\n".join(["start", *parts])
    plain = document(text)
    source = LoadedDocument(plain.text, plain.title, plain.media_type, plain.blocks, (0, *sorted(pages)))
    spans = split(source, target_chars=target, max_chars=target + more)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    outside = list(source.text)
    for span in spans:
        passage = source.text[span.start : span.end]
        assert passage
        assert passage == passage.strip()
        assert len(passage) <= target + more
        assert span.page is not None
        assert 1 <= span.page <= len(source.pages)
        outside[span.start : span.end] = " " * len(passage)
    assert not "".join(outside).strip()


@given(st.text(max_size=400), st.integers(1, 50))
def test_it_holds_for_any_text_without_structure(text: str, limit: int) -> None:
    source = LoadedDocument(text, "", "text/plain", ())
    spans = split(source, target_chars=limit, max_chars=limit)
    assert "".join("".join(text[s.start : s.end].split()) for s in spans) == "".join(text.split())
    assert all(span.end - span.start <= limit for span in spans)


@given(st.lists(PARTS, min_size=1, max_size=14))
def test_headings_start_passages(parts: list[str]) -> None:
    source = document("\n\n".join(["start", *parts]))
    spans = split(source, **USUAL)
    for block in source.blocks:
        holder = next(span for span in spans if span.start <= block.start < span.end)
        if block.kind == "heading" and holder.start != block.start:
            # Only below another heading: its parent's, or that of a small section beside it.
            assert source.text[holder.start] == "#"
            first = holder.end - holder.start < 250
            between = source.text[holder.start : block.start].split("\n\n")
            assert first or all(not part.strip() or part.startswith("#") for part in between)


def test_a_heading_stays_with_its_text_and_names_the_path() -> None:
    source = document(
        f"# Guide\n\n{SENTENCES * 6}\n\n## Sick leave\n\n{SENTENCES * 6}\n\n### Note\n\n{SENTENCES * 6}"
    )
    assert [span.headings for span in split(source, **USUAL)] == [
        ("Guide",),
        ("Guide", "Sick leave"),
        ("Guide", "Sick leave", "Note"),
    ]
    assert words(source)[1].startswith("## Sick leave\n\nAsk")


def test_the_title_comes_first_when_the_first_heading_is_another() -> None:
    source = load_bytes("a.md", b"---\ntitle: Handbook\n---\n# Leave\n\nAsk.")
    assert split(source, **USUAL)[0].headings == ("Handbook", "Leave")


def test_small_sections_share_a_passage() -> None:
    source = document("# Words\n\n## Cat\n\nAn animal.\n\n## Dog\n\nAnother animal.\n\n# Next\n\nMore.")
    spans = split(source, **USUAL)
    assert [source.text[s.start : s.end].count("#") for s in spans] == [5, 1]
    assert spans[0].headings == ("Words",)


def test_large_sections_do_not() -> None:
    source = document(f"# A\n\n{SENTENCES * 5}\n\n# B\n\nShort.\n\n# C\n\n{SENTENCES * 5}")
    assert len(words(source)) == 3


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    assert all(passage[-1] in ".!?" for passage in words(document(SENTENCES * 60)))


def test_a_long_list_is_cut_between_items() -> None:
    source = document("# L\n\n" + "\n".join(f"- item {i} {SENTENCES}\n  goes on" for i in range(60)))
    passages = words(source)
    assert len(passages) > 3
    assert all(passage.startswith("- item") for passage in passages[1:])
    assert passages[0].startswith("# L\n\n- item 0")


def test_a_sentence_that_introduces_a_list_goes_with_it() -> None:
    before, items = SENTENCES * 11, "\n".join(f"* It is good for reason number {n}." for n in range(20))
    found = words(document(f"# Files\n\n{before}\n\nIt has several advantages:\n\n{items}\n"))
    assert found[1].startswith("It has several advantages:\n\n* It is good")
    assert found[0].endswith("Is that all?")


def test_a_long_table_is_cut_between_rows_and_keeps_its_columns() -> None:
    rows = "".join(f"| Team {i} | {i} EUR | {SENTENCES}|\n" for i in range(40))
    source = document(f"# Prices\n\n| Plan | Price | Note |\n|---|---|---|\n{rows}")
    spans = split(source, **USUAL)
    assert len(spans) > 2
    assert spans[0].headings == ("Prices",)
    assert all(span.headings == ("Prices", "Columns: Plan | Price | Note") for span in spans[1:])
    assert all(source.text[span.start : span.end].startswith("| Team") for span in spans[1:])


def test_code_is_cut_at_blank_lines_where_there_are_any() -> None:
    function = "def f(x):\n    y = x + 1\n    return y * 2\n\n"
    passages = words(document(f"```py\n{function * 60}```"))
    assert len(passages) > 2
    assert all(passage.startswith("def f") for passage in passages[1:-1])


def test_blocks_that_fit_stay_whole() -> None:
    table = "| a | b |\n|---|---|\n" + "| one | two |\n" * 60
    passages = words(document(f"{SENTENCES * 12}\n\n{table}\n{SENTENCES * 12}"))
    assert table.strip() in passages


def test_rows_of_a_csv_file_are_packed() -> None:
    data = "Plan,Price\n" + "".join(f"Team {i},{i}\n" for i in range(100))
    source = load_bytes("prices.csv", data.encode())
    passages = words(source)
    assert all(passage.startswith("Plan: Team") for passage in passages)
    assert 2 < len(passages) < 8
    assert split(source, **USUAL)[0].headings == ("prices",)


def test_pages_are_not_crossed_without_need() -> None:
    first, second = SENTENCES * 7, SENTENCES * 3
    text = f"{first.strip()}\n\n{second.strip()}"
    start = len(first) + 1
    blocks = (Block("paragraph", 0, len(first) - 1), Block("paragraph", start, len(text)))
    spans = split(LoadedDocument(text, "T", "application/pdf", blocks, (0, start)), **USUAL)
    assert [(span.start, span.page) for span in spans] == [(0, 1), (start, 2)]


def test_short_slides_are_passages_of_their_own() -> None:
    titles = ["Plan", "Costs", "People"]
    text = "\n\n".join(f"{title}\n\nShort words." for title in titles)
    starts = [text.index(title) for title in titles]
    blocks: list[Block] = []
    for title, start in zip(titles, starts, strict=True):
        words = start + len(title) + 2
        blocks.append(Block("heading", start, start + len(title), 2, title))
        blocks.append(Block("paragraph", words, words + 12))
    spans = split(LoadedDocument(text, "T", "application/pdf", tuple(blocks), tuple(starts)), **USUAL)
    assert [(span.page, span.headings) for span in spans] == [
        (1, ("T", "Plan")),
        (2, ("T", "Costs")),
        (3, ("T", "People")),
    ]
    together = split(LoadedDocument(text, "T", "text/plain", tuple(blocks)), **USUAL)
    assert len(together) == 1


def test_sizes_must_make_sense() -> None:
    with pytest.raises(ValueError, match="max_chars"):
        split(document("x"), target_chars=10, max_chars=5)


def test_a_large_page_is_split_in_linear_time() -> None:
    part = f"## Heading\n\n{SENTENCES * 8}\n\n- a\n- b\n\n" + "word " * 400 + "\n\n"
    source = document(part * 250 + "y" * 100_000)
    began = time.perf_counter()
    split(source, **USUAL)
    assert len(source.text) > 700_000
    assert time.perf_counter() - began < 1.5


@pytest.mark.parametrize(
    "sentence",
    [
        "यह अनुबंध है। ",
        "Это т. е. договор. ",
        "Η τιμή, κ.λπ. είναι. ",
        "Siehe z. B. Nr. 7 am 3. Mai. ",
        "هل هذا مسموح؟ ",
    ],
)
def test_a_long_paragraph_of_any_script_is_cut_after_a_sentence(sentence: str) -> None:
    passages = words(document(sentence * 40), target_chars=100, max_chars=140)
    assert len(passages) > 3
    assert all(passage[-1] == sentence[-2] for passage in passages)
