"""One line a question: its fields, its forms, and no word of what was asked."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from langchain_core.runnables import RunnableConfig

from app.compose import open_pincite
from app.observability.request_log import (
    REQUESTS,
    JsonFormatter,
    log_request,
    request_log_config,
    user_hash,
)
from app.observability.spans import root_span_id
from app.settings import Settings
from graphs.nodes.trace_context import REQUEST
from tests.support.finished_answers import TRACE, finished

KEY = b"k" * 32


@pytest.fixture
def lines() -> Iterator[Any]:
    """Makes the log of a server of ours, and gives what it writes; the process's own is put back."""
    logger = logging.getLogger(REQUESTS)
    before = logger.handlers[:], logger.level, logger.propagate
    written = io.StringIO()

    def begin(form: Literal["text", "json"]) -> io.StringIO:
        config = request_log_config(form)
        config["handlers"]["pincite"]["stream"] = written
        logging.config.dictConfig(config)
        return written

    yield begin
    logger.handlers[:], logger.level, logger.propagate = before[0], before[1], before[2]


def test_a_line_is_json_with_numbers_and_names_and_no_word(lines: Any) -> None:
    written = lines("json")
    answer = finished(request={"id": "r-1", "route": "/v1/answers"})
    log_request(answer, user_hash("ann", KEY))
    (line,) = written.getvalue().splitlines()
    found = json.loads(line)
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "info",
        "logger": "pincite.requests",
        "message": "answered in 223 ms",
        "answer": "a1b2c3d4e5f60718",
        "request": "r-1",
        "route": "/v1/answers",
        "trace_id": TRACE,
        "span_id": root_span_id(finished()["receipt"]),
        "user": user_hash("ann", KEY),
        "status": "answered",
        "mode": "fallback",
        "problem": "",
        "ms": 223.0,
        "input_tokens": 900,
        "output_tokens": 60,
        "usd": 0.0025,
        "verdicts": {"verified": 1, "partial": 0, "unsupported": 1},
    }
    assert "volts" not in line
    assert "ann" not in line.replace("answer", "")


def test_a_line_of_text_names_its_fields(lines: Any) -> None:
    written = lines("text")
    log_request(finished(), "0123456789abcdef")
    (line,) = written.getvalue().splitlines()
    assert "INFO pincite.requests: answered in 223 ms" in line
    assert f"trace_id={TRACE}" in line
    assert "volts" not in line


def test_a_hash_needs_its_key() -> None:
    assert user_hash("ann", KEY) == user_hash("ann", KEY) != user_hash("ann", b"x" * 32)
    assert user_hash("ann", KEY) != user_hash("bob", KEY)
    assert len(user_hash("\ud800", KEY)) == 16


def test_any_record_is_one_line_and_redacted() -> None:
    key = "ghp_" + "aB3" * 12
    try:
        raise ValueError(f"no\nsuch {key}")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "", 0, "to %s\nfailed", ("jane@corp.example",), info)
    line = JsonFormatter().format(record)
    found = json.loads(line)
    assert "\n" not in line
    assert found["message"] == "to [e-mail]\nfailed"
    assert "ValueError: no\nsuch" in found["error"]
    assert key not in line


@pytest.mark.anyio
async def test_a_finished_question_is_one_line_with_its_request_and_trace(lines: Any, home: Path) -> None:
    written = lines("json")
    with open_pincite(Settings(home=home)) as pincite:
        said = {"id": "r-7", "route": "/v1/answers", "more": "no"}
        given = RunnableConfig(configurable={REQUEST: said})
        result = await pincite.graph.ainvoke({"question": "How many volts?"}, given)
    (line,) = map(json.loads, written.getvalue().splitlines())
    receipt = result["answer"]["receipt"]
    assert (line["request"], line["route"]) == ("r-7", "/v1/answers")
    assert (line["trace_id"], line["answer"]) == (receipt["trace"]["id"], receipt["id"])
    assert receipt["request"] == {"id": "r-7", "route": "/v1/answers"}


def test_nothing_is_logged_where_nobody_asked_for_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        pincite.ask("How many volts?")
    assert capsys.readouterr().err == ""
