"""Whatever is sent as messages is a question or refused by name; an answer that comes back is what it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.wire.answer_text import message_text, url_citations, without_tail
from app.api.wire.chat_request import CHAT_RULES
from app.api.wire.conversation import MOST_EARLIER, asked_in
from app.api.wire.refused import RefusedParameterError
from graphs.contracts import Answer
from tests.support.told import citation, claim

TEXT = st.text(max_size=20)
WILD = st.text(st.sampled_from("ab [\n\0\ud800\udfff"), max_size=6)
"""With halves of characters, as JSON's escapes can have."""
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | WILD | st.just("user") | st.just("text"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WILD, inner, max_size=3),
    max_leaves=6,
)
PART = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "refusal", "image_url"]) | JSON}, optional={"text": JSON}
)
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system", "tool"]) | JSON},
    optional={"content": WILD | st.lists(PART, max_size=2) | JSON, "tool_calls": JSON},
)
NAMES = sorted(CHAT_RULES.names())


@given(st.lists(MESSAGE, max_size=4))
def test_messages_are_a_question_or_refused(messages: list[dict[str, Any]]) -> None:
    try:
        found = asked_in(messages, "messages")
    except RefusedParameterError as refused:
        str(refused).encode()
        return
    found.question.encode()
    assert all(one["role"] in ("user", "assistant") and one["content"].strip() for one in found.earlier)


@given(st.dictionaries(st.sampled_from(NAMES) | WILD, JSON, max_size=3))
def test_parameters_are_passed_over_or_refused(given_ones: dict[str, Any]) -> None:
    try:
        over = CHAT_RULES.passed_over(given_ones)
    except RefusedParameterError as refused:
        str(refused).encode()
        return
    assert set(over) <= set(given_ones) & set(CHAT_RULES.without_effect)


@given(st.lists(TEXT, max_size=2), st.lists(st.tuples(TEXT, st.booleans()), max_size=3))
def test_an_answer_that_comes_back_is_what_it_was(
    notices: list[str], sources: list[tuple[str, bool]]
) -> None:
    numbers = range(1, len(sources) + 1)
    claims = [claim(f"Sentence {number}.", number) for number in numbers] or [claim("It is.")]
    cited = [
        citation(number, title=title, link="https://manual.example/a (b)" if web else "")
        for number, (title, web) in zip(numbers, sources, strict=True)
    ]
    text = " ".join(f"{one['text']} {''.join(f'[{n}]' for n in one['citations'])}" for one in claims)
    answer = Answer.model_validate(
        {
            "status": "answered",
            "question": "x",
            "text": text,
            "claims": claims,
            "citations": cited,
            "notices": notices,
        }
    )
    message = message_text(answer, "list")
    assert without_tail(message) == text
    places = url_citations(claims, answer.citations)
    assert [message[one.start : one.end] for one in places] == [
        one["text"] for one, (_, web) in zip(claims, sources, strict=False) if web
    ]


def test_the_last_messages_before_the_question_are_read() -> None:
    said = [{"role": "user", "content": str(number)} for number in range(MOST_EARLIER + 51)]
    found = asked_in(said, "messages")
    assert found.question == str(MOST_EARLIER + 50)
    assert [one["content"] for one in found.earlier] == [str(n) for n in range(50, MOST_EARLIER + 50)]


def test_what_is_too_long_is_refused_and_not_sent_back() -> None:
    for said in (
        [{"role": "user", "content": "x" * 100_001}],
        [{"role": "user", "content": "y" * 20_001}, {"role": "user", "content": "x"}],
    ):
        with pytest.raises(RefusedParameterError) as refused:
            asked_in(said, "messages")
        assert len(str(refused.value)) < 200
