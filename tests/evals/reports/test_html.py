"""The report: whole in one file, safe whatever the documents say, and true to the runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from evals.experiments.runfile import Item, Passage
from evals.gates.compare import compare
from evals.metrics.spans import GoldSpan
from evals.reports.highlight import pieces
from evals.reports.html import render
from evals.reports.worst import worst
from tests.evals.runs import item, run, toy

V = "0123456789abcdef"
NASTY = '<script>alert("x")</script><img src=http://evil.example/x onerror=alert(1)>&amp;\'"'


class Tags(HTMLParser):
    """Which elements and addresses a page has, and that they are closed."""

    VOID = frozenset({"meta", "br", "line", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("href", "src", "srcset", "action", "data", "poster"):
                self.addresses.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    return tags


def with_evidence(name: str = "q1", text: str = "The fee is EUR 30. It is due at once.") -> Item:
    return item(
        name,
        right=False,
        status="answered",
        claims=[{"text": NASTY, "verdict": "verified", "citations": [1]}],
        citations=[
            {
                "number": 1,
                "version": V,
                "start": 119,
                "end": 137,
                "quote": NASTY,
                "title": NASTY,
                "doc_id": "d",
            }
        ],
        gold=[{"document": NASTY, "version": V + "0" * 48, "start": 100, "end": 118, "quote": NASTY}],
        evidence=[
            Passage(passage=f"d@{V}:100-137", doc_id="d", title=NASTY, start=100, end=137, text=text),
            Passage(passage=f"e@{V[::-1]}:0-4", doc_id="e", start=0, end=4, text="Else"),
        ],
        question=NASTY,
    )


def test_nothing_of_a_run_becomes_markup() -> None:
    made = run([with_evidence()], note=NASTY, preset="extractive")
    tags = read(render(made, [], None))
    assert "script" not in tags.names
    assert "img" not in tags.names
    assert tags.handlers == []


def test_the_page_needs_nothing_else() -> None:
    page = render(toy(range(3)), [toy(range(5))], compare(toy(), toy(range(3))))
    tags = read(page)
    assert all(address.startswith("#") for address in tags.addresses)
    assert {address.removeprefix("#") for address in tags.addresses} <= set(tags.ids)
    assert len(tags.ids) == len(set(tags.ids))
    assert not {"script", "link", "iframe", "object"} & set(tags.names)
    assert "url(" not in page
    assert "@import" not in page


def test_gold_and_citation_are_marked_in_the_evidence() -> None:
    page = render(run([with_evidence()]), [], None)
    assert "<mark>The fee is EUR 30.</mark>" in page
    assert '<span class="cite">It is due at once.</span>' in page


def test_a_blocked_comparison_is_said_first() -> None:
    page = render(toy(range(20)), [], compare(toy(), toy(range(20))))
    assert "<strong>Blocked</strong>" in page
    assert page.index("<strong>Blocked</strong>") < page.index("Over runs</h2>")


def test_a_trend_has_a_dot_a_run() -> None:
    page = render(toy(range(6)), [toy(range(12)), toy()], None)
    chart = re.search(r"<h3><span>Right</span>.*?</svg>", page, re.S)
    assert chart is not None
    assert chart.group().count("<circle") == 3
    assert "0.800, 1.000, 0.900" in chart.group()


def test_a_run_with_nothing_to_show_is_a_page_too() -> None:
    empty = run([item("q1", answerable=False, score=None, ungated=None, steps_ms={})])
    read(render(empty, [], None))
    failed = run([item("q1", right=False, status="failed", error=NASTY, score=None, ungated=None)])
    assert "ended in an error" in render(failed, [], None)


def test_the_worst_are_grave_ones_then_the_surest_wrong_ones_then_missed_ones() -> None:
    items = [
        item("right"),
        item("missed", right=False, score=0.5),
        item("unsure", right=False, status="answered", score=0.63),
        item("sure", right=False, status="answered", score=0.99),
        item("leak", metrics={"leaks": 1.0}),
    ]
    assert [one.id for one in worst(items)] == ["leak", "sure", "unsure", "missed"]
    many = [item(f"w{n}", right=False, status="answered") for n in range(30)]
    many += [item(f"m{n}", right=False) for n in range(30)]
    assert [one.id[0] for one in worst(many, 10)] == ["w"] * 5 + ["m"] * 5


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda ends: GoldSpan(V, min(ends), max(ends))),
    max_size=4,
)


@settings(max_examples=200)
@given(st.text(min_size=1, max_size=40), spans, spans, st.integers(0, 20))
def test_pieces_are_the_text_and_marked_where_the_spans_are(
    text: str, gold: list[GoldSpan], cited: list[GoldSpan], start: int
) -> None:
    found = pieces(text, GoldSpan(V, start, start + len(text)), gold, cited)
    assert "".join(piece.text for piece in found) == text
    at = start
    for piece in found:
        for offset in range(at, at + len(piece.text)):
            assert piece.gold == any(span.start <= offset < span.end for span in gold)
            assert piece.cited == any(span.start <= offset < span.end for span in cited)
        at += len(piece.text)
