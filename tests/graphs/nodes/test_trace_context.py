"""The caller's trace: W3C Trace Context, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.nodes.trace_context import REQUEST, TRACEPARENT, read_traceparent, request_of, trace_of

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("header", "sampled"),
    [
        (f"00-{TRACE}-{SPAN}-01", True),
        (f"00-{TRACE}-{SPAN}-02", False),
        (f" cc-{TRACE}-{SPAN}-09-what ", True),
    ],
)
def test_headers_of_this_version_and_later_ones_are_read(header: str, sampled: bool) -> None:
    assert read_traceparent(header) == (TRACE, SPAN, sampled)
    assert trace_of({"configurable": {TRACEPARENT: header}}) == {
        "id": TRACE,
        "parent": SPAN,
        "sampled": sampled,
    }


@pytest.mark.parametrize(
    "header",
    [
        "",
        "-",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[1:]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-0x",
    ],
)
def test_what_is_no_header_begins_a_trace_of_our_own(header: str) -> None:
    assert read_traceparent(header) is None
    found = trace_of({"configurable": {TRACEPARENT: header}})
    assert (len(found["id"]), found["parent"], found["sampled"]) == (32, "", True)
    assert found["id"] != trace_of({})["id"]


@given(st.text())
def test_no_text_is_too_much(header: str) -> None:
    found = read_traceparent(header)
    assert found is None or (len(found[0]), len(found[1])) == (32, 16)


@pytest.mark.parametrize("given", [None, 7, {}, {TRACEPARENT: 7}, {"other": 1}])
def test_runs_without_one_have_their_own(given: object) -> None:
    config = {"configurable": given} if isinstance(given, dict) else {}
    assert len(trace_of(config)["id"]) == 32


def test_of_a_request_its_id_and_route_are_taken_and_no_more() -> None:
    said = {"id": "x" * 500, "route": "/v1/answers", "user": "ann"}
    assert request_of({"configurable": {REQUEST: said}}) == {"id": "x" * 100, "route": "/v1/answers"}
    assert request_of({"configurable": {REQUEST: "x"}}) == request_of({}) == {}
