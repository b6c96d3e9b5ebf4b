from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graphs.judging.claim import Judged, judge
from graphs.passages import to_passage
from graphs.state import DraftSentence, EvidencePassage
from tests.support.graph_parts import RETURNS, WARRANTY, passage

EVIDENCE = [to_passage(passage(RETURNS)), to_passage(passage(WARRANTY))]
WORDS = " ".join([RETURNS, WARRANTY, "36 Nordia not must [1] 字 -- | # ."]).split()


def judged(
    text: str, sources: list[int], quotes: list[str] | None = None, evidence: list[EvidencePassage] = EVIDENCE
) -> Judged:
    claim: DraftSentence = {"text": text, "sources": sources, "quotes": quotes or []}
    return judge(claim, evidence, question="", weight=lambda _word: 1.0, stands=lambda _passage, _span: True)


def test_parts_of_a_claim_may_rest_on_sentences_of_several_passages() -> None:
    found = judged("The refund is paid within 14 days, and the batteries are covered for 6 months.", [1, 2])
    assert found.verdict == "verified"
    quotes = [one["text"][span.start : span.end] for one, span in found.spans]
    assert quotes == ["The refund is paid within 14 days.", "Its batteries are covered for 6 months."]


def test_an_unknown_number_is_never_mended_by_a_right_one() -> None:
    found = judged("The refund is paid within 14 days.", [1, 7])
    assert found.verdict == "unsupported"
    assert found.failure == "names passage 7, which does not exist"


def test_a_sentence_joined_from_two_is_not_verified() -> None:
    found = judged("Customers may return any device within 14 days.", [1], ["any device", "within 14 days"])
    assert found.verdict != "verified"
    assert "number-elsewhere" in found.checks.rules


def test_a_true_sentence_of_another_passage_is_not_verified() -> None:
    assert (
        judged("The G2 gateway has a warranty of 24 months.", [1], ["within 30 days"]).verdict
        == "unsupported"
    )


@given(
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    st.lists(st.integers(-1, 4), max_size=3),
    st.lists(st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join), max_size=2),
)
def test_whatever_is_drafted_every_span_is_words_of_a_named_passage(
    text: str, sources: list[int], quotes: list[str]
) -> None:
    found = judged(text, sources, quotes)
    for one, span in found.spans:
        assert EVIDENCE.index(one) + 1 in sources
        assert 0 <= span.start < span.end <= len(one["text"])
    if found.verdict != "unsupported":
        assert found.spans
        assert set(sources) <= {1, 2}
        assert not found.failure


def test_of_words_that_stand_there_twice_the_place_that_was_meant_is_cited() -> None:
    text = "`a` (`int`)\n:   First. The default is off.\n\n`b` (`int`)\n:   Second. The default is off.\n"
    quote = "The default is off."
    at = text.rindex(quote)
    claim: DraftSentence = {"text": quote, "sources": [1], "quotes": [quote], "at": at}
    evidence = [to_passage(passage(text, text))]
    found = judge(claim, evidence, question="", weight=lambda _word: 1.0, stands=lambda _one, _span: True)
    assert [(span.start, span.end) for _, span in found.spans] == [(at, at + len(quote))]
    # A place where the words do not stand is no place.
    claim["at"] = at + 1
    found = judge(claim, evidence, question="", weight=lambda _word: 1.0, stands=lambda _one, _span: True)
    assert [span.start for _, span in found.spans] == [text.index(quote)]
