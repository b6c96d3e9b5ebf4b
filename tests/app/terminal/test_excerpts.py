"""Excerpts on a terminal and in a pipe."""

from __future__ import annotations

import io

from rich.console import Console

from app.terminal.answer_text import print_answer
from graphs.contracts import Answer, Citation, Claim, Excerpt, Mark

PAGE = "`naptime` (`integer`)\n:   The delay between\n    two runs. The default is one minute."
QUOTE = "The default is one minute."


def answer(text: str = PAGE, quote: str = QUOTE, **changed: object) -> Answer:
    at = text.index(quote)
    place = {"doc_id": "d", "version": "v" * 64}
    cited = Citation(number=1, start=at, end=at + len(quote), quote=quote, title="Manual", **place)
    fields = {
        "start": 0,
        "end": len(text),
        "text": text,
        "kind": "definition",
        "title": "Manual",
        "headings": ["Runs"],
    }
    marks = [Mark(start=at, end=at + len(quote), citation=1)]
    return Answer(
        status="answered",
        question="q",
        text=f"{quote} [1]",
        mode="extractive",
        claims=[Claim(text=quote, verdict="verified", citations=[1])],
        citations=[cited],
        excerpts=[Excerpt.model_validate({**place, **fields, "marks": marks, **changed})],
    )


def printed(one: Answer, **console: object) -> str:
    out = io.StringIO()
    print_answer(one, Console(file=out, width=60, highlight=False, **console))  # type: ignore[arg-type]
    return out.getvalue()


def test_an_excerpt_stands_under_its_document_and_headings() -> None:
    lines = printed(answer()).splitlines()
    assert lines[0] == "  Manual › Runs"
    assert lines[1] == "    `naptime` (`integer`)"
    assert lines[2] == "    :   The delay between two runs. The default is one"
    assert lines[3] == "    minute. [1]"
    assert lines[4] == "    [1] d@vvvvvvvv:58-84"
    assert not any(line.endswith(" ") for line in lines)


def test_the_words_that_answer_are_marked_on_a_terminal() -> None:
    shown = printed(answer(), force_terminal=True, color_system="standard")
    assert "\x1b[1;4mThe default is one\x1b[0m" in shown


def test_code_keeps_its_lines() -> None:
    code = "def f():\n    return 1\n\n\nf()"
    shown = printed(answer(code, "return 1", kind="code"))
    assert "    def f():\n        return 1 [1]\n\n\n    f()\n" in shown


def test_what_is_missing_is_said() -> None:
    shown = printed(answer(left_out=4, lead="| Plan | Price |"))
    assert "    | Plan | Price | …\n" in shown
    assert "    … and 4 more sentences\n" in shown


def test_a_document_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in printed(answer("Ring \x1b[2J it. Now.", "Ring \x1b[2J it."))
