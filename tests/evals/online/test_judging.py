"""Kept answers judged over the OpenAI wire: each once, what went wrong first, within a budget of its own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.compose import open_pincite
from app.controls.budgets.open import ledger_path
from app.corpus import open_corpus
from app.observability.settings import ObservabilitySettings
from app.online.open import online_store
from app.online.report import make_report
from app.online.settings import OnlineSettings
from app.settings import Settings
from app.testing.openai_server import Reply, ScriptedModel, serve_model
from evals.judges.prompt import load_judge
from evals.online.judging import ACCOUNT, STEP, judge_kept
from tests.support.cli import Command

MODEL = "openai:gpt-4o-mini"
ALL = ObservabilitySettings(online=OnlineSettings(share=1.0))


def passes_volts(request: dict[str, Any]) -> Reply:
    asked = request["messages"][-1]["content"]
    said = {"reasoning": "So it is.", "score": "volts does the Heron" in asked}
    return Reply(content=json.dumps(said))


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedModel]:
    with serve_model(passes_volts) as model:
        monkeypatch.setenv("OPENAI_API_KEY", "test")
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        yield model


def asked(home: Path, **more: Any) -> Settings:
    settings = Settings(home=home, observability=ALL, **more)
    with open_pincite(settings) as pincite:
        for question in (
            "How many volts does the Heron gateway need?",
            "How many volts does the gateway need?",
            "Who won the chess championship of 1927?",
        ):
            pincite.ask(question)
    return settings


def test_each_answer_is_judged_once_with_what_it_was_made_of(judge: ScriptedModel, home: Path) -> None:
    settings = asked(home)
    prompts = [load_judge("unsupported-claim"), load_judge("wrong-abstention")]
    with open_corpus(settings) as corpus:
        first = judge_kept(corpus, prompts, MODEL, 100)
        judged = sum(one.judged for one in first)
        assert judged == 3 == len(judge.requests)
        assert any("supply of 12 volts" in judge.prompt(number) for number in range(3)), (
            "the evidence is shown"
        )
        again = judge_kept(corpus, prompts, MODEL, 100)
        assert [(one.judged, one.left) for one in again] == [(0, 0), (0, 0)]
        report = make_report(online_store(corpus), None, settings.observability.online)
    (name,) = [one for one in report.judges if one.startswith("unsupported-claim ")]
    found = report.judges[name]
    assert (found.share, found.judged, found.population) == (0.5, 2, 2)


def test_only_so_many_are_asked_about_and_what_went_wrong_first(judge: ScriptedModel, home: Path) -> None:
    settings = asked(home)
    with open_corpus(settings) as corpus:
        (done,) = judge_kept(corpus, [load_judge("unsupported-claim")], MODEL, 1)
    assert (done.judged, done.left) == (1, 1)


def test_judges_pay_from_an_account_of_their_own(judge: ScriptedModel, home: Path) -> None:
    settings = asked(home, budgets={"user_day_usd": 1.0})
    with open_corpus(settings) as corpus:
        (done,) = judge_kept(corpus, [load_judge("unsupported-claim")], MODEL, 100)
    assert (done.judged, done.left) == (2, 0)
    with closing(sqlite3.connect(ledger_path(settings))) as connection:
        (row,) = connection.execute("SELECT DISTINCT user, step FROM calls").fetchall()
    assert row == (ACCOUNT, STEP)


def test_a_budget_that_is_spent_ends_the_judging(judge: ScriptedModel, home: Path) -> None:
    settings = asked(home, budgets={"user_day_tokens": 100})
    with open_corpus(settings) as corpus:
        (done,) = judge_kept(corpus, [load_judge("unsupported-claim")], MODEL, 100)
    assert (done.judged, done.left) == (0, 2)
    assert "budget" in done.refused.lower()
    assert judge.requests == []


def test_the_command_says_what_passes_and_that_nobody_knows_how_often_it_is_right(
    judge: ScriptedModel, filled: Command
) -> None:
    environment = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": judge.url}
    share = {"PINCITE_OBSERVABILITY__ONLINE__SHARE": "1"}
    assert filled("ask", "How many volts does the Heron gateway need?").code == 0
    done = filled("eval", "online", "--judge", "off-question", "--judge-model", MODEL, **environment, **share)
    assert (done.code, done.err) == (0, "")
    assert "off-question: 1 judged, 0 without a yes or no" in done.out
    assert "1.000 (1.000 to 1.000) of 1 answers pass" in done.out
    assert "Not calibrated" in done.out
    shown = json.loads(filled("online", "status", "--json", **share).out)
    assert shown["checked"] == 1
    assert shown["baseline"] is None
    few = filled("online", "baseline")
    assert (few.code, few.out) == (2, "")
    assert "100 kept answers or more, and 1 are checked" in few.err
