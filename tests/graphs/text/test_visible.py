import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.text.visible import same_but_first_case, visible

DIFFERENT = [
    ("kept at −18 °C", "kept at 18 °C"),
    ("kept at -18 °C", "kept at 18 °C"),
    ("$5 a day", "5 € a day"),
    ("stays < 5 mA", "stays > 5 mA"),
    ("stays ≤ 5 mA", "stays < 5 mA"),
    ("the C++ course", "the C# course"),
    ("the C++ course", "the C course"),
    ("version 4.10", "version 4.1"),
    ("rises by 3-4 %", "rises by 3.4 %"),
    ("5 %", "5 ‰"),
    ("✗ returns", "✓ returns"),
    ("☐ signed", "☑ signed"),
    ("5 m²", "5 m"),
    ("a != b", "a = b"),
    ("10:30", "10.30"),
    ("5 mW", "5 MW"),
    ("±2 mm", "2 mm"),
    ("~5 days", "5 days"),
    ("¬ allowed", "allowed"),
    ("कि", "की"),  # vowel signs of Hindi
    ("ที่", "ที"),  # Thai
    ("كَتَبَ", "كُتِبَ"),  # Arabic
    ("n/a", "na"),
]

SAME = [
    ("“Returns”, as *agreed*, are (quite) free.", "Returns as agreed are quite free"),
    ("# Title\n- item one", "Title item one"),
    ("• item", "item"),
    ("■ item", "item"),
    ("> quoted", "quoted"),
    ("| Team | 49 EUR |", "Team 49 EUR"),
    ("~~gone~~", "gone"),
    ("ﬁle", "file"),
    ("第３章", "第3章"),
    ("٣ أيام", "3 أيام"),
    ("−5", "-5"),
    ("so\u00adftware", "software"),
    ("don’t", "don't"),
    ("ready — steady", "ready, steady"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_mark_that_changes_what_is_said_is_seen(one: str, other: str) -> None:
    assert visible(one) != visible(other)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_only_sets_the_text_is_not(one: str, other: str) -> None:
    assert visible(one) == visible(other)


def test_only_the_first_word_may_be_a_capital() -> None:
    assert same_but_first_case(visible("Returns may take time"), visible("returns may take time"))
    assert not same_but_first_case(visible("In May"), visible("In may"))


@given(st.text())
def test_any_text_is_read_and_read_alike_when_set_apart(text: str) -> None:
    assert visible(f"  {text}\n") == visible(text)


@given(st.lists(st.from_regex(r"\A[a-z]{1,6}\Z"), min_size=1, max_size=8))
def test_words_are_kept_in_order(found: list[str]) -> None:
    assert visible(", ".join(found) + ".") == tuple(found)
