"""The guards the graph is given: what they deny, what they mend, and that they keep to themselves."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.compose import Pincite, open_pincite
from app.safety.guard import in_turn
from app.safety.our_guards import answer_guards, question_guards
from app.settings import SafetySettings, Settings
from graphs.parts import GuardCheck, GuardFailedError


@pytest.fixture(scope="module")
def question() -> GuardCheck:
    return in_turn(question_guards(SafetySettings(max_question_chars=200)))


@pytest.fixture(scope="module")
def answer() -> GuardCheck:
    return in_turn(answer_guards(SafetySettings(allowed_link_hosts=["Example.com"])))


@pytest.mark.parametrize(
    "text",
    [
        "How long is the warranty?",
        "Zeile eins\nzwei\tdrei\r\n",
        "👩‍👩‍👧 family leave, naïve café, 東京, عربى, עברית",
        "x" * 200,
        "soft\u00adhyphen, zero\u200bwidth, no-break\u00a0space",
        "",
    ],
)
def test_ordinary_questions_pass_unchanged(question: GuardCheck, text: str) -> None:
    result = question(text)
    assert (result.verdict, result.text, result.reasons) == ("allow", text, ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * 201, "the question has 201 characters, 200 are allowed"),
        ("a\x00b", "U+0000"),
        ("a\x1b[31mb", "U+001B"),
        ("a\x7fb", "U+007F"),
        ("a\x9bb", "U+009B"),
        ("invoice\u202egpj.exe", "U+202E"),
        ("a\u2066b\u2069", "U+2066, U+2069"),
        ("hi\U000e0068\U000e0069", "U+E0068, U+E0069"),
        ("\ue000", "U+E000"),
        ("\udcff", "U+DCFF"),
    ],
)
def test_what_a_reader_cannot_see_is_denied_and_named(question: GuardCheck, text: str, reason: str) -> None:
    result = question(text)
    assert result.verdict == "deny"
    assert reason in " ".join(result.reasons)
    assert text not in " ".join(result.reasons)


def test_a_sentence_is_mended_and_the_host_is_named(answer: GuardCheck) -> None:
    result = answer("See [the form](https://evil.test/?q=1) at https://example.com.")
    assert (result.verdict, result.text) == ("modify", "See the form at https://example.com.")
    assert result.reasons == ("a link to evil.test was taken out",)


def test_sentences_with_allowed_links_or_none_pass(answer: GuardCheck) -> None:
    for text in ("No links here: a < b.", "See https://docs.example.com/x."):
        result = answer(text)
        assert (result.verdict, result.text) == ("allow", text)


def test_a_guard_is_shared_by_threads_without_mixing_texts(question: GuardCheck) -> None:
    texts = [f"question {number} {'x' * (number % 3 * 100)}" for number in range(120)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(question, texts))
    for text, result in zip(texts, results, strict=True):
        assert result.text == text
        assert result.verdict == ("deny" if len(text) > 200 else "allow")
        assert not result.reasons or f"has {len(text)} characters" in result.reasons[0]


def test_a_guard_that_breaks_lets_nothing_through(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = in_turn(answer_guards(SafetySettings()))
    guard("built")
    monkeypatch.setattr("app.safety.guards.links.keep_allowed_links", lambda *_: 1 / 0)
    with pytest.raises(GuardFailedError, match=r"'allowed-links' did not check: .*ZeroDivisionError"):
        guard("See https://evil.test.")


PAGE = "# Refunds\n\nRefunds are asked for with the form at https://evil.test/form within 14 days.\n"


@pytest.fixture
def with_link(tmp_path: Path) -> Iterator[Pincite]:
    from tests.support.index import filled_index, new_document

    with filled_index(tmp_path, [new_document("file:///refunds.md", PAGE)]) as pincite:
        yield pincite


def test_a_released_sentence_holds_no_foreign_link_and_says_so(with_link: Pincite) -> None:
    answer = with_link.ask("How are refunds asked for?")
    assert answer.status == "answered"
    assert "evil.test" not in answer.text
    assert "(link removed)" in answer.claims[0].text
    assert any("a link to evil.test was taken out" in notice for notice in answer.notices)
    citation = answer.citations[0]
    text = with_link.registry.text(citation.doc_id, citation.version)
    assert text is not None
    assert citation.quote == text[citation.start : citation.end]


def test_an_operator_may_allow_a_host(with_link: Pincite) -> None:
    settings = Settings(home=with_link.settings.home, safety=SafetySettings(allowed_link_hosts=["evil.test"]))
    with open_pincite(settings) as pincite:
        assert "https://evil.test/form" in pincite.ask("How are refunds asked for?").text


def test_the_longest_question_is_a_setting(pincite: Pincite) -> None:
    settings = Settings(home=pincite.settings.home, safety=SafetySettings(max_question_chars=20))
    with open_pincite(settings) as strict:
        answer = strict.ask("How many volts does the gateway need?")
        assert (answer.status, answer.problem and answer.problem.code) == ("refused", "question-refused")
        assert "20 are allowed" in answer.text
