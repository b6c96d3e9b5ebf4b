"""The lines of the server's own log: of every form, without what was asked for in the query."""

from __future__ import annotations

import logging
import logging.config
import sys

import pytest

from app.api.serve import redacted_logs

UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_line_has_the_path_and_no_query(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    loggers = [logging.getLogger(name) for name in UVICORN]
    before = [(one, one.level, [*one.handlers], one.propagate) for one in loggers]
    config = redacted_logs("json" if form == "json" else "text")
    try:
        logging.config.dictConfig(config)
        path = "/v1/documents?name=severance%20smith.pdf"
        given = ("127.0.0.1:5", "POST", path, "1.1", 202)
        logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', *given)
        sys.stdout.flush()
    finally:
        for one, level, handlers, propagate in before:
            one.setLevel(level)
            one.handlers[:] = handlers
            one.propagate = propagate
    written = capsys.readouterr().out
    assert "/v1/documents" in written
    assert "202" in written
    assert "severance" not in written
