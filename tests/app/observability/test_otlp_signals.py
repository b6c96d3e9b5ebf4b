"""Log records and metrics over OTLP: in the same trace, of the same resource, with the same numbers."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.compose import open_pincite
from app.observability.metrics import Metrics
from app.observability.otlp_sender import MOST_WAITING, OtlpSender
from app.observability.request_log import JsonFormatter, log_request
from app.observability.settings import ObservabilitySettings
from app.settings import Settings
from tests.support.dead_ends import black_hole, dead_port
from tests.support.finished_answers import TRACE, finished
from tests.support.otlp_receiver import OtlpReceiver, attributes, receive_otlp

ALL = ["traces", "metrics", "logs"]
SECRET = "ghp_" + "aB3" * 12


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    with receive_otlp() as receiver:
        yield receiver


def sent(receiver: OtlpReceiver, *answers: dict[str, Any], user: str = "0123abcd") -> Metrics:
    metrics = Metrics(["fast"])
    settings = ObservabilitySettings(otlp_endpoint=receiver.url, otlp_signals=ALL)
    sender = OtlpSender(settings, metrics.families)
    for answer in answers:
        metrics.observe(answer)
        sender.offer(answer, user)
    # Longer than an exit waits: on a busy machine importing the SDK alone may take that.
    sender.close(60)
    assert sender.lost == 0
    return metrics


def test_trace_log_record_and_log_line_name_one_span(
    receiver: OtlpReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    sent(receiver, finished())
    root = next(one for one in receiver.spans if one.name == "invoke_agent pincite")
    (record,) = receiver.records
    assert record.trace_id.hex() == TRACE == root.trace_id.hex()
    assert record.span_id == root.span_id
    with caplog.at_level(logging.INFO, "pincite.requests"):
        log_request(finished(), "0123abcd")
    line = json.loads(JsonFormatter().format(caplog.records[-1]))
    assert (line["trace_id"], line["span_id"]) == (root.trace_id.hex(), root.span_id.hex())
    (resource,) = {json.dumps(one, sort_keys=True) for each in receiver.resources.values() for one in each}
    assert json.loads(resource)["service.name"] == "pincite"
    assert all(receiver.resources.values()), "each signal has arrived"


def test_a_log_record_has_the_fields_of_the_line_and_no_words(receiver: OtlpReceiver) -> None:
    answer = finished(user="jane.doe@corp.example")
    answer["question"] = f"Does jane.doe@corp.example use {SECRET}?"
    sent(receiver, answer, finished("failed"))
    answered, failed = receiver.records
    told = attributes(answered)
    assert (answered.severity_text, answered.body.string_value) == ("INFO", "answered in 223 ms")
    assert told["enduser.pseudo.id"] == "0123abcd"
    assert (told["pincite.answer.status"], told["pincite.verdicts.verified"]) == ("answered", 1)
    assert (told["gen_ai.usage.input_tokens"], told["pincite.cost.usd"]) == (900, 0.0025)
    assert (failed.severity_text, attributes(failed)["error.type"]) == ("ERROR", "generate-failed")
    for word in ("volts", "Does", "jane", SECRET):
        assert word not in receiver.payload


def test_metrics_are_those_of_the_page(receiver: OtlpReceiver) -> None:
    metrics = sent(receiver, finished(), finished(), finished("failed"))
    found = receiver.metrics
    by_status = {attributes(one)["status"]: one.as_double for one in found["pincite_answers"].sum.data_points}
    assert by_status == {"answered": 2, "failed": 1}
    assert found["pincite_answers"].sum.is_monotonic
    steps = {attributes(one)["step"]: one for one in found["pincite_step_seconds"].histogram.data_points}
    generate = steps["generate"]
    # Each took 130 ms: between the bounds .1 and .25.
    assert (generate.count, round(generate.sum, 3)) == (3, 0.39)
    assert len(generate.bucket_counts) == len(generate.explicit_bounds) + 1
    assert not generate.HasField("min")
    assert generate.bucket_counts[list(generate.explicit_bounds).index(0.25)] == 3
    page = metrics.page()[0].decode()
    shown = {line.split("{")[0].split(" ")[0] for line in page.splitlines() if not line.startswith("#")}
    for name in found:
        assert any(one.startswith(name) for one in shown), name


def test_questions_from_the_application_arrive_as_all_three(receiver: OtlpReceiver, home: Path) -> None:
    observed = ObservabilitySettings(otlp_endpoint=receiver.url, otlp_signals=ALL, otlp_metrics_s=1)
    with open_pincite(Settings(home=home, observability=observed)) as pincite:
        answer = pincite.ask("How many volts does the Heron gateway need?")
        for path in ("/v1/traces", "/v1/logs", "/v1/metrics"):
            assert receiver.wait_for(path)
    (record,) = receiver.records
    assert record.trace_id.hex() == answer.receipt["trace"]["id"]
    assert record.span_id in {one.span_id for one in receiver.spans}
    assert receiver.metrics["pincite_index_documents"].gauge.data_points[0].as_double == 6
    assert {*receiver.paths} == {"/v1/traces", "/v1/metrics", "/v1/logs"}


def test_only_what_is_asked_for_is_sent(receiver: OtlpReceiver) -> None:
    sender = OtlpSender(ObservabilitySettings(otlp_endpoint=receiver.url, otlp_signals=["logs"]))
    sender.offer(finished(trace={"id": TRACE, "parent": "00f067aa0ba902b7", "sampled": False}))
    sender.close(60)
    assert receiver.paths == ["/v1/logs"]


@contextmanager
def endpoint(trouble: str) -> Iterator[str]:
    if trouble == "slow":
        with receive_otlp() as slow:
            slow.hold = 30.0
            yield slow.url
    else:
        with dead_port() if trouble == "dead" else black_hole() as url:
            yield url


@pytest.mark.parametrize("trouble", ["dead", "black hole", "slow"])
def test_all_three_signals_in_trouble_delay_nobody(trouble: str, caplog: pytest.LogCaptureFixture) -> None:
    with endpoint(trouble) as url:
        settings = ObservabilitySettings(otlp_endpoint=url, otlp_signals=ALL, exit_s=0.2)
        sender = OtlpSender(settings, Metrics().families)
        offered, closed = threading.Event(), threading.Event()

        def use() -> None:
            for _ in range(3 * MOST_WAITING):
                sender.offer(finished())
            offered.set()
            sender.close()
            closed.set()

        threading.Thread(target=use, daemon=True).start()
        # Far below what the endpoint would take, far above what this takes.
        assert offered.wait(20)
        assert closed.wait(10)
    assert sender.lost >= MOST_WAITING
