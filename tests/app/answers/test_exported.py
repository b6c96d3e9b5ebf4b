"""Answers as other programs take them in, with titles and quotes that try to be more than text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from app.answers.exported import as_csl, as_html, as_markdown, as_text, web_address
from graphs.contracts import Answer, Citation, Claim, Disagreement

HOSTILE = '<script>alert(1)</script> [x](javascript:y) ![i](http://evil.example/i.png) `*_"&amp;\n# head'


def citation(number: int, **known: Any) -> Citation:
    place = {"doc_id": "manual", "version": "v" * 64, "start": 0, "end": 5, "quote": "12 volts"}
    return Citation(number=number, **{**place, "title": "Manual", **known})


def answer(*citations: Citation, **known: Any) -> Answer:
    claims = [
        Claim(text=f"Sentence {one.number}.", verdict="verified", citations=[one.number]) for one in citations
    ]
    told = {
        "status": "answered",
        "question": "How many volts?",
        "text": "…",
        "claims": claims,
        "mode": "model",
    }
    return Answer(**{**told, "citations": list(citations), **known})


def tags(page: str) -> list[tuple[str, dict[str, str | None]]]:
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(page)
    return found


def test_markdown_has_a_footnote_for_each_citation() -> None:
    found = as_markdown(
        answer(citation(1, headings=["Manual", "Power"], page=3), citation(2, uri="https://a.example/b c"))
    )
    assert "Sentence 1.[^1] Sentence 2.[^2]" in found
    assert "[^1]: Manual › Power, page 3: “12 volts”" in found
    assert "<https://a.example/b%20c>" in found


def test_partly_supported_sentences_and_disagreements_are_told() -> None:
    one = answer(
        citation(1),
        claims=[Claim(text="Said.", verdict="partial", citations=[1])],
        disagreements=[Disagreement(sentence=1, citations=[1], why="30 and 45 days")],
        notices=["One was left out."],
    )
    for found in (as_markdown(one).replace("\\", ""), as_text(one), as_html(one)):
        assert "Said. (partly supported)" in found
        assert "Sources differ: 30 and 45 days ([1])." in found
        assert "One was left out." in found


@pytest.mark.parametrize("where", ["title", "quote", "headings", "question", "sentence"])
def test_nothing_in_markdown_is_markup_but_ours(where: str) -> None:
    known: dict[str, Any] = {where: [HOSTILE] if where == "headings" else HOSTILE}
    if where == "question":
        one = answer(citation(1), question=HOSTILE)
    elif where == "sentence":
        one = answer(citation(1), claims=[Claim(text=HOSTILE, verdict="verified", citations=[1])])
    else:
        one = answer(citation(1, **known))
    # Footnotes are no CommonMark: as paragraphs, what is in them is read as anything else is.
    text = re.sub(r"^\[\^(\d+)\]: ", "", as_markdown(one), flags=re.MULTILINE)
    page = MarkdownIt("commonmark", {"linkify": False}).render(text)
    assert {tag for tag, _ in tags(page)} <= {"p", "strong"}, page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&amp;amp;" in page


@pytest.mark.parametrize(
    "start", ["# a", "- a", "+ a", "1. a", "12) a", "> a", "=== a", "| a | b |", "~~~", "---"]
)
def test_a_sentence_does_not_begin_a_list_or_a_heading(start: str) -> None:
    found = as_markdown(answer(status="abstained", mode=None, text=start, question="Why?"))
    page = MarkdownIt("commonmark").enable("table").render(found)
    assert {tag for tag, _ in tags(page)} == {"p", "strong"}, page


@pytest.mark.parametrize(
    "uri", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "a/b.md", "http://[x", ""]
)
def test_only_addresses_of_the_web_are_links(uri: str) -> None:
    assert web_address(citation(1, uri=uri, link=uri)) == ""
    page = as_html(answer(citation(1, uri=uri)))
    assert [known["href"] for tag, known in tags(page) if tag == "a"] == ["#source-1"]


def test_html_escapes_what_documents_say() -> None:
    page = as_html(
        answer(
            citation(1, title=HOSTILE, quote=HOSTILE, uri='https://a.example/"onclick="x'), question=HOSTILE
        )
    )
    named = {tag for tag, _ in tags(page)}
    assert named <= {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "h1",
        "p",
        "sup",
        "a",
        "ol",
        "li",
        "cite",
        "blockquote",
    }
    assert all(not name.startswith("on") for _, known in tags(page) for name in known)


def test_csl_has_an_item_for_each_document() -> None:
    found = as_csl(
        answer(
            citation(1, headings=["Manual", "Power"], page=3),
            citation(
                2,
                doc_id="web",
                title="Page",
                uri="https://a.example/p",
                link="https://a.example/p#:~:text=12",
            ),
            citation(3, quote="14 days"),
            receipt={"asked_at": "2026-11-30T21:58:12+00:00"},
        )
    )
    assert [(one["id"], one["type"], one["title"]) for one in found] == [
        ("manual", "document", "Manual"),
        ("web", "webpage", "Page"),
    ]
    assert found[0]["note"] == "[1] Power, page 3: “12 volts”; [3] “14 days”"
    assert "URL" not in found[0]
    assert found[1]["URL"] == "https://a.example/p"
    assert found[1]["accessed"] == {"date-parts": [[2026, 11, 30]]}


def test_two_versions_of_a_document_are_two_items_with_ids_of_their_own() -> None:
    found = as_csl(answer(citation(1), citation(2, version="w" * 64)))
    assert [one["id"] for one in found] == ["manual@vvvvvvvvvvvv", "manual@wwwwwwwwwwww"]


def test_text_is_one_line_a_thing() -> None:
    found = as_text(answer(citation(1, title="A\nB", uri="https://a.example"), question="How\nmany?"))
    assert found == "How many?\n\nSentence 1. [1]\n\n[1] A B: “12 volts”\n    https://a.example\n"


def test_filters_that_an_answer_was_asked_with_are_told_and_are_text_alone() -> None:
    filters = {"version": {">=": ["2.4"]}, "product": ["[x](http://evil.example)"]}
    one = answer(citation(1), receipt={"filters": filters})
    assert "version>=2.4" in as_text(one)
    assert "Asked only of documents with" in as_html(one)
    (told,) = [line for line in as_markdown(one).splitlines() if "Asked only" in line]
    shown = MarkdownIt().render(told)
    assert "version&gt;=2.4" in shown
    assert "<a " not in shown
    assert "Asked only" not in as_markdown(answer(citation(1)))
