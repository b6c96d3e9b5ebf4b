"""Redaction of traces and logs: at any depth, through the real client, and in tracebacks."""

from __future__ import annotations

import copy
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langsmith.utils import get_env_var

from app.api.serve import redacted_logs
from app.observability.known_values import KnownValues
from app.observability.redaction import CleanTexts, RedactingFilter, redacted_data, redacted_text
from app.observability.tracing import make_client
from tests.support.langsmith_server import serve_langsmith

ADDRESS = "jane.doe@corp.example"
KEY = "ghp_" + "aB3" * 12


def nested(value: Any, depth: int) -> Any:
    for level in range(depth):
        value = [value] if level % 2 else {f"level {level}": value}
    return value


@pytest.fixture
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_pt_test")
    get_env_var.cache_clear()  # type: ignore[attr-defined]  # its overloads hide the cache around it
    yield
    get_env_var.cache_clear()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("_environment")
def test_the_real_client_sends_no_address_or_key_at_any_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    call = {"name": "send_mail", "args": {"to": [ADDRESS], "body": json.dumps({"key": KEY, "cc": ADDRESS})}}
    with serve_langsmith() as server:
        monkeypatch.setenv("LANGSMITH_ENDPOINT", server.url)
        get_env_var.cache_clear()  # type: ignore[attr-defined]
        client = make_client()
        client.create_run(
            "deep",
            {"messages": nested({"tool_calls": [call]}, 60), ADDRESS: 1},
            "tool",
            outputs={"said": nested(call, 30)},
            error=f"ValueError: no such mailbox {ADDRESS}",
            extra={"metadata": {"asked by": nested(ADDRESS, 12)}},
        )
        client.flush()
        payload = server.payload
    assert "send_mail" in payload
    assert "level 58" in payload
    assert ADDRESS not in payload
    assert KEY not in payload
    assert payload.count("[e-mail]") >= 7


json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(ADDRESS) | st.just(KEY),
    lambda inside: st.lists(inside) | st.dictionaries(st.text() | st.just(ADDRESS), inside),
    max_leaves=20,
)


@given(json_data)
def test_nothing_the_rules_find_is_left_and_what_was_given_is_not_changed(data: Any) -> None:
    before = copy.deepcopy(data)
    after = redacted_data(data)
    assert data == before
    shown = json.dumps(after)
    assert ADDRESS not in shown
    assert KEY not in shown
    assert redacted_data(after) == after


def test_data_deeper_than_python_recurses_is_redacted() -> None:
    data = redacted_data(nested(ADDRESS, 50_000))
    while not isinstance(data, str):
        data = data[0] if isinstance(data, list) else next(iter(data.values()))
    assert data == "[e-mail]"


def test_logs_and_their_tracebacks_are_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("tests.redaction")
    handler = logging.StreamHandler()
    handler.addFilter(RedactingFilter())
    logger.addHandler(handler)
    try:
        raise ValueError(f"cannot reach {ADDRESS}")
    except ValueError as error:
        logger.warning("key %s failed", KEY, exc_info=error)
    finally:
        logger.removeHandler(handler)
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "cannot reach [e-mail]" in said
    assert ADDRESS not in said
    assert KEY not in said


def test_the_servers_own_log_is_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    config = redacted_logs()
    names = list(config["loggers"])
    before = {
        name: (logging.getLogger(name).handlers[:], logging.getLogger(name).propagate) for name in names
    }
    logging.config.dictConfig(config)
    try:
        logging.getLogger("uvicorn.error").error("failed for %s", ADDRESS)
    finally:
        for name, (handlers, propagate) in before.items():
            logging.getLogger(name).handlers[:] = handlers
            logging.getLogger(name).propagate = propagate
    assert "failed for [e-mail]" in capsys.readouterr().err


def test_a_text_without_either_stays_as_it_is() -> None:
    assert redacted_text("The gateway needs 12 volts @ 400 mA.") == "The gateway needs 12 volts @ 400 mA."


@pytest.mark.parametrize(
    "words",
    ["DE89 3704 0044 0532 0130 00", "+49 30 901820", "4111 1111 1111 1111", "password: hT7-kk2Pq9"],
)
def test_what_the_guards_look_for_goes_too(words: str) -> None:
    told = redacted_text(f"ask: {words}, please")
    assert words.rpartition(": ")[2] not in told
    assert told.startswith("ask: ")
    assert told.endswith("please")
    assert redacted_text(told) == told


def test_what_is_no_secret_stays() -> None:
    text = "run 3f1332d took 1,234 ms for 0b9f6c1e-8a4d-4f0e-9a57-0c1d2e3f4a5b in v2.4.1 at 10:30"
    assert redacted_text(text) == text


@given(
    st.lists(st.sampled_from([ADDRESS, KEY, "a", "b", f"ask {ADDRESS}", "\ud800"]) | st.text(), max_size=30)
)
def test_texts_that_are_known_to_be_clean_are_told_from_others(texts: list[str]) -> None:
    clean = CleanTexts(most=3)
    for text in texts * 2:
        assert clean(text) == redacted_text(text)


def test_a_text_that_was_clean_is_not_looked_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clean = CleanTexts()
    state = {"passages": ["The gateway needs 12 volts."] * 3, "asked": ADDRESS}
    redacted_data(state, clean)
    looked: list[str] = []

    def look(text: str) -> str:
        looked.append(text)
        return text

    monkeypatch.setattr("app.observability.redaction.redacted_text", look)
    redacted_data(state, clean)
    assert looked == [ADDRESS]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("The password of the printer on the third floor is .Quaxt4w0buj since May.", ".Quaxt4w0buj"),
        ('{"mot de passe": "orchid_47", "retries": 3}', "orchid_47"),
        ("Passwort: $q0xB.wecLgjTe3", "q0xB"),
        ("| Passwort | $eh6z9gyc7!nRj |", "eh6z9"),
    ],
)
def test_passwords_go_wherever_the_sentence_puts_them(text: str, secret: str) -> None:
    assert secret not in redacted_text(text)


def test_what_was_taken_out_goes_from_what_follows() -> None:
    clean = CleanTexts()
    assert "velvet2369" not in clean("Our password is velvet2369, what now?")
    assert clean('no document has the name "velvet2369".') == 'no document has the name "[redacted]".'
    assert clean("The password is as it was.") == "The password is as it was."
    assert clean("what now?") == "what now?"


def test_words_of_what_was_taken_out_go_too() -> None:
    clean = CleanTexts()
    clean("Which valve, if the login is of firma-test.de? password: Tr0ub4dor&3(Winter_e5")
    said = json.dumps(redacted_data({"absent": ["Tr0ub4dor"], "so": ["tr0ub4dor, Winter_", "e5"]}, clean))
    assert said == '{"absent": ["[redacted]"], "so": ["[redacted], [redacted]_", "e5"]}'
    # What stays in the question stays elsewhere, and so do names of firms in addresses.
    assert clean("Which valve, Winterreifen or login?") == "Which valve, Winterreifen or login?"
    clean("Ask jane.doe@corp.example")
    assert clean("a corp, for example") == "a corp, for example"


def test_only_so_many_values_are_held() -> None:
    known = KnownValues(most=2)
    for value in ("va-lu-1", "va-lu-2", "va-lu-3"):
        known.remember(f"the {value} of it", "the [x] of it")
    assert known.masked("va-lu-1 va-lu-2 va-lu-3") == "va-lu-1 [redacted] [redacted]"
    for word in ("first1", "second2", "third3"):
        known.remember(word, "[x]")
    assert known.masked("First1 Second2 Third3") == "First1 [redacted] [redacted]"
    assert KnownValues().masked("as it is") == "as it is"
