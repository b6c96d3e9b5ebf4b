"""Budgets in the whole application: off until set, then in the way of every model call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.compose import open_pincite
from app.controls.settings import BudgetSettings
from app.settings import Settings
from app.testing.openai_server import ScriptedModel, give_answer, serve_model
from graphs.contracts import Answer
from graphs.state import AskContext
from tests.support.budgets import rows

QUESTION = "How many volts does the Heron gateway need?"
DRAFT = give_answer(("The Heron gateway needs a supply of 12 volts.", [1], []))


@pytest.fixture
def server() -> Any:
    with serve_model([DRAFT]) as model:
        yield model


def settings_with(home: Path, server: ScriptedModel, **budgets: Any) -> Settings:
    return Settings(
        home=home, model="openai:scripted", model_base_url=server.url, budgets=BudgetSettings(**budgets)
    )


def test_nothing_is_written_where_nothing_is_bounded(home: Path, server: ScriptedModel) -> None:
    with open_pincite(settings_with(home, server)) as pincite:
        answer = pincite.ask(QUESTION)
    assert answer.mode == "model"
    assert "budget" not in answer.receipt
    assert not (home / "default" / "ledger.sqlite").exists()


def test_a_server_of_unknown_price_is_paid_at_the_ceiling_until_the_budget_is_spent(
    home: Path, server: ScriptedModel
) -> None:
    budgets = {"user_day_usd": 1.0, "unknown_usd_per_mtok": 100.0}
    with open_pincite(settings_with(home, server, **budgets)) as pincite:
        answer = pincite.ask(QUESTION)
        assert answer.mode == "model"
        assert answer.receipt["budget"]["settled_usd"] == 150 * 100 / 1e6
        for _ in range(100):
            answer = pincite.ask(QUESTION)
            if answer.status == "failed":
                break
    assert answer.problem is not None
    assert answer.problem.code == "budget-exceeded"
    assert "Your budget for the day is spent" in answer.problem.message
    states = {state for state, _, _ in rows(home / "default")}
    assert states == {"settled"}
    assert sum(spent for _, _, spent in rows(home / "default")) <= 10**9


@pytest.mark.anyio
async def test_who_pays_is_who_the_host_says(home: Path, server: ScriptedModel) -> None:
    with open_pincite(settings_with(home, server, key_day_usd=1.0)) as pincite:
        who = AskContext(user="ann", key="key-7")
        result = await pincite.graph.ainvoke({"question": QUESTION}, context=who)
    answer = Answer.model_validate(result["answer"])
    assert rows(home / "default", "SELECT user, key, tenant FROM calls") == [("ann", "key-7", "default")]
    (left,) = answer.receipt["budget"]["remaining"]
    assert (left["of"], left["who"], left["per"]) == ("key", "key-7", "day")
