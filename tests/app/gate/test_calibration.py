"""The score that follows from a calibration, and what is said where none does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.compose import Pincite, open_pincite
from app.errors import SettingsError
from app.gate.calibration import CARRIED, counted, gate_rule, read_calibration, written
from app.gate.risk_control import TOP
from app.gate.settings import GateSettings
from app.settings import AnswerSettings, Settings
from graphs.state import AskContext
from tests.support.index import FINGERPRINT

ABOUT = {"name": "own", "wrong_means": "a fact is missing", "embedder": "some embedder"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Of 1,000 answers those that score under .7 are wrong, and of the others one in a hundred."""
    outcomes = [(n / 1000, n >= 700 and n % 100 != 1) for n in range(1000)]
    path = tmp_path / "own.json"
    path.write_text(written(counted(outcomes, questions=1100, **ABOUT)), encoding="utf-8")
    return path


def test_without_a_share_the_score_is_the_setting(tmp_path: Path) -> None:
    rule = gate_rule(GateSettings(gate_extractive=0.5, calibration=str(tmp_path / "nowhere")))
    assert (rule.score, rule.about) == (0.5, {"by": "setting"})


def test_the_score_follows_from_the_share(file: Path) -> None:
    strict = gate_rule(GateSettings(most_wrong=0.05, calibration=str(file)))
    lenient = gate_rule(GateSettings(most_wrong=0.5, calibration=str(file)))
    assert lenient.score < 0.7 <= strict.score
    taken = 1000 - round(strict.score * 1000)
    assert strict.about == {
        "by": "calibration",
        "most_wrong": 0.05,
        "confidence": 0.95,
        "calibration": "own",
        "questions": 1100,
        "answered": taken,
        "wrong": strict.about["wrong"],
    }


def test_a_share_that_is_not_shown_is_refused_with_the_least_that_is(file: Path) -> None:
    with pytest.raises(SettingsError) as told:
        gate_rule(GateSettings(most_wrong=0.01, calibration=str(file)))
    line = str(told.value)
    assert "PINCITE_ANSWER__MOST_WRONG=0.01 cannot be held: no score of the calibration own (1100" in line
    least = float(line.split("one shows is ")[1].split(";", maxsplit=1)[0])
    assert gate_rule(GateSettings(most_wrong=least, calibration=str(file))).score >= 0.7
    assert "\n" not in line


def test_scores_of_another_embedder_are_refused(file: Path) -> None:
    rule = gate_rule(GateSettings(most_wrong=0.05, calibration=str(file)))
    rule.check("some embedder")
    with pytest.raises(SettingsError, match="of the embedder some embedder, and this is another"):
        rule.check("another")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"wrong": [0] * TOP}, "151 counts of each kind"),
        ({"answered": [*range(TOP + 1)]}, "may not rise"),
        ({"wrong": [2000] * (TOP + 1)}, "more wrong answers than answers"),
        ({"questions": 3}, "may not rise"),
        ({"format": "pincite-gate/2"}, "format"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(file: Path, changed: dict[str, Any], why: str) -> None:
    data = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(data | changed), encoding="utf-8")
    with pytest.raises(SettingsError, match=f"is not a calibration of the gate.*{why}"):
        read_calibration(file)
    with pytest.raises(SettingsError, match="json cannot be read"):
        read_calibration(file.with_name("nowhere.json"))


@pytest.mark.parametrize("name", CARRIED)
def test_what_is_carried_is_of_the_carried_embedder_and_holds_no_words(name: str) -> None:
    made = read_calibration(CARRIED[name])
    assert (made.name, made.embedder) == (f"public-{name}", FINGERPRINT)
    rule = gate_rule(GateSettings(most_wrong=0.4, calibration=name))
    assert 0 < rule.score < 1
    assert rule.about["calibration"] == f"public-{name}"
    kept = json.loads(CARRIED[name].read_text(encoding="utf-8"))
    lists = {key for key, value in kept.items() if isinstance(value, list)}
    assert lists == {"answered", "wrong"}
    assert all(isinstance(count, int) for key in lists for count in kept[key])


def test_more_is_right_in_what_is_shown_than_in_what_is_marked() -> None:
    marked, shown = (read_calibration(CARRIED[name]).tallies() for name in ("marked", "shown"))
    assert all(one.answered == other.answered for one, other in zip(marked, shown, strict=True))
    assert all(one.wrong >= other.wrong for one, other in zip(marked, shown, strict=True))


def test_the_receipt_says_which_rule_decided(indexed_home: Path, pincite: Pincite) -> None:
    question = "How many volts does the Heron gateway need?"
    settings = Settings(home=indexed_home, answer=AnswerSettings(most_wrong=0.4))
    rule = gate_rule(settings.answer)
    with open_pincite(settings) as careful:
        (looked, *_) = careful.ask(question).receipt["rerankings"]
        assert (looked["needed"], looked["rule"]) == (rule.score, rule.about)
        (asked, *_) = careful.ask(question, context=AskContext(gate=0.1)).receipt["rerankings"]
        assert (asked["needed"], asked["rule"]) == (0.1, {"by": "request"})
        assert careful.settings.fingerprint() != pincite.settings.fingerprint()
    (usual, *_) = pincite.ask(question).receipt["rerankings"]
    assert usual["rule"] == {"by": "setting"}
