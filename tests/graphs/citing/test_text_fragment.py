"""Links that open a source at the cited words, judged by a small browser."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.citing.text_fragment import (
    EXACT_WORDS,
    FragmentWord,
    citation_link,
    text_directive,
    visible_words,
)

PAGE = """# Sick leave

Call your manager before nine, and bring a note. Ask the desk first.

## Trips

- Taxis cost 20 EUR at most. Ask the desk first.
- Keep the `receipt` for 2-3 weeks, R&D too.

| Plan | Price |
| --- | --- |
| Team | 49 EUR |
| Solo | 5 EUR |

![A map](map.png) The office is on floor 3.
"""


def shown(text: str) -> str:
    return " ".join(word.text for word in visible_words(text))


def browse(text: str, directive: str) -> list[FragmentWord] | None:
    """The words a browser scrolls to: the first place that fits, as the specification's algorithm finds it.

    Blocks count: what is not a range stands within one.
    """
    assert directive.startswith("text=")
    terms = directive.removeprefix("text=").split(",")
    prefix = unquote(terms.pop(0)[:-1]).split() if terms[0].endswith("-") else []
    suffix = unquote(terms.pop()[1:]).split() if terms[-1].startswith("-") else []
    start = unquote(terms[0]).split()
    end = unquote(terms[1]).split() if len(terms) > 1 else []
    page = list(visible_words(text))

    def stands(run: list[str], at: int) -> bool:
        found = page[at : at + len(run)]
        alike = [word.text.casefold() for word in found] == [word.casefold() for word in run]
        return at >= 0 and alike and len({word.block for word in found}) <= 1

    for at in range(len(page)):
        if not (stands(prefix, at - len(prefix)) if prefix else True) or not stands(start, at):
            continue
        if not end:
            if stands(suffix, at + len(start)):
                return page[at : at + len(start)]
            continue
        for last in range(at + len(start), len(page)):
            if stands(end, last) and stands(suffix, last + len(end)):
                return page[at : last + len(end)]
    return None


def words_of(text: str, start: int, end: int) -> list[FragmentWord]:
    return [w for w in visible_words(text) if w.start < end and start < w.start + len(w.text)]


@pytest.mark.parametrize(
    ("quote", "directive"),
    [
        ("Call your manager before nine,", "text=Call%20your%20manager%20before%20nine%2C"),
        ("Sick leave", "text=Sick%20leave"),
        ("Ask the desk first.", "text=Ask%20the%20desk%20first."),
        ("`receipt` for 2-3 weeks, R&D", "text=receipt%20for%202%2D3%20weeks%2C%20R%26D"),
        ("Team | 49 EUR", "text=Team,49%20EUR"),
        ("5 EUR", "text=5%20EUR"),
        (PAGE[: PAGE.index("Ask")].strip(), "text=Sick%20leave,bring%20a%20note."),
        ("The office is on floor 3.", "text=The%20office%20is%20on%20floor%203."),
    ],
)
def test_a_quote_is_named_as_the_page_shows_it(quote: str, directive: str) -> None:
    start = PAGE.index(quote)
    made = text_directive(PAGE, start, start + len(quote))
    assert made == directive
    assert browse(PAGE, made) == words_of(PAGE, start, start + len(quote))


def test_words_that_stand_there_before_are_told_apart_by_their_neighbours() -> None:
    start = PAGE.rindex("Ask the desk first.")
    made = text_directive(PAGE, start, start + 19)
    assert made == "text=most.-,Ask%20the%20desk%20first."
    assert browse(PAGE, made) == words_of(PAGE, start, start + 19)


def test_a_long_quotation_ends_where_it_ends_not_where_its_last_words_first_stand() -> None:
    text = "One two three four. Ask the desk first. Five six seven eight nine ten. Ask the desk first. More."
    end = len(text) - len(" More.")
    made = text_directive(text, 0, end)
    assert browse(text, made) == words_of(text, 0, end)
    assert made == "text=One%20two%20three,ten.%20Ask%20the%20desk%20first."


def test_pages_show_no_marks() -> None:
    assert shown(PAGE) == (
        "Sick leave Call your manager before nine, and bring a note. Ask the desk first. Trips Taxis cost "
        "20 EUR at most. Ask the desk first. Keep the receipt for 2-3 weeks, R&D too. Plan Price Team 49 EUR "
        "Solo 5 EUR The office is on floor 3."
    )
    for word in visible_words(PAGE):
        assert PAGE[word.start :].startswith(word.text)


@pytest.mark.parametrize(
    ("uri", "page", "is_pdf", "link"),
    [
        ("https://a.example/x", None, False, "https://a.example/x#:~:text=Sick%20leave"),
        ("https://a.example/x#leave", None, False, "https://a.example/x#leave:~:text=Sick%20leave"),
        ("https://a.example/x#", None, False, "https://a.example/x#:~:text=Sick%20leave"),
        (
            "https://a.example/x#a:~:text=b",
            None,
            False,
            "https://a.example/x#a:~:text=b&text=Sick%20leave",
        ),
        ("https://a.example/x.pdf", 4, True, "https://a.example/x.pdf#page=4"),
        ("https://a.example/get?id=3", 4, True, "https://a.example/get?id=3#page=4"),
        ("https://a.example/x.pdf#zoom=50&page=1", 4, True, "https://a.example/x.pdf#zoom=50&page=4"),
        ("https://a.example/x.PDF", 4, False, "https://a.example/x.PDF#page=4"),
        ("https://a.example/x.pptx", 4, False, ""),
        ("https://a.example/x.docx", None, False, ""),
        ("source://handbook/x.html", None, False, ""),
        ("file:///x.pdf", 4, True, ""),
        ("javascript:alert(1)", None, False, ""),
        ("https://[bad", None, False, ""),
        ("", None, False, ""),
    ],
)
def test_each_kind_of_source_has_its_kind_of_link(
    uri: str, page: int | None, is_pdf: bool, link: str
) -> None:
    assert citation_link(uri, 2, 12, text=PAGE, page=page, is_pdf=is_pdf) == link


def test_without_the_text_there_is_no_link_to_words() -> None:
    assert citation_link("https://a.example/x", 2, 12, text=None, page=None, is_pdf=False) == ""


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "# ", "- ", "1. ", "> ", "| "]),
        st.lists(
            st.sampled_from(
                ["ask", "Ask", "the", "desk", "a-b", "x,y", "R&D", "`code`", "50%", "é☕", "first."]
            ),
            min_size=1,
            max_size=14,
        ),
        st.sampled_from(["\n", "\n\n"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=150)
@given(LINES, st.data())
def test_the_browser_finds_the_words_at_their_place_or_the_same_words_before(
    lines: list[tuple[str, list[str], str]], data: st.DataObject
) -> None:
    text = "".join(f"{mark}{' '.join(words)}{end}" for mark, words, end in lines)
    page = list(visible_words(text))
    first = data.draw(st.integers(0, len(page) - 1))
    last = data.draw(st.integers(first, len(page) - 1))
    start, end = page[first].start, page[last].start + len(page[last].text)
    link = citation_link("https://a.example/p", start, end, text=text, page=None, is_pdf=False)
    fragment = urlsplit(link).fragment
    assert fragment.startswith(":~:text=")
    assert fragment.isascii()
    found = browse(text, fragment.removeprefix(":~:"))
    assert found is not None
    wanted = page[first : last + 1]
    assert found[0].text.casefold() == wanted[0].text.casefold()
    assert found[-1].text.casefold() == wanted[-1].text.casefold()
    run = " ".join(word.text.casefold() for word in wanted)
    whole = len({word.block for word in wanted}) == 1 and len(wanted) <= EXACT_WORDS
    if whole and " ".join(word.text.casefold() for word in page).count(run) == 1:
        assert found == wanted


@given(st.text(max_size=200), st.data())
def test_whatever_the_text_a_link_is_plain_or_there_is_none(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    link = citation_link("https://a.example/p", start, end, text=text, page=None, is_pdf=False)
    assert link.startswith("https://a.example/p")
    assert not set(link) & set(" <>\"'`\n\t")
