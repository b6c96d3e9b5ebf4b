"""Secrets and personal data are masked in all that leaves, at true offsets; what is stored stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.answers.find_again import CurrentText, QuotedPlace, broken, verify
from app.compose import Pincite, open_pincite
from app.safety.canary import holds_canary
from app.settings import SafetySettings, Settings
from app.testing.openai_server import give_answer, serve_model
from graphs.contracts import Answer
from tests.support.index import filled_index, new_document

TOKEN = "ghp_" + "a8Kd02LmQx7RvB4nZ9tGk2LmQx7RvB4nZ5sW"
PASSWORD = "hT7-kk2Pq9"
KEY_LINES = [
    "MIIEowIBAAKCAQEAx3v9QmZk2LrT8sWq1nBd7YhUj4oPz6cEaGfXi0RtKyVb5NwM",
    "p9Dq2sLxZ7vTnK4hRjWc8YbMg1oFaUe3iQzX6tCdEk5BwNyPrGmHuSvJf0lA2xQ7",
]
PAGE = f"""# Heron gateway {TOKEN}

The Heron gateway is updated with the token {TOKEN} on Fridays.

The maintenance password of the Heron gateway is {PASSWORD} until June.

Ask ann.lee@corp.io about the supply of the Heron gateway, which needs 12 volts.

## Key

The key of the Heron gateway is this:

-----BEGIN RSA PRIVATE KEY-----
{KEY_LINES[0]}
{KEY_LINES[1]}
-----END RSA PRIVATE KEY-----
"""
URI = f"https://docs.corp.io/heron?api_token={TOKEN}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("secrets")
    with filled_index(folder, [new_document(URI, PAGE)]):
        return folder


@contextmanager
def opened(home: Path, model: str | None = None, url: str | None = None, **safety: Any) -> Iterator[Pincite]:
    settings = Settings(
        home=home, model=model, model_base_url=url, safety=SafetySettings.model_validate(safety)
    )
    with open_pincite(settings) as pincite:
        yield pincite


def without_receipt(value: Any) -> str:
    if isinstance(value, Answer):
        return value.model_dump_json(exclude={"receipt", "question"})
    return json.dumps(value)


def assert_true_offsets(pincite: Pincite, answer: Answer) -> None:
    """Everything that is shown of a document is its stored text, but for what is masked."""
    shown = [(one.doc_id, one.version, one.start, one.end, one.quote) for one in answer.citations]
    shown += [(one.doc_id, one.version, one.start, one.end, one.text) for one in answer.excerpts]
    for doc_id, version, start, end, words in shown:
        stored = pincite.registry.text(doc_id, version)
        assert stored is not None
        assert len(words) == end - start
        assert all(mine in (theirs, "█") for mine, theirs in zip(words, stored[start:end], strict=True))


ASKED: dict[str, tuple[str, str]] = {
    "a token": ("With which token is the Heron gateway updated?", TOKEN),
    "a password": ("What is the maintenance password of the Heron gateway?", PASSWORD),
}


@pytest.mark.parametrize(("question", "secret"), ASKED.values(), ids=ASKED)
def test_a_secret_is_masked_by_default_wherever_it_would_leave(
    home: Path, question: str, secret: str
) -> None:
    with opened(home) as pincite:
        events = list(pincite.stream(question))
        answer = Answer.model_validate(events[-1]["answer"])
        assert answer.status == "answered"
        assert not [event for event in events if secret in without_receipt(event)]
        assert secret not in json.dumps(answer.receipt), "the receipt says kinds, never words"
        assert answer.claims[0].redacted
        assert answer.citations[0].redacted
        assert "█" in answer.citations[0].quote
        assert_true_offsets(pincite, answer)
        (row,) = pincite.registry.documents()
        assert secret in (pincite.registry.text(row.doc_id, row.version) or ""), "what is stored stays"


def test_titles_headings_and_addresses_are_masked_too(home: Path) -> None:
    with opened(home) as pincite:
        answer = pincite.ask("What is the maintenance password of the Heron gateway?")
        places: list[Any] = [*answer.citations, *answer.excerpts]
        for place in places:
            assert place.title.startswith("Heron gateway █")
            assert TOKEN not in f"{place.title} {place.headings} {place.uri}"
            assert place.redacted
        abstained = pincite.ask("Who painted the Heron gateway of the palace in Vienna?")
        assert abstained.status == "abstained"
        assert abstained.abstention is not None
        assert abstained.abstention.nearest
        assert not [word for word in (TOKEN, PASSWORD, *KEY_LINES) if word in without_receipt(abstained)]
        assert all(near.redacted for near in abstained.abstention.nearest)


@pytest.mark.parametrize("line", KEY_LINES)
def test_a_line_in_the_middle_of_a_key_is_masked_though_it_does_not_look_like_one(
    home: Path, line: str
) -> None:
    with (
        serve_model([give_answer((f"The key is this: {line}", [1], [line]))]) as server,
        opened(home, "openai:gpt-test", server.url) as pincite,
    ):
        events = list(pincite.stream("What is the key of the Heron gateway?"))
        answer = Answer.model_validate(events[-1]["answer"])
        assert not [event for event in events if line in without_receipt(event)]
        assert_true_offsets(pincite, answer)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")


def test_a_model_that_cites_a_secret_gets_its_sentence_out_masked(home: Path) -> None:
    sentence = f"The Heron gateway is updated with the token {TOKEN} on Fridays."
    with (
        serve_model([give_answer((sentence, [1], [sentence]))]) as server,
        opened(home, "openai:gpt-test", server.url) as pincite,
    ):
        answer = pincite.ask("With which token is the Heron gateway updated?")
        assert (answer.status, answer.mode) == ("answered", "model")
        assert answer.claims[0].text.startswith("The Heron gateway is updated with the token █")
        assert TOKEN not in without_receipt(answer)
        assert_true_offsets(pincite, answer)


def test_block_withholds_the_sentence_with_a_reason(home: Path) -> None:
    sentence = f"The Heron gateway is updated with the token {TOKEN} on Fridays."
    good = "The supply of the Heron gateway, which needs 12 volts."
    with (
        serve_model([give_answer((sentence, [1], [sentence]), (good, [1], []))]) as server,
        opened(home, "openai:gpt-test", server.url, secrets="block") as pincite,
    ):
        answer = pincite.ask("With which token is the Heron gateway updated, and what does it need?")
    assert [notice for notice in answer.notices if "withheld" in notice and "github-token" in notice]
    assert "token ghp" not in without_receipt(answer)
    assert all("Fridays" not in claim.text for claim in answer.claims)


def test_allow_lets_it_out(home: Path) -> None:
    with opened(home, secrets="allow") as pincite:
        answer = pincite.ask("What is the maintenance password of the Heron gateway?")
    assert PASSWORD in answer.text
    assert not answer.citations[0].redacted


def test_personal_data_is_let_out_by_default_and_masked_where_that_is_set(home: Path) -> None:
    question = "Whom should one ask about the supply of the Heron gateway?"
    with opened(home) as pincite:
        assert "ann.lee@corp.io" in without_receipt(pincite.ask(question))
    with opened(home, personal_data="redact") as pincite:
        answer = pincite.ask(question)
        assert answer.status == "answered"
        assert "ann.lee" not in without_receipt(answer)
        assert "Ask ███████" in answer.text
        assert_true_offsets(pincite, answer)
    with opened(home, personal_data="redact", personal_data_kinds=["iban"]) as pincite:
        assert "ann.lee@corp.io" in pincite.ask(question).text


@pytest.mark.parametrize(("action", "status"), [("redact", "answered"), ("block", "refused")])
def test_personal_data_in_a_question_is_masked_or_refused_before_anything_is_done(
    home: Path, action: str, status: str
) -> None:
    question = "I am bob.ray@corp.io: how many volts does the Heron gateway need?"
    with opened(home, question_personal_data=action) as pincite:
        answer = pincite.ask(question)
    assert answer.status in (status, "abstained" if status == "answered" else status)
    if action == "redact":
        assert "bob.ray" not in answer.model_dump_json()
    else:
        assert answer.text == "the question holds personal data (email)"


def test_a_redacted_answer_verifies_and_a_forged_one_does_not(home: Path) -> None:
    with opened(home) as pincite:
        answer = pincite.ask("What is the maintenance password of the Heron gateway?")
        cite = answer.citations[0]
        stored = pincite.registry.text(cite.doc_id, cite.version) or ""
    place = QuotedPlace(cite.quote, cite.start, cite.end)
    assert broken(place, stored) == ""
    assert verify(place, stored, CurrentText(stored)).state == "in place"
    moved = verify(place, stored, CurrentText(f"# New\n\nFirst this.\n\n{stored}"))
    assert moved.state == "moved"
    forged = QuotedPlace(cite.quote.replace("June", "July"), cite.start, cite.end)
    assert broken(forged, stored) != ""


def test_the_conversation_keeps_no_secret(home: Path) -> None:
    from graphs.nodes.answer_message import answer_message

    with opened(home) as pincite:
        answer = pincite.ask("What is the maintenance password of the Heron gateway?")
    assert PASSWORD not in json.dumps(answer_message(answer, "").model_dump(), default=str)


def test_what_every_guard_saw_stands_in_the_receipt(home: Path) -> None:
    with opened(home) as pincite:
        receipt = pincite.ask("What is the maintenance password of the Heron gateway?").receipt
    runs = [run for entry in receipt["guards"] for run in entry.get("runs", [])]
    assert {"question-form", "injection", "allowed-links", "secrets"} <= {run["guard"] for run in runs}
    assert all({"guard", "saw", "action", "ms", "policy"} <= set(run) for run in runs)
    assert ("password", "redact") in {(run["saw"], run["action"]) for run in runs}
    assert not holds_canary(json.dumps(receipt), "a" * 16)


def test_topics_are_asked_about_the_question_as_it_stands_alone(home: Path) -> None:
    topics = ["The Heron gateway: power, supply, volts, passwords, updates"]
    with opened(home, topics=topics, off_topic="block", topic_likeness=0.25) as pincite:
        assert pincite.ask("How many volts does the Heron gateway need?").status == "answered"
        refused = pincite.ask("Who won the football cup in Brazil?")
        assert (refused.status, refused.problem and refused.problem.code) == ("refused", "question-refused")
        said = [
            {"role": "user", "content": "When is the Heron gateway updated?"},
            {"role": "assistant", "content": "On Fridays."},
        ]
        assert pincite.ask("And its supply?", messages=said).status != "refused"
    with opened(home, topics=topics, off_topic="log", topic_likeness=0.25) as pincite:
        logged = pincite.ask("Who won the football cup in Brazil?")
        assert logged.status == "abstained"
        runs = [run for entry in logged.receipt["guards"] for run in entry.get("runs", [])]
        assert ("topics", "off-topic", "log") in {(run["guard"], run["saw"], run["action"]) for run in runs}


def test_the_reasons_of_checks_name_no_secret(home: Path) -> None:
    """A claim with a key that is wrong by one letter is told which letter the source has."""
    wrong = TOKEN[:-2] + "5Q"
    claim = f"The Heron gateway is updated with the token {wrong} on Fridays."
    with (
        serve_model([give_answer((claim, [1], []))]) as server,
        opened(home, "openai:scripted", server.url) as pincite,
    ):
        events = list(pincite.stream("With which token is the Heron gateway updated?"))
        answer = pincite.ask("With which token is the Heron gateway updated?")
    assert any("citings" in one for one in answer.receipt)
    assert TOKEN not in answer.model_dump_json()
    assert TOKEN not in json.dumps(events, default=str)
