"""A draft is read while it is written: whatever it is cut into, its sentences are those of the whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.tool import tool_call_chunk

import graphs.drafting.stream
from graphs.drafting.read import ANSWER_TOOL, read_draft
from graphs.drafting.stream import DraftReader
from graphs.state import DraftSentence

CLAIMS = [
    {"text": 'He said "no" {and} left: C:\\temp.', "sources": [1, 12], "quotes": ["} ]}", 'a "b'], "by": 1},
    {"text": "Größe – 東京 \u2028.", "sources": [2]},
    {"text": " [3] ", "sources": [3], "quotes": []},
    {"quotes": ["]}", "{"], "sources": [], "text": "Last, with a number 10.5 [1]."},
]


def call(part: str, name: str | None = None) -> AIMessageChunk:
    return AIMessageChunk(content="", tool_call_chunks=[tool_call_chunk(name=name, args=part, index=0)])


def plain(part: str) -> AIMessageChunk:
    return AIMessageChunk(content=part)


def read(parts: Iterable[str], as_call: bool) -> list[DraftSentence]:
    reader = DraftReader()
    if as_call:
        assert reader.feed(call("", ANSWER_TOOL)) == []
    make = call if as_call else plain
    return [claim for part in parts for claim in reader.feed(make(part))]


def of_the_whole(answer: dict[str, Any]) -> list[DraftSentence]:
    return read_draft(AIMessage("", tool_calls=[{"name": ANSWER_TOOL, "args": answer, "id": "1"}])).claims


FORMS = {
    "plain": json.dumps({"claims": CLAIMS}),
    "letters": json.dumps({"claims": CLAIMS, "not_answerable": "} or {"}, ensure_ascii=False, indent=2),
    "wrapped": json.dumps({"give_answer": {"claims": CLAIMS}}),
    "dense": json.dumps({"claims": CLAIMS}, separators=(",", ":")),
}


@pytest.mark.parametrize("written", FORMS.values(), ids=FORMS)
def test_wherever_it_is_cut_the_sentences_are_those_of_the_whole(written: str) -> None:
    expected = of_the_whole({"claims": CLAIMS})
    fenced = f"```json\n{written}\n```"
    assert len(expected) == 3
    for as_call, text in ((True, written), (False, written), (False, fenced)):
        assert read([text], as_call) == expected
        assert read(text, as_call) == expected, "character by character"
        for at in range(1, len(text)):
            assert read([text[:at], text[at:]], as_call) == expected, text[:at]


@given(
    st.lists(
        st.fixed_dictionaries(
            {"text": st.text(min_size=1), "sources": st.lists(st.integers(-9, 99), max_size=3)},
            optional={"quotes": st.lists(st.text(alphabet='ab"\\{}[],: 字'), max_size=3)},
        ),
        max_size=4,
    ),
    st.lists(st.integers(0, 400), max_size=8),
    st.booleans(),
    st.booleans(),
)
def test_it_holds_for_any_answer_and_any_cuts(
    claims: list[dict[str, Any]], cuts: list[int], ascii_only: bool, as_call: bool
) -> None:
    written = json.dumps({"claims": claims}, ensure_ascii=ascii_only)
    places = [0, *sorted(cuts), len(written)]
    parts = [written[start:end] for start, end in pairwise(places)]
    assert read(parts, as_call) == of_the_whole({"claims": claims})


def test_a_sentence_is_given_with_its_closing_brace_and_not_before() -> None:
    reader = DraftReader()
    reader.feed(call("", ANSWER_TOOL))
    written = '{"claims": [{"text": "Free.", "sources": [1], "quotes": ["a } b"]}'
    assert [reader.feed(call(character)) for character in written[:-1]] == [[]] * (len(written) - 1)
    assert reader.feed(call("}")) == [{"text": "Free.", "sources": [1], "quotes": ["a } b"]}]


@pytest.mark.parametrize(
    "broken",
    [
        '{"claims": [{"text": "One.", "sources": [1]} {"text": "Two.", "sources": [1]}',
        '{"claims": [{"text": "One.", "sources": [1]}, {"text": 2, "sources": [1]}, {"text": "B"}',
        '{"claims": [{"text": "One.", "sources": [1]}, {"text": "Two." "sources": [1]}, {"text": "B"}',
        '{"claims": [{"text": "One.", "sources": [1]}], "claims": [{"text": "Two.", "sources": [1]}]}',
        '{"claims": [{"text": "One.", "sources": [1]}]} {"claims": [{"text": "Two.", "sources": [1]}]}',
    ],
)
def test_nothing_is_given_after_what_is_no_proper_answer(broken: str) -> None:
    assert [claim["text"] for claim in read(broken, True)] == ["One."]


@pytest.mark.parametrize(
    "other", ['{"answer": [{"text": "A.", "sources": [1]}]}', '[{"text": "A."}]', "}{", "{}}"]
)
def test_other_json_holds_no_sentences(other: str) -> None:
    assert read(other, True) == []


def test_a_long_draft_is_not_read_again_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = {"text": "The gateway has a warranty of 24 months.", "sources": [1], "quotes": ["24 months"]}
    written = json.dumps({"claims": [claim] * 1000})
    looked_at: list[int] = []

    class Counting(json.JSONDecoder):
        def raw_decode(self, s: str, idx: int = 0) -> tuple[object, int]:
            looked_at.append(len(s) - idx)
            return super().raw_decode(s, idx)

    monkeypatch.setattr(graphs.drafting.stream, "_JSON", Counting())
    found = read((written[at : at + 4] for at in range(0, len(written), 4)), True)
    assert len(found) == 1000
    assert sum(looked_at) < 3 * len(written), "each claim once or twice, not all that was written"
