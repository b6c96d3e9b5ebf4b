"""Any text is checked against any sources: sentence by sentence, with the words it rests on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graphs.judging.check_text import SourceText, check_text

POLICY = SourceText(
    "Customers may return a gateway within 30 days of delivery. Shipping is free in Norway.", "Policy"
)
PRICES = SourceText("| Plan | Price |\n| --- | --- |\n| Team | 49 EUR |\n| Solo | 9 EUR |\n", "Prices")


def test_each_sentence_has_a_verdict_and_the_words_it_rests_on() -> None:
    text = (
        "# Returns\n\nHere is what I found:\n\nCustomers may return a gateway within 30 days of delivery. "
        "Customers may return a gateway within 45 days of delivery. Is that enough?"
    )
    checked = check_text(text, [PRICES, POLICY])
    assert [(one.text, one.verdict) for one in checked] == [
        ("# Returns", None),
        ("Here is what I found:", None),
        ("Customers may return a gateway within 30 days of delivery.", "verified"),
        ("Customers may return a gateway within 45 days of delivery.", "unsupported"),
        ("Is that enough?", None),
    ]
    (span,) = checked[2].spans
    assert (span.source, span.quote) == (1, POLICY.text[span.start : span.end])
    assert any("45" in reason for reason in checked[3].reasons)


def test_the_rows_of_a_table_are_sources() -> None:
    (one,) = check_text("Plan: Team; Price: 49 EUR", [POLICY, PRICES])
    assert (one.verdict, one.spans[-1].source) == ("verified", 1)


def test_marks_and_the_question_cost_nothing() -> None:
    (one,) = check_text("Shipping is free in Norway. [2]", [POLICY], question="What does shipping cost?")
    assert (one.text, one.verdict) == ("Shipping is free in Norway. [2]", "verified")


def test_without_sources_nothing_is_supported() -> None:
    (one,) = check_text("Shipping is free in Norway.", [])
    assert (one.verdict, one.reasons) == ("unsupported", ("no source has its words",))


def test_words_far_down_a_long_source_are_found() -> None:
    filler = "\n\n".join(f"Paragraph {n} tells of lamps and of their light in rooms." for n in range(400))
    (one,) = check_text("Shipping is free in Norway.", [SourceText(f"{filler}\n\n{POLICY.text}")])
    assert one.verdict == "verified"
    assert one.spans[0].start > len(filler)


@given(st.text("aAbB .,:;?!|#\t\n-*[1]0", max_size=200), st.text("aAbB .,:;|\n10", max_size=200))
def test_sentences_and_spans_are_slices(text: str, source: str) -> None:
    at = 0
    for one in check_text(text, [SourceText(source)]):
        assert text[one.start : one.end] == one.text
        assert at <= one.start < one.end
        at = one.end
        for span in one.spans:
            assert source[span.start : span.end] == span.quote
