"""Roles: who holds one is in the groups that it stands for, without anything being read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.compose import open_pincite
from app.ingestion.discover import discover
from app.safety.roles import groups_of
from app.settings import Settings, load_settings
from graphs.state import AskContext

QUESTION = "What is the salary of a gardener?"


def answered(home: Path, group: str, roles: dict[str, list[str]]) -> str:
    with open_pincite(Settings(home=home, eval_data=None, roles=roles)) as pincite:
        answer = pincite.ask(QUESTION, context=AskContext(groups=[group], user="ann"))
    assert answer.receipt["groups"][0] == group
    return answer.status


def test_a_change_of_roles_counts_at_the_next_question(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "pay.md").write_text(
        "---\ngroups: [hr]\n---\n# Pay\n\nThe salary of a gardener is 3,000 EUR a month.\n"
    )
    home = tmp_path / "home"
    with open_pincite(Settings(home=home, eval_data=None)) as pincite:
        with pincite.corpus.writing() as (pipeline, writer):
            (outcome,) = pipeline.sync(discover([tmp_path / "d"], "s"), "s", writer)
        assert outcome.readers == ("hr",)
    assert answered(home, "lead", {}) == "abstained"
    assert answered(home, "lead", {"lead": ["hr"]}) == "answered"
    assert answered(home, "lead", {"lead": ["staff"], "staff": ["hr"]}) == "answered"
    assert answered(home, "lead", {"hr": ["lead"]}) == "abstained"


def test_roles_that_stand_for_each_other_end() -> None:
    assert groups_of(["a"], {"a": ["b"], "b": ["a", "c"]}) == ("a", "b", "c")
    assert groups_of([], {"a": ["b"]}) == ()


def test_roles_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_ROLES", "hr-lead=hr,board; office=sales")
    assert load_settings(None).roles == {"hr-lead": ["hr", "board"], "office": ["sales"]}
