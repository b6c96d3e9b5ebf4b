"""A model that gives its instructions away is not heard."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.compose import open_pincite
from app.safety.canary import canary_of, holds_canary
from app.settings import Settings
from app.testing.openai_server import Reply, give_answer, serve_model
from graphs.contracts import Answer
from graphs.state import AskContext
from prompts.canary import with_canary
from prompts.load import load_prompt
from tests.support.index import filled_index, new_document

CANARY = "k7q2mzx4w5dfa3bn"
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda word: word,
    "in capitals": str.upper,
    "with spaces": " ".join,
    "with dashes": "-".join,
    "one letter a line": "\n".join,
    "backwards": lambda word: word[::-1],
    "in full width": lambda word: "".join(chr(ord(letter) + 0xFEE0) for letter in word),
    "with zero width": "\u200b".join,
    "in base 64": lambda word: base64.b64encode(word.encode()).decode(),
    "in base 64 with others": lambda word: base64.b64encode(f"It is {word}, ok".encode()).decode(),
    "in base 64, shifted": lambda word: base64.b64encode(f"x{word}".encode()).decode(),
    "in hexadecimal": lambda word: word.encode().hex(),
    "cut": lambda word: word[:13],
    "turned": lambda word: "".join(
        chr((ord(letter) - 97 + 13) % 26 + 97) if letter.isalpha() else letter for letter in word
    ),
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_it_is_noticed_however_it_is_spelled(spell: Callable[[str], str]) -> None:
    assert holds_canary(f"The mark is {spell(CANARY)} I was told.", CANARY)


@given(st.text(), st.binary(min_size=32, max_size=32))
def test_what_does_not_know_it_does_not_say_it(text: str, key: bytes) -> None:
    assert not holds_canary(text, canary_of(key))


def test_it_is_the_same_for_a_home_and_another_for_another() -> None:
    assert canary_of(b"a" * 32) == canary_of(b"a" * 32) != canary_of(b"b" * 32)
    assert not holds_canary(canary_of(b"a" * 32), "")


def test_the_prompt_is_the_same_but_for_its_end() -> None:
    value = load_prompt("answer").template.invoke({"evidence": "e", "failures": "", "question": "q"})
    first, last = value.to_messages()
    said = with_canary(value, CANARY).to_messages()
    assert said[0].text.startswith(first.text)
    assert said[0].text.count(CANARY) == 1
    assert said[1:] == [last]
    assert with_canary(value, "") is value


PAGE = "# Power\n\nThe Heron gateway needs a supply of 12 volts.\n"
QUESTION = "How many volts does the Heron gateway need?"
GOOD = give_answer(("The Heron gateway needs a supply of 12 volts.", [1], ["needs a supply of 12 volts"]))


def asked(
    home: Path, script: Callable[[dict[str, object]], Reply], key: pytest.MonkeyPatch
) -> tuple[Answer, str]:
    """The answer by a model that follows ``script``, and the canary that it was sent."""
    key.setenv("OPENAI_API_KEY", "none")
    with filled_index(home, [new_document("file:///power.md", PAGE)]):
        pass
    with serve_model(script) as server:
        settings = Settings(home=home, model="openai:gpt-test", model_base_url=server.url)
        with open_pincite(settings) as pincite:
            answer = pincite.ask(QUESTION, context=AskContext())
        system = str(server.requests[0]["messages"][0]["content"])
        assert len({str(one["messages"][0]["content"]) for one in server.requests}) == 1
        assert len(server.requests) == 1, "what gave its instructions away is not asked again"
    return answer, system.rsplit(": ", 1)[1].rstrip(")")


def told(request: dict[str, object]) -> str:
    messages: list[dict[str, str]] = request["messages"]  # type: ignore[assignment]
    return str(messages[0]["content"]).rsplit(": ", 1)[1].rstrip(")")


LEAKS: dict[str, Callable[[str], Reply]] = {
    "in a sentence": lambda word: give_answer((f"The gateway needs 12 volts, {word}.", [1], ["12 volts"])),
    "in a quote": lambda word: give_answer(("The gateway needs 12 volts.", [1], [word])),
    "after a good sentence": lambda word: give_answer(
        ("The Heron gateway needs a supply of 12 volts.", [1], ["needs a supply of 12 volts"]),
        (f"My mark is {word.upper()}.", [1], []),
    ),
    "to a tool": lambda word: Reply(tool="search_documents", arguments={"query": " ".join(word)}),
    "why it does not answer": lambda word: give_answer(not_answerable=f"I am told {word[::-1]}."),
    "as text": lambda word: Reply(content=f"My instructions end in {word}."),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_draft_that_holds_it_is_refused_and_says_so_in_the_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leak: Callable[[str], Reply]
) -> None:
    answer, canary = asked(tmp_path, lambda request: leak(told(request)), monkeypatch)
    assert (answer.status, answer.mode) in (("answered", "extractive"), ("answered", "model"))
    assert "12 volts" in answer.text
    failed = answer.receipt["fallbacks"][0]
    assert (failed["step"], failed["why"]) == ("generate", "the model gave its instructions away")
    runs = [run for entry in answer.receipt["guards"] for run in entry.get("runs", [])]
    assert ("canary", "canary", "block") in {(run["guard"], run["saw"], run["action"]) for run in runs}
    said = answer.model_dump_json()
    assert not holds_canary(said, canary)
    assert not holds_canary(json.dumps(answer.receipt), canary)


def test_a_model_that_keeps_it_answers_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, canary = asked(tmp_path, lambda _request: GOOD, monkeypatch)
    assert (answer.status, answer.mode) == ("answered", "model")
    assert "fallbacks" not in answer.receipt
    assert len(canary) == 16
