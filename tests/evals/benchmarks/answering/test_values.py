"""The benchmark of values: entries found by their form, answers judged by words and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.benchmarks.answering import values
from graphs.contracts import Answer, Citation

PAGE = """<html><head><title>Settings</title></head><body><h1>Settings</h1><dl>
<dt><code>lamp_delay</code> (<code>integer</code>)</dt>
<dd><p>How long a lamp waits before it goes out. The default is nine minutes.</p></dd>
<dt><code>lamp_colour</code> (<code>text</code>)</dt>
<dd><p>The colour of a lamp that is lit. The default is <code>amber</code>.</p></dd>
<dt><code>lamp_sound</code> (<code>text</code>)</dt><dd><p>What a lamp sounds like.</p></dd>
</dl></body></html>"""


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "settings.html").write_text(PAGE, encoding="utf-8")
    return tmp_path / "pages"


def test_entries_that_state_a_default_are_asked_for_and_judged(pages: Path, tmp_path: Path) -> None:
    rows = values.measure(pages, "all", values.FORMS[0], tmp_path / "home", "*.html")
    assert sorted(row.name for row in rows) == ["lamp_colour", "lamp_delay"]
    assert values.counts(rows)["asked"] == 2
    assert all(row.marked <= row.shown for row in rows)


def test_the_default_of_another_entry_is_no_answer() -> None:
    text = "`a` (`int`)\n:   A thing. The default is one.\n\n`b` (`int`)\n:   A thing. The default is two.\n"
    one, two = values.entries(text, "d")

    def answer(quote: str) -> Answer:
        at = text.index(quote)
        cited = Citation(number=1, doc_id="d", version="v", start=at, end=at + len(quote), quote=quote)
        return Answer(status="answered", question="q", text=quote, citations=[cited])

    right = values.judge(one, answer("The default is one."))
    assert (right.first, right.marked, right.elsewhere) == (True, True, False)
    wrong = values.judge(one, answer("The default is two."))
    assert (wrong.marked, wrong.shown, wrong.elsewhere) == (False, False, True)
    assert not values.judge(two, answer("A thing. The default is one.")).marked


def test_halves_are_apart_and_the_same_each_time() -> None:
    found = [values.Entry(f"n{place}", "d", 0, 1, "default is x") for place in range(9)]
    halves = [values.drawn(found, half) for half in ("development", "held")]
    assert sorted(one.name for half in halves for one in half) == [one.name for one in found]
    assert values.drawn(found[::-1], "held") == halves[1]
    assert values.drawn([found[0], found[0]], "all") == []
