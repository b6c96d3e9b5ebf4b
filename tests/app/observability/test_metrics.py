"""Metrics of finished answers: what is counted, by which labels, and that rules and dashboard name what
there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from app.compose import open_pincite
from app.observability.metrics import COUNTERS, GAUGES, HISTOGRAMS, SERIES, Metrics, metrics_page
from app.settings import Settings
from graphs.state import AskContext
from tests.support.finished_answers import finished

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "pincite.json"


def samples(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Values by the sample's name and its labels' values, in the order of the labels' names."""
    body, kind = metrics_page(metrics)
    assert kind.startswith("text/plain; version=1.0.0")
    return {
        (one.name, *(value for _, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(body.decode())
        for one in family.samples
    }


def test_an_answer_is_counted_by_its_receipt() -> None:
    metrics = Metrics(chains=["fast"])
    metrics.observe(finished())
    found = samples(metrics)
    expected = {
        ("pincite_answers_total", "fallback", "answered"): 1,
        ("pincite_answer_seconds_sum", "answered"): 0.223,
        ("pincite_step_seconds_sum", "generate"): 0.13,
        ("pincite_step_seconds_count", "tool"): 1,
        ("pincite_first_sentence_seconds_sum", "fallback"): 0.15,
        ("pincite_tokens_total", "fast", "input", "large"): 900,
        ("pincite_tokens_total", "fast", "output", "large"): 60,
        ("pincite_cost_usd_total", "fast"): 0.0025,
        ("pincite_model_calls_total", "fast", "small", "failed"): 1,
        ("pincite_model_calls_total", "fast", "large", "answered"): 1,
        ("pincite_verdicts_total", "verified"): 1,
        ("pincite_verdicts_total", "unsupported"): 1,
        ("pincite_guard_runs_total", "redact", "secrets"): 1,
        ("pincite_fallbacks_total", "generate"): 1,
        ("pincite_cache_total", "miss"): 1,
    }
    assert {key: pytest.approx(found[key]) for key in expected} == expected


def test_what_is_not_answered_is_counted_by_why() -> None:
    metrics = Metrics()
    metrics.observe(finished("failed"))
    metrics.observe(finished("abstained", steps=[{"node": "rerank", "ms": 1}, {"node": "abstain", "ms": 1}]))
    saved = {"ms": 2500.0, "input_tokens": 70, "output_tokens": 7, "usd": 0.5}
    metrics.observe(finished(cache="hit", saved=saved))
    metrics.observe(finished(prompt_cache={"read_tokens": 1024, "saved_usd": 0.25}))
    metrics.observe(finished(cost={"usd": None, "unknown_models": ["x"], "price_version": None}))
    metrics.count_budget_refusal("user")
    metrics.count_budget_refusal("whoever")
    for code, of in (("budget-exceeded", "request"), ("budget-unavailable", None)):
        told = {"code": code, "message": "no", "retryable": False}
        refused = finished("failed", budget={"refused": {"code": code, "of": of}})
        metrics.observe({**refused, "problem": told})
    # With PINCITE_BUDGETS__WHEN_SPENT=extractive there is an answer all the same.
    metrics.observe(finished(budget={"refused": {"code": "budget-exceeded", "of": "tenant"}}))
    found = samples(metrics)
    assert found["pincite_problems_total", "generate-failed", "failed"] == 1
    assert found["pincite_abstentions_total", "rerank"] == 1
    assert found["pincite_cache_total", "hit"] == 1
    assert found["pincite_cache_saved_seconds_total",] == 2.5
    assert found["pincite_cache_saved_tokens_total", "input"] == 70
    assert found["pincite_cache_saved_usd_total",] == 0.5
    assert found["pincite_cost_unknown_total", "other"] == 1
    assert found["pincite_prompt_cache_tokens_total",] == 1024
    assert found["pincite_prompt_cache_saved_usd_total",] == 0.25
    assert found["pincite_budget_refusals_total", "user"] == 1
    assert found["pincite_budget_refusals_total", "other"] == 1
    for scope in ("request", "unavailable", "tenant"):
        assert found["pincite_budget_refusals_total", scope] == 1
    for code in ("budget-exceeded", "budget-unavailable"):
        assert found["pincite_problems_total", code, "failed"] == 1


def test_nothing_that_a_caller_says_becomes_a_label() -> None:
    metrics = Metrics(chains=["fast"])
    for number in range(50):
        answer = finished(
            "refused",
            user=f"caller{number}",
            question=f"caller{number}",
            context={"chain": f"caller{number}"},
            steps=[{"node": f"caller{number}", "at": 0.0, "ms": 1.0}],
            guards=[{"runs": [{"guard": "secrets", "action": f"caller{number}"}]}],
        )
        answer["problem"] = {"code": f"caller{number}", "message": "no"}
        metrics.observe(answer)
    body, _ = metrics.page()
    assert b"caller" not in body
    assert len(samples(metrics)) < 120


def test_gauges_are_read_when_a_page_is_asked_for_and_one_that_fails_is_left_out() -> None:
    metrics = Metrics()
    values = {"pincite_in_flight": 2.0}
    metrics.watch(lambda: values)
    metrics.watch(lambda: {"pincite_waiting": 1 / 0})
    assert samples(metrics)["pincite_in_flight",] == 2.0
    assert ("pincite_waiting",) not in samples(metrics)
    values["pincite_in_flight"] = 3.0
    assert samples(metrics)["pincite_in_flight",] == 3.0


def test_every_road_is_counted_once(home: Path) -> None:
    before = {one.name for one in REGISTRY.collect()}
    with open_pincite(Settings(home=home)) as pincite:
        pincite.ask("How many volts does the Heron gateway need?")
        list(pincite.stream("Who won the chess championship of 1927?"))
        pincite.ask("?", context=AskContext(chain="no such chain"))
        found = samples(pincite.metrics)
    assert found["pincite_answers_total", "extractive", "answered"] == 1
    assert found["pincite_answers_total", "none", "abstained"] == 1
    assert found["pincite_problems_total", "unknown-chain", "refused"] == 1
    assert found["pincite_index_documents",] == 6
    assert found["pincite_index_passages",] >= 6
    assert found["pincite_index_age_seconds",] >= 0
    assert {one.name for one in REGISTRY.collect()} == before, "the process's own registry is left alone"


NAMES = {
    *(f"{name}_total" for name in COUNTERS),
    *(f"{name}_{part}" for name in HISTOGRAMS for part in ("bucket", "sum", "count")),
    *GAUGES,
    *SERIES,
}


def expressions(data: Any) -> Iterator[str]:
    """Every PromQL expression of a dashboard or a file of rules."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "expr" and isinstance(value, str):
                yield value
            else:
                yield from expressions(value)
    elif isinstance(data, list):
        for one in data:
            yield from expressions(one)


@pytest.mark.parametrize("path", [RULES, DASHBOARD], ids=["rules", "dashboard"])
def test_rules_and_dashboard_name_metrics_and_labels_that_there_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = list(expressions(yaml.safe_load(text) if path is RULES else json.loads(text)))
    assert len(found) > 5
    labels = {label for _, of in (*COUNTERS.values(), *HISTOGRAMS.values()) for label in of} | {"le"}
    labels |= {label for _, label in SERIES.values()}
    for one in found:
        named = set(re.findall(r"pincite_[a-z_]+", one))
        assert named, one
        assert named <= NAMES, one
        grouped = {name.strip() for by in re.findall(r"by \(([^)]*)\)", one) for name in by.split(",")}
        matched = set(re.findall(r"[{,]\s*([a-z_]+)\s*(?:=~|!=|=)", one))
        assert grouped | matched <= labels, one
        assert one.count("(") == one.count(")"), one
        assert one.count("{") == one.count("}"), one


def test_each_rule_is_whole() -> None:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    names = [rule["alert"] for group in groups for rule in group["rules"]]
    assert len(names) == len(set(names)) > 5
    for group in groups:
        for rule in group["rules"]:
            assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
            assert re.fullmatch(r"\d+[smh]", rule["for"])
            assert rule["labels"]["severity"] in ("page", "ticket")
            assert rule["annotations"]["summary"].endswith(".")
            assert rule["annotations"]["description"]


def test_the_dashboard_is_whole() -> None:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    panels = [one for one in board["panels"] if one["type"] != "row"]
    assert len({one["id"] for one in board["panels"]}) == len(board["panels"])
    for panel in panels:
        assert panel["title"]
        assert panel["targets"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${source}"}
        places = panel["gridPos"]
        assert places["x"] + places["w"] <= 24
    assert [one["name"] for one in board["templating"]["list"]] == ["source"]
