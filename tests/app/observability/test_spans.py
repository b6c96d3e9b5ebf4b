"""Traces over OTLP: right times and parents, no words, and an endpoint in trouble delays nobody."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.semconv.schemas import Schemas
from opentelemetry.trace import get_tracer_provider

from app.compose import open_pincite
from app.observability import names
from app.observability.otlp_sender import MOST_WAITING, OtlpSender
from app.observability.settings import ObservabilitySettings
from app.observability.spans import is_wanted
from app.settings import Settings
from graphs.nodes.trace_context import TRACEPARENT
from tests.support.dead_ends import black_hole, dead_port
from tests.support.finished_answers import TRACE, finished
from tests.support.otlp_receiver import OtlpReceiver, attributes, receive_otlp

BEGUN = 1_795_946_400_000_000_000
MS = 1_000_000
SECRET = "ghp_" + "aB3" * 12


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    with receive_otlp() as receiver:
        yield receiver


def sent(receiver: OtlpReceiver, *answers: dict[str, object], words: bool = False) -> None:
    sender = OtlpSender(ObservabilitySettings(otlp_endpoint=receiver.url, otlp_words=words))
    for answer in answers:
        sender.offer(answer)
    sender.close(60)
    assert sender.lost == 0


def test_each_step_is_a_span_and_what_it_asked_is_inside(receiver: OtlpReceiver) -> None:
    sent(receiver, finished())
    assert receiver.paths == ["/v1/traces"]
    spans = {one.name: one for one in receiver.spans}
    root = spans["invoke_agent pincite"]
    assert root.trace_id.hex() == TRACE
    assert {one.trace_id for one in spans.values()} == {root.trace_id}
    assert not root.parent_span_id
    parents = {
        "chat small": "generate", "chat large": "generate", "retrieval passages": "retrieve",
        "execute_tool compute": "compute", "generate": root.name, "guard": root.name, "release": root.name,
    }  # fmt: skip
    for name, parent in parents.items():
        assert spans[name].parent_span_id == spans[parent].span_id, name
    assert len({one.span_id for one in spans.values()}) == len(spans) == 11
    times = {name: (one.start_time_unix_nano, one.end_time_unix_nano) for name, one in spans.items()}
    assert times[root.name] == (BEGUN, BEGUN + 225 * MS)
    assert times["chat large"] == (BEGUN + 101 * MS, BEGUN + 191 * MS)
    assert times["rerank"] == (BEGUN + 51 * MS, BEGUN + 70 * MS)


def test_attributes_have_the_names_of_the_conventions(receiver: OtlpReceiver) -> None:
    sent(receiver, finished())
    spans = {one.name: one for one in receiver.spans}
    root = attributes(spans["invoke_agent pincite"])
    assert root["gen_ai.operation.name"] == "invoke_agent"
    assert root["gen_ai.agent.name"] == "pincite"
    assert (root["gen_ai.usage.input_tokens"], root["gen_ai.usage.output_tokens"]) == (900, 60)
    assert root["pincite.cost.usd"] == 0.0025
    assert (root["pincite.verdicts.verified"], root["pincite.verdicts.unsupported"]) == (1, 1)
    chat = attributes(spans["chat large"])
    assert (chat["gen_ai.request.model"], chat["gen_ai.response.model"]) == ("large", "large-2026")
    assert attributes(spans["chat small"])["error.type"] == "model_failed"
    assert attributes(spans["rerank"])["pincite.rerank.score"] == 0.8
    known = {value for name, value in vars(gen_ai_attributes).items() if name.startswith("GEN_AI")}
    used = {key for one in receiver.spans for key in attributes(one) if key.startswith("gen_ai.")}
    assert used <= known
    assert names.SCHEMA in {one.value for one in Schemas}


def test_a_failed_answer_is_an_error(receiver: OtlpReceiver) -> None:
    sent(receiver, finished("failed"))
    root = next(one for one in receiver.spans if one.name == "invoke_agent pincite")
    assert attributes(root)["error.type"] == "generate-failed"
    assert root.status.code == 2


def test_words_stay_here_unless_a_setting_says_so_and_secrets_always(receiver: OtlpReceiver) -> None:
    answer = finished(user="jane.doe@corp.example", model=SECRET)
    answer["question"] = f"Does jane.doe@corp.example use {SECRET}?"
    sent(receiver, answer)
    assert "volts" not in receiver.payload
    assert "Does" not in receiver.payload
    sent(receiver, answer, words=True)
    assert "The gateway needs 12 volts" in receiver.payload
    assert "volts of the gateway" in receiver.payload
    assert "Does [e-mail] use" in receiver.payload
    assert SECRET not in receiver.payload
    assert "jane.doe" not in receiver.payload


async def ask(settings: Settings, header: str) -> dict[str, object]:
    with open_pincite(settings) as pincite:
        result = await pincite.graph.ainvoke(
            {"question": "How many volts does the gateway need?"}, {"configurable": {TRACEPARENT: header}}
        )
    answer: dict[str, object] = result["answer"]
    return answer


@pytest.mark.anyio
async def test_a_question_goes_on_with_its_callers_trace(receiver: OtlpReceiver, home: Path) -> None:
    settings = Settings(home=home, observability=ObservabilitySettings(otlp_endpoint=receiver.url))
    provider = get_tracer_provider()
    answer = await ask(settings, f"00-{TRACE}-00f067aa0ba902b7-01")
    assert answer["receipt"]["trace"] == {"id": TRACE, "parent": "00f067aa0ba902b7", "sampled": True}  # type: ignore[index]
    spans = {one.name: one for one in receiver.spans}
    assert spans["invoke_agent pincite"].trace_id.hex() == TRACE
    assert spans["invoke_agent pincite"].parent_span_id.hex() == "00f067aa0ba902b7"
    assert spans["retrieval passages"].parent_span_id == spans["retrieve"].span_id
    assert get_tracer_provider() is provider, "the process's own is left alone"
    first = spans["invoke_agent pincite"].start_time_unix_nano
    for one in spans.values():
        assert first <= one.start_time_unix_nano <= one.end_time_unix_nano


def test_a_caller_that_does_not_sample_is_not_sampled() -> None:
    trace = {"id": TRACE, "parent": "00f067aa0ba902b7", "sampled": False}
    assert not is_wanted(finished(trace=trace), 1.0)
    assert is_wanted(finished(trace={**trace, "sampled": True}), 0.0)


def test_a_share_is_the_same_traces_everywhere() -> None:
    ids = [f"{number * 7919:032x}" for number in range(1, 2000)]
    ids = [one[:16] + one[:15:-1] for one in ids]
    chosen = [
        one for one in ids if is_wanted(finished(trace={"id": one, "parent": "", "sampled": True}), 0.3)
    ]
    assert 0 < len(chosen) < len(ids)
    assert chosen == [
        one for one in ids if is_wanted(finished(trace={"id": one, "parent": "", "sampled": True}), 0.3)
    ]


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
def test_an_endpoint_in_trouble_delays_nobody_and_is_one_line_of_ours(
    trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    with endpoint(trouble) as url:
        sender = OtlpSender(ObservabilitySettings(otlp_endpoint=url, exit_s=0.2))
        offered, closed = threading.Event(), threading.Event()

        def use() -> None:
            for _ in range(3 * MOST_WAITING):
                sender.offer(finished())
            offered.set()
            sender.close()
            closed.set()

        with caplog.at_level(logging.WARNING, "app.observability.otlp_sender"):
            threading.Thread(target=use, daemon=True).start()
            # Far below what the endpoint would take, far above what this takes.
            assert offered.wait(20)
            assert closed.wait(10)
    ours = [one for one in caplog.records if one.name.endswith("otlp_sender")]
    assert len(ours) == 1
    assert "answers are not affected" in ours[0].getMessage()
    assert sender.lost >= MOST_WAITING


def test_an_answer_that_no_span_can_be_made_of_costs_itself_alone(receiver: OtlpReceiver) -> None:
    sender = OtlpSender(ObservabilitySettings(otlp_endpoint=f"{receiver.url}/"))
    sender.offer(finished(asked_at="never"))
    sender.close()
    assert sender.lost == 1


def test_nothing_is_begun_without_an_endpoint(pincite: object) -> None:
    assert "pincite-otlp" not in [one.name for one in threading.enumerate()]
