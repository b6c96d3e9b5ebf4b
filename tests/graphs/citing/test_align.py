from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.citing.align import WINDOW, best_span, find_quote, idf_weights, whole_sentences
from graphs.text.sentences import units
from graphs.text.words import content_words

SENTENCES = [
    "Customers return devices within 30 days.",
    "The refund is paid within 14 days.",
    "Opened software is not refunded.",
    "Gateways carry a warranty of 24 months.",
    "Batteries are covered for half that time.",
    "Spare parts ship from Rotterdam.",
]
TEXTS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6, unique=True).map(" ".join)
WILD = st.one_of(TEXTS, st.text(alphabet="ab .\n1,5-#|`é字。", max_size=80))


@given(WILD, WILD)
def test_a_found_quote_is_in_the_text_word_for_word(quote: str, text: str) -> None:
    span = find_quote(quote, text)
    if span is not None:
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end].split() == quote.split()


@given(WILD, WILD)
def test_a_found_span_is_one_to_three_whole_sentences(claim: str, text: str) -> None:
    span = best_span(claim, text)
    if span is not None:
        found = units(text)
        first = [unit.start for unit in found].index(span.start)
        last = [unit.end for unit in found].index(span.end)
        assert 0 <= last - first < WINDOW
        assert 0 < span.score <= 1.0 + 1e-9


@given(TEXTS, st.data())
def test_a_claim_equal_to_a_sentence_is_found_there(text: str, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(units(text)))
    for weight in (lambda _word: 1.0, idf_weights([text])):
        span = best_span(unit.of(text), text, weight)
        assert span is not None
        assert (span.start, span.end) == (unit.start, unit.end)


@given(TEXTS, st.data())
def test_any_run_of_whole_words_can_be_quoted(text: str, data: st.DataObject) -> None:
    words = text.split()
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    span = find_quote("\n ".join(words[first:last]), text)
    assert span is not None
    assert text[span.start : span.end] == " ".join(words[first:last])


@given(WILD, st.data())
def test_whole_sentences_never_shrink_what_was_quoted(text: str, data: st.DataObject) -> None:
    words = text.split()
    span = find_quote(data.draw(st.sampled_from(words)), text) if words else None
    if span is not None:
        wide = whole_sentences(span, text)
        assert 0 <= wide.start <= span.start < span.end <= wide.end <= len(text)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("2 years", "The warranty is 12 years."),
        ("250 EUR", "It costs 1,250 EUR."),
        ("costs 1", "It costs 1,250 EUR."),
        ("costs 1", "It costs 1.5 EUR."),
        ("able to leave", "They are unable to leave."),
        ("cover", "It is covered."),
        ("2026-03", "Valid from 2026-03-01 on."),
    ],
)
def test_a_quote_never_cuts_a_word_or_number(quote: str, text: str) -> None:
    assert find_quote(quote, text) is None


def test_a_later_whole_occurrence_is_taken_over_an_earlier_cut_one() -> None:
    span = find_quote("2 years", "Not 12 years but 2 years.")
    assert span is not None
    assert span.start == 17


@pytest.mark.parametrize("quote", ["", "  \n", "not in it", "within 30 days. The warranty"])
def test_no_quote_where_the_text_has_none(quote: str) -> None:
    assert find_quote(quote, "Within 30 days. And then the warranty.") is None


def test_scripts_without_spaces_can_be_quoted_inside_a_run() -> None:
    assert find_quote("保証期間", "製品の保証期間は二年です。") is not None


def test_words_out_of_a_sentence_bring_the_sentence_with_them() -> None:
    text = "Keep the box. Returns are not free. Thanks."
    span = find_quote("free", text)
    assert span is not None
    wide = whole_sentences(span, text)
    assert text[wide.start : wide.end] == "Returns are not free."


def test_no_span_without_a_shared_content_word() -> None:
    assert best_span("Penguins swim far.", " ".join(SENTENCES)) is None
    assert best_span("It is what it is.", " ".join(SENTENCES)) is None


def test_two_sentences_are_cited_only_when_one_is_not_enough() -> None:
    text = " ".join(SENTENCES)
    both = best_span("The refund is paid within 14 days, opened software is not refunded.", text)
    assert both is not None
    assert text[both.start : both.end] == " ".join(SENTENCES[1:3])


def test_headings_are_no_support() -> None:
    assert best_span("Warranty for gateways", "# Warranty for gateways\n\nAsk the office.") is None


def test_rare_words_weigh_more_than_frequent_ones() -> None:
    weight = idf_weights(["The plan costs money. The plan ends. The plan renews in Rotterdam."])
    assert weight("rotterdam") > weight("plan") > 0
    assert set(content_words("the plan")) == {"plan"}
