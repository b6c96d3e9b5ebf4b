"""What became of cited words: found again wherever they went, and never where they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answers.find_again import CurrentText, QuotedPlace, Verified, broken, occurrences, verify

LEAVE = "# Leave\n\nEverybody has 28 days of leave. Ask your manager first.\n\n"
TRIPS = "# Trips\n\nTaxis cost 20 EUR at most. Ask your manager first. Keep the receipt.\n\n"
END = "# End\n\nThat is all there is to say about it.\n"
STORED = LEAVE + TRIPS + END


def cite(quote: str, text: str = STORED, nth: int = 0) -> QuotedPlace:
    start = -1
    for _ in range(nth + 1):
        start = text.index(quote, start + 1)
    return QuotedPlace(quote, start, start + len(quote))


def check(cited: QuotedPlace, now: str, stored: str | None = STORED) -> Verified:
    assert stored is None or not broken(cited, stored)
    return verify(cited, stored, CurrentText(now))


def words_at(result: Verified, text: str) -> str:
    return text[result.start : result.end]


def test_words_at_the_same_offsets_are_in_place_whatever_follows() -> None:
    assert check(cite("28 days of leave"), STORED).state == "in place"
    assert check(cite("28 days of leave"), STORED.replace("Taxis", "Trains")).state == "in place"


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("# News\n\nRead this.\n\n" + STORED, "Keep the receipt."),
        (TRIPS + LEAVE + END, "Keep the receipt."),
        (STORED.replace("Keep the receipt.", "") + "\nKeep the receipt.\n", "Keep the receipt."),
        (STORED.replace("Keep the receipt.", "Keep the\nreceipt."), "Keep the\nreceipt."),
        ("x\n\n" + STORED.replace("Keep the receipt.", "Keep  the   receipt."), "Keep  the   receipt."),
    ],
)
def test_words_that_went_elsewhere_are_found_as_they_stand_there(now: str, at: str) -> None:
    result = check(cite("Keep the receipt."), now)
    assert result.state == "moved"
    assert (result.start, words_at(result, now)) == (now.index(at), at)


@pytest.mark.parametrize("nth", [0, 1])
@pytest.mark.parametrize("now", ["New.\n\n" * 40 + STORED, TRIPS + LEAVE + END, "Hm. " + LEAVE + END + TRIPS])
def test_of_words_that_stand_there_twice_the_one_with_the_same_neighbours_is_meant(
    nth: int, now: str
) -> None:
    quote = "Ask your manager first."
    result = check(cite(quote, nth=nth), now)
    before = STORED[: cite(quote, nth=nth).start].rstrip().rsplit(" ", 1)[-1]
    assert result.state in ("moved", "in place")
    if result.state == "moved":
        assert result.start is not None
        assert now[: result.start].rstrip().endswith(before)


def test_a_copy_of_the_words_does_not_draw_the_citation_away() -> None:
    quote = "Taxis cost 20 EUR at most."
    now = f"# Summary\n\n{quote}\n\n" + STORED + f"\n{quote}\n"
    result = check(cite(quote), now)
    assert result.start == now.index(quote, now.index("# Trips"))


def test_among_rows_that_are_all_alike_the_order_tells() -> None:
    stored = "Yes.\n" * 9
    for nth in range(9):
        cited = cite("Yes.", stored, nth)
        now = "No.\n" + stored
        result = check(cited, now, stored)
        assert (result.state, result.start) == ("moved", 4 + 5 * nth)


@pytest.mark.parametrize(
    ("old", "new", "near"),
    [
        ("Taxis cost 20 EUR at most.", "Taxis cost 25 EUR at most.", "Taxis cost 25 EUR at most."),
        ("Keep the receipt.", "Keep every receipt.", "Keep every receipt."),
        ("Keep the receipt.", "", None),
        ("Keep the receipt.", "Keep the receipts.", "Keep the receipts."),
        (
            "Everybody has 28 days of leave.",
            "Everybody has 128 days of leave.",
            "Everybody has 128 days of leave.",
        ),
    ],
)
def test_words_that_were_reworded_are_shown_beside_the_nearest_sentence(
    old: str, new: str, near: str | None
) -> None:
    now = STORED.replace(old, new)
    result = check(cite(old), now)
    assert result.state == "changed"
    if near is None:
        assert result.start is None
    else:
        assert words_at(result, now) == near
        assert result.likeness is not None
        assert 0.2 <= result.likeness <= 1


def test_the_nearest_sentence_is_alike_and_does_not_just_hold_the_words() -> None:
    long = "Whoever may keep a boat, a dog or a receipt for long should know what the harbour says about it."
    now = STORED.replace("Keep the receipt.", f"Keep every last receipt. {long}")
    result = check(cite("Keep the receipt."), now)
    assert words_at(result, now) == "Keep every last receipt."
    now = STORED.replace("Keep the receipt.", f"Keep no paper. {long}")
    assert check(cite("Keep the receipt."), now).likeness < 0.5  # type: ignore[operator]


def test_a_quote_of_two_sentences_is_set_beside_two() -> None:
    old = "Taxis cost 20 EUR at most. Ask your manager first."
    now = STORED.replace("Taxis cost 20 EUR", "Taxis cost 25 EUR")
    result = check(cite(old), now)
    assert words_at(result, now) == "Taxis cost 25 EUR at most. Ask your manager first."


def test_parts_of_words_and_numbers_are_not_the_words() -> None:
    assert occurrences("2 days", "12 days, 2 daysx, 1.2 days") == []
    assert occurrences("art", "start artist, art") == [(14, 17)]
    assert occurrences("三天", "休假三天。") == [(2, 4)]
    assert occurrences("a.b", "axb a.b") == [(4, 7)]
    assert occurrences(" \n", "a \n b") == []


@pytest.mark.parametrize(
    ("cited", "why"),
    [
        (
            QuotedPlace("Taxis cost 25 EUR", STORED.index("Taxis"), STORED.index("Taxis") + 17),
            "something else",
        ),
        (QuotedPlace("28 days of leave", 24, 40), "something else"),
        (QuotedPlace("x", len(STORED), len(STORED) + 1), "is not in it"),
        (QuotedPlace("x", -1, 1), "is not in it"),
        (QuotedPlace("", 5, 5), "is not in it"),
        (QuotedPlace("# Leave", 7, 0), "is not in it"),
    ],
)
def test_a_quote_that_never_was_there_is_broken(cited: QuotedPlace, why: str) -> None:
    assert why in broken(cited, STORED)


def test_without_the_cited_version_the_nearest_occurrence_is_taken() -> None:
    cited = cite("Ask your manager first.", nth=1)
    now = "New.\n" + STORED
    result = verify(cited, None, CurrentText(now))
    assert result.start == cited.start + 5


def test_a_large_document_is_searched_quickly() -> None:
    stored = "".join(f"Rule {n} is about thing {n * 7} only.\n" for n in range(100_000))
    now = CurrentText("New rule.\n" + stored.replace("thing 490 only", "thing 491 only"))
    moved = cite("Rule 99999 is about thing", stored)
    assert verify(moved, stored, now).start == moved.start + 10
    changed = verify(cite("Rule 70 is about thing 490 only.", stored), stored, now)
    assert words_at(changed, now.text) == "Rule 70 is about thing 491 only."


SENTENCES = st.lists(
    st.lists(
        st.sampled_from("ask your manager first about leave trips 20 days no not".split()), min_size=1
    ).map(lambda words: " ".join(words) + "."),
    min_size=1,
    max_size=8,
)


@given(SENTENCES, SENTENCES, st.data())
def test_whatever_was_edited_what_is_found_are_the_words(
    before: list[str], after: list[str], data: st.DataObject
) -> None:
    stored, now = "\n".join(before), "\n\n".join(after)
    start = data.draw(st.integers(0, len(stored) - 1))
    end = data.draw(st.integers(start + 1, len(stored)))
    cited = QuotedPlace(stored[start:end], start, end)
    for known in (stored, None):
        result = verify(cited, known, CurrentText(now))
        if result.state in ("in place", "moved"):
            assert words_at(result, now).split() == cited.quote.split()
        else:
            assert result.state == "changed"
            assert cited.quote not in now or not occurrences(cited.quote, now)


@given(SENTENCES, st.integers(0, 7), st.text("ab \n", max_size=40))
def test_text_put_before_moves_the_words_by_its_length(sentences: list[str], at: int, new: str) -> None:
    marked = [f"{number} {sentence}" for number, sentence in enumerate(sentences)]
    stored = "\n".join(marked)
    quote = marked[at % len(marked)]
    cited = cite(quote, stored)
    now = f"{new}\n{stored}"
    result = verify(cited, stored, CurrentText(now))
    assert (result.start, result.end) == (cited.start + len(new) + 1, cited.end + len(new) + 1)
