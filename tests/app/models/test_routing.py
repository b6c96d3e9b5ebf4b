"""Rules choose the chain that drafts, and the receipt says which."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.controls.budgets.accounts import Cost
from app.errors import SettingsError
from app.models.routing import make_route
from app.settings import Settings
from app.testing.openai_server import give_answer, serve_model
from graphs.answer import build_answer_graph
from graphs.calling.route import RouteFacts
from graphs.state import AskContext
from tests.support.budgets import ANN, SetClock, budget, call, ledger
from tests.support.graph_parts import ask, chat, corpus, gate

pytestmark = pytest.mark.anyio

CHAINS = ("", "fast", "cheap", "mine")


def facts(question: str = "When is it paid?", evidence_chars: int = 1000) -> RouteFacts:
    return RouteFacts(question, evidence_chars, ANN)


@pytest.mark.parametrize(
    ("asked", "chain"),
    [
        (facts(), ("fast", "evidence<2000,kind:value")),
        (facts(evidence_chars=2000), ("mine", "tenant:default,evidence>1500")),
        (facts("Who pays it?"), ("", "")),
    ],
    ids=["first", "second", "none"],
)
async def test_the_first_rule_whose_conditions_all_hold_counts(
    asked: RouteFacts, chain: tuple[str, str]
) -> None:
    routes = {"fast": ["evidence<2000", "kind:value"], "mine": ["tenant:default", "evidence>1500"]}
    route = make_route(Settings(routes=routes), CHAINS, None)
    assert route is not None
    assert await route(asked) == chain


async def test_what_is_left_of_the_budget_counts(tmp_path: Path) -> None:
    kept = ledger(tmp_path, SetClock(), user_day_usd=1, tenant_month_tokens=10_000)
    held = budget(kept)
    route = make_route(Settings(routes={"cheap": ["budget<0.2"]}), CHAINS, held)
    assert route is not None
    assert await route(facts()) == ("", "")
    kept.reserve(call(), Cost(900_000_000, 10))
    assert await route(facts()) == ("cheap", "budget<0.2")
    without = make_route(Settings(routes={"cheap": ["budget<0.2"]}), CHAINS, None)
    assert without is not None
    assert await without(facts()) == ("", "")


def test_no_rules_are_no_router() -> None:
    assert make_route(Settings(), CHAINS, None) is None


@pytest.mark.parametrize(
    ("routes", "why"),
    [
        ({"slow": ["evidence<1"]}, "no chain 'slow'"),
        ({"fast": ["evidence=1"]}, "no condition"),
        ({"fast": ["kind:poem"]}, "no condition"),
    ],
    ids=["chain", "sign", "kind"],
)
def test_a_rule_that_cannot_be_is_one_line(routes: dict[str, list[str]], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        make_route(Settings(routes=routes), CHAINS, None)


async def test_the_chosen_chain_drafts_unless_the_run_names_one() -> None:
    draft = give_answer(("The refund is paid within 14 days.", [1], []))
    asked: list[Any] = []

    async def route(told: RouteFacts) -> tuple[str, str]:
        asked.append(told)
        return "fast", "always"

    with serve_model([draft]) as server:
        graph = build_answer_graph(
            retriever=corpus(),
            chains={"": [chat(server, "dear")], "fast": [chat(server, "fast")]},
            route=route,
            gate=gate(1.0),
        )
        answer = await ask(graph, "When is the refund paid?")
        named = await ask(graph, "When is the refund paid?", context=AskContext(chain="fast"))
    assert answer.receipt["route"] == {"chain": "fast", "rule": "always"}
    assert answer.receipt["model"] == "fast"
    assert "route" not in named.receipt
    assert [one.evidence_chars > 0 for one in asked] == [True]
