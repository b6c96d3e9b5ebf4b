"""Words that no reader of a document sees: never in the text, always kept beside it, and said of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingestion.load import load_bytes
from app.ingestion.load.hidden import HiddenWords, marked, notice
from app.registry.document import HiddenText, LoadedDocument
from evals.benchmarks.safety.hiding_markup import HIDDEN, SEEN
from evals.benchmarks.safety.hiding_places import HidingPlace, hiding_places


@pytest.mark.parametrize("one", list(hiding_places()), ids=lambda one: one.file_name)
def test_what_is_hidden_is_no_evidence_and_is_kept(one: HidingPlace) -> None:
    document = load_bytes(one.file_name, one.data)
    assert SEEN in document.text
    assert HIDDEN not in document.text
    assert "three hundred" not in document.text
    assert "three hundred" not in document.title
    kept = [found for found in document.hidden if "late fee is three hundred" in found.text]
    assert {found.kind for found in kept} == {"set-aside" if one.is_usual else "hidden"}
    assert document.metadata.get("risk", []) == ([] if one.is_usual else ["hidden-text"])


@pytest.mark.parametrize(
    "page",
    [
        f'<p style="left:-9999px">{SEEN}</p>',  # no effect without a position
        f'<span style="height:0;overflow:hidden">{SEEN}</span>',  # nor on an inline box
        f'<style>.x {{ color: white }}</style><p class="x" style="background:navy">{SEEN}</p>',
        f'<div style="background:url(night.jpg)"><p style="color:white">{SEEN}</p></div>',
        f'<div style="background:#333 url(night.jpg)"><p style="color:white">{SEEN}</p></div>',
        f'<div style="font-size:0"><p style="font-size:12pt">{SEEN}</p></div>',
        f'<div style="visibility:hidden"><p style="visibility:visible">{SEEN}</p></div>',
        f"<style>@media print {{ p {{ display:none }} }}</style><p>{SEEN}</p>",
        f"<style>@media (max-width: 500px) {{ p {{ display:none }} }}</style><p>{SEEN}</p>",
        f"<style>p {{ display:none }} body p {{ display:block }}</style><p>{SEEN}</p>",
        f"<style>p {{ opacity:0 !important }} p {{ opacity:1 !important }}</style><p>{SEEN}</p>",
        f"<style>p:hover {{ display:none }} p::before {{ opacity:0 }}</style><p>{SEEN}</p>",
        f'<p style="color:#767676">{SEEN}</p>',
        f'<p style="color:transparent;background:linear-gradient(red,blue);background-clip:text">{SEEN}</p>',
        f'<table bgcolor="000080"><tr><td><font color="white">{SEEN}</font></td></tr></table>',
        f"<details><summary>More</summary><p>{SEEN}</p></details>",
    ],
)
def test_what_is_seen_on_a_page_stays(page: str) -> None:
    document = load_bytes("a.html", f"<html><body><h1>Rules</h1>{page}</body></html>".encode())
    assert SEEN in document.text
    assert document.hidden == ()


@pytest.mark.parametrize(
    "page",
    [
        f'<link rel="stylesheet" href="site.css"><p style="color:white">{SEEN}</p>',
        f'<p style="opacity:0;transition:opacity 1s">{SEEN}</p>',
        f'<div style="max-height:0;overflow:hidden;transition:max-height 1s"><p>{SEEN}</p></div>',
        f"<style>body {{ opacity: 0 }}</style><p>{SEEN}</p>",
    ],
)
def test_where_it_cannot_be_told_words_stay_and_the_page_is_marked(page: str) -> None:
    document = load_bytes("a.html", f"<html><body><h1>Rules</h1>{page}</body></html>".encode())
    assert SEEN in document.text
    assert document.metadata["risk"] == ["doubtful-text"]


@pytest.mark.parametrize(
    "source",
    [
        "Write `<!-- so -->` for a comment.",
        "```html\n<!-- so -->\n[a]: b\n```",
        "    <!-- so -->",
        "A paragraph\n[note]: goes on here.",
        "[^1]: A footnote is shown.",
        "Ask \\<!-- here --> first.",
        "See [a][b c] and [d](e).",
        "![note this](is no link)",
        "Use <kbd>Ctrl</kbd> and List<String> values.",
        "[fees] are due.\n\n[fees]: https://example.org",
    ],
)
def test_what_is_seen_of_a_markdown_source_stays_as_it_is(source: str) -> None:
    document = load_bytes("a.md", source.encode())
    assert document.text == source
    assert document.hidden == ()


def test_a_component_may_show_its_attributes() -> None:
    source = b'<Card title="Opening hours">At nine.</Card>'
    assert load_bytes("a.mdx", source).hidden == ()
    other = load_bytes("a.md", source)
    assert other.text == source.decode()
    assert other.metadata["risk"] == ["doubtful-text"]


def test_a_document_cannot_say_its_own_risk() -> None:
    source = b"---\nrisk: low\nhidden_chars: 0\n---\nText <span style='opacity:0'>or not</span>."
    document = load_bytes("a.md", source)
    assert document.metadata == {
        "meta.risk": "low",
        "meta.hidden_chars": 0,
        "risk": ["hidden-text"],
        "hidden_chars": 5,
    }


def test_one_word_of_a_picture_stands_for_it_and_several_pictures_do_not_make_a_sentence() -> None:
    page = b"<p>Press <img alt=OK> now.</p><p>So <img alt=never><img alt=pay> it is.</p>"
    document = load_bytes("a.html", page)
    assert document.text.split() == "Press OK now. So it is.".split()
    assert [one.text for one in document.hidden] == ["never pay"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.text(max_size=40), st.sampled_from(["", "page 1"]))))
def test_every_hidden_character_is_counted(finds: list[tuple[str, str, str]]) -> None:
    words = HiddenWords(most_kept=60)
    for how, text, where in finds:
        words.add(how, text, where)
    real = [text for _, text, _ in finds if any(map(str.isalnum, text))]
    assert sum(one.chars for one in words.found()) == sum(len("".join(text.split())) for text in real)
    assert sum(len(one.text.replace(" ", "")) for one in words.found()) <= 60


def test_very_many_places_are_still_all_counted() -> None:
    words = HiddenWords()
    for number in range(1000):
        words.add("white", "abc", f"page {number}")
    found = words.found()
    assert len(found) <= 201
    assert sum(one.chars for one in found) == 3000


def test_an_unmarked_document_is_left_as_it_is() -> None:
    document = LoadedDocument(
        "Ask.", "A", "text/plain", (), hidden=(HiddenText("comment", "", "b", 1, "set-aside"),)
    )
    assert marked(document) is document
    assert notice(document.hidden) == ""
