"""What is held of texts that were read: not more than is said, and nothing that a caller can change."""

from __future__ import annotations

from graphs.citing.facts import facts
from graphs.citing.placed_sentences import cited_facts
from graphs.text.remembered import MOST_CHARACTERS, remembered
from graphs.text.sentences import units
from graphs.text.words import words


def test_a_text_is_read_once_unless_it_is_long() -> None:
    log: list[str] = []

    @remembered(texts=2)
    def length(text: str) -> int:
        log.append(text[:1])
        return len(text)

    long = "l" * (MOST_CHARACTERS + 1)
    for text in ("a", "a", "b", "c", "a", long, long):
        assert length(text) == len(text)
    assert log == ["a", "b", "c", "a", "l", "l"]


def test_callers_cannot_change_what_others_get() -> None:
    first = words("Return the device.")
    first.append("never")
    assert words("Return the device.") == ["return", "the", "device"]
    assert isinstance(units("Return the device."), tuple)


def test_a_sentence_read_in_its_place_lends_nothing_to_the_plain_one() -> None:
    text = "# Returns\n\nKeep the box. It is free."
    placed = cited_facts(text, ["Guide"])
    assert placed == cited_facts(text, ["Guide"])
    assert (placed[1].above, placed[1].before) == ("Guide # Returns", "Keep the box.")
    assert (facts("It is free.").above, facts("It is free.").before) == ("", "")
    assert cited_facts(text, ["Manual"])[1].above == "Manual # Returns"


def test_long_texts_are_read_like_short_ones() -> None:
    text = "# Returns\n\n" + "Keep the box. It is free.\n\n" * 400
    assert len(text) > MOST_CHARACTERS
    assert cited_facts(text, ["Guide"], 0, 36) == cited_facts(text[:36], ["Guide"])
