"""What of a passage can be a sentence of an answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.extractive.pieces import pieces
from graphs.state import EvidencePassage


def passage(text: str, headings: tuple[str, ...] = ()) -> EvidencePassage:
    return EvidencePassage(
        doc_id="d",
        version="v",
        start=0,
        end=len(text),
        text=text,
        title="Guide",
        uri="",
        headings=list(headings),
        page=None,
        scores={},
    )


STEPS = (
    "# Pairing\n\n1. Open the app.\n2. Hold the button for five seconds\n3. Wait for the light.\n\nThen rest."
)


def test_a_step_stands_alone_where_something_else_is_asked() -> None:
    found = pieces("How long is the button held?", passage(STEPS))
    assert "Hold the button for five seconds" in {one.text for one in found}


def test_a_sentence_of_few_words_is_for_a_term_to_complete() -> None:
    found = pieces("What is it?", passage("The default is `on`. Nothing else is known of lamps."))
    assert [(one.text, one.short) for one in found] == [
        ("The default is `on`.", True),
        ("Nothing else is known of lamps.", False),
    ]


def test_a_short_order_is_a_sentence() -> None:
    (found,) = pieces("May I open it?", passage("Do not open the lid."))
    assert found.text == "Do not open the lid."


@given(st.text("aAbB .,:;|\t\n-*12)#?", max_size=300), st.sampled_from(["How do I do it?", "What is a b?"]))
def test_every_quote_stands_in_the_passage(text: str, question: str) -> None:
    for one in pieces(question, passage(text)):
        assert all(quote in text for quote in one.quotes)
        assert one.quotes
        assert text.startswith(one.quotes[-1], one.start), "where it begins is where it is cited"
        assert 0 <= one.start < len(text)


COVERED = "Lessons that the plan covers include:\n\n- Riding lessons\n- Surfing\n\nNothing else is covered."


def test_a_short_item_that_is_asked_for_is_said_with_what_introduces_it() -> None:
    found = pieces("Is surfing covered?", passage(COVERED))
    assert [(one.text, one.quotes) for one in found if "Riding" not in one.text] == [
        (
            "Lessons that the plan covers include: Surfing.",
            ("Lessons that the plan covers include:", "Surfing"),
        ),
        ("Nothing else is covered.", ("Nothing else is covered.",)),
    ]
    assert "Lessons that the plan covers include: Surfing." not in {
        one.text for one in pieces("What does the plan cover?", passage(COVERED))
    }
