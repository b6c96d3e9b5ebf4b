"""A price that nobody knows is said, and can be stated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.controls.budgets.budget import LedgerBudget
from app.controls.settings import BudgetSettings
from app.models.prices import STATED, estimate_by, price_by
from app.models.unpriced import unpriced_models, unpriced_told
from app.settings import Settings, load_settings
from app.terminal.doctor_service import service_checks
from app.terminal.usage import run_usage
from tests.support.budgets import ANN, call, ledger

OWN: dict[str, Any] = {"model_base_url": "http://127.0.0.1:11434/v1", "model": "openai:llama3.3:70b"}
STATES = {"llama3.3:70b": (0.2, 0.6)}


def test_a_model_of_ones_own_is_named_with_what_it_is_charged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=tmp_path, budgets=BudgetSettings(user_day_usd=1), **OWN)
    assert unpriced_models(settings) == ["openai:llama3.3:70b"]
    (found,) = (one for one in service_checks(settings) if one.what == "prices")
    assert found.mark == "missing"
    for part in ("openai:llama3.3:70b is not known", "100 US dollars", "PRICES=llama3.3:70b=0/0"):
        assert part in found.detail
    run_usage(settings, None, False)
    assert "note: the price of openai:llama3.3:70b is not known" in capsys.readouterr().err


def test_what_is_stated_is_what_is_charged_and_nothing_is_said(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, budgets=BudgetSettings(prices=STATES), **OWN)
    assert unpriced_told(settings) == ""
    quote = price_by(STATES)(
        "llama3.3:70b", OWN["model_base_url"], {"input_tokens": 10**6, "output_tokens": 10**5}
    )
    assert quote.usd == pytest.approx(0.26)
    assert quote.version == STATED
    assert estimate_by({"mine": (0, 0)})("mine", "http://10.0.0.1/v1", 1000, 1000).usd == 0
    # Others cost what they did.
    assert price_by(STATES)("gpt-4o-mini", "openai", {"input_tokens": 10**6}).usd == pytest.approx(0.15)


def test_prices_are_read_from_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_BUDGETS__PRICES", "llama3.3:70b=0.2/0.6; a=b=0/0")
    assert load_settings(None).budgets.prices == {**STATES, "a=b": (0, 0)}
    for wrong in ("mine", "mine=1", "=1/2", "mine=1/-2", "mine=x/y", "a=1/2; a=3/4"):
        monkeypatch.setenv("PINCITE_BUDGETS__PRICES", wrong)
        with pytest.raises(ValueError, match="PINCITE_BUDGETS__PRICES"):
            load_settings(None)


@pytest.mark.anyio
async def test_the_receipt_says_what_unknown_prices_are_charged_at(tmp_path: Path) -> None:
    kept = ledger(tmp_path, user_day_usd=1)
    budget = LedgerBudget(kept, estimate_by({}), "refuse", 100.0)
    held = await budget.reserve(call(tokens=1000))
    await held.settle(None, {"input_tokens": 500, "output_tokens": 500})
    state = await budget.state(ANN)
    assert state["unknown_usd_per_mtok"] == 100.0
    assert state["settled_usd"] == pytest.approx(0.1)
    budget.close()
