"""Calibrations of the gate as files, and the score that follows from one: never a question, only counts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.errors import SettingsError
from app.gate.risk_control import CONFIDENCE, STEPS, TOP, Tally, least_score, least_share, tallies
from app.gate.settings import GateSettings

CARRIED = {name: Path(__file__).with_name(f"public_{name}.json") for name in ("marked", "shown")}
"""Made by ``python -m evals.benchmarks.answering.gate_calibration --carry``."""

NAME = "PINCITE_ANSWER__MOST_WRONG"


class GateCalibration(BaseModel):
    """How many calibration questions score at least 0, .01, .02, ..., and how many of them wrongly."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["pincite-gate/1"] = "pincite-gate/1"
    name: str = Field(min_length=1, description="What receipts call it.")
    wrong_means: str = Field(min_length=1, description="What counted as a wrong answer.")
    embedder: str = Field(description="Fingerprint of the embedder: scores of another mean something else.")
    questions: int = Field(ge=1)
    answered: list[int]
    wrong: list[int]

    @model_validator(mode="after")
    def _counts(self) -> Self:
        falling = [self.questions, *self.answered]
        if len(self.answered) != TOP + 1 or len(self.wrong) != TOP + 1:
            raise ValueError(f"there must be {TOP + 1} counts of each kind")
        if falling != sorted(falling, reverse=True) or self.wrong != sorted(self.wrong, reverse=True):
            raise ValueError("counts may not rise with the score")
        if min(self.wrong) < 0 or any(w > a for w, a in zip(self.wrong, self.answered, strict=True)):
            raise ValueError("more wrong answers than answers")
        return self

    def tallies(self) -> list[Tally]:
        """The counts as tallies, by rising score."""
        both = zip(self.answered, self.wrong, strict=True)
        return [Tally(step / STEPS, answered, wrong) for step, (answered, wrong) in enumerate(both)]


@dataclass(frozen=True, slots=True)
class GateRule:
    """The score from which an extractive answer is given, and what a receipt says about where it is from."""

    score: float
    about: dict[str, Any] = field(default_factory=lambda: {"by": "setting"})
    embedder: str | None = None

    def check(self, embedder: str) -> None:
        """Raises SettingsError where the calibration is of another embedder's scores."""
        if self.embedder not in (None, embedder):
            raise SettingsError(
                f"{NAME}: the calibration {self.about['calibration']} is of scores of the embedder "
                f"{self.embedder}, and this is {embedder}; make one with `pincite eval gate`"
            )


def gate_rule(settings: GateSettings) -> GateRule:
    """What the settings say; the calibration is read only where a share of wrong answers is set.

    Raises:
        SettingsError: the calibration cannot be read, or no score of it keeps to the share.
    """
    share = settings.most_wrong
    if share is None:
        return GateRule(settings.gate_extractive)
    made = read_calibration(CARRIED.get(settings.calibration) or Path(settings.calibration))
    found = least_score(made.tallies(), share)
    if found is None:
        raise SettingsError(
            f"{NAME}={share:g} cannot be held: {not_shown(made, share)}; allow more{_laxer(settings)}, or "
            "calibrate on questions of your own with `pincite eval gate`"
        )
    about = {
        "by": "calibration",
        "most_wrong": share,
        "confidence": CONFIDENCE,
        "calibration": made.name,
        "questions": made.questions,
        "answered": found.answered,
        "wrong": found.wrong,
    }
    return GateRule(found.score, about, made.embedder)


def _laxer(settings: GateSettings) -> str:
    """The other carried calibration, where that one holds the share."""
    if settings.calibration != "marked" or settings.most_wrong is None:
        return ""
    found = least_score(read_calibration(CARRIED["shown"]).tallies(), settings.most_wrong)
    return ", judge by what is shown (PINCITE_ANSWER__CALIBRATION=shown)" if found else ""


def not_shown(made: GateCalibration, share: float) -> str:
    """That no score of the calibration keeps to the share, and which share one keeps to."""
    least = least_share(made.tallies())
    return (
        f"no score of the calibration {made.name} ({made.questions} questions) shows with {CONFIDENCE:.0%} "
        f"confidence that at most {share:.0%} of the answers are wrong"
        + (f"; the least that one shows is {least:g}" if least is not None else "")
    )


def read_calibration(path: Path) -> GateCalibration:
    """A calibration from its file.

    Raises:
        SettingsError: there is none, or it is not whole.
    """
    try:
        return GateCalibration.model_validate_json(path.expanduser().read_bytes())
    except OSError as error:
        raise SettingsError(
            f"PINCITE_ANSWER__CALIBRATION: {path} cannot be read ({error.strerror}); name the file that "
            "`pincite eval gate` wrote, or one that is carried: marked, shown"
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"{path} is not a calibration of the gate ({where or 'file'}: {first['msg']}); make one with "
            "`pincite eval gate`"
        ) from None


def counted(
    outcomes: Iterable[tuple[float, bool]], *, name: str, wrong_means: str, embedder: str, questions: int
) -> GateCalibration:
    """The calibration of (score, whether the answer was right) of each question that can be answered at all;
    ``questions`` counts the others too."""
    found = tallies(outcomes)
    return GateCalibration(
        name=name,
        wrong_means=wrong_means,
        embedder=embedder,
        questions=questions,
        answered=[one.answered for one in found],
        wrong=[one.wrong for one in found],
    )


def written(made: GateCalibration) -> str:
    """The calibration as its file's text."""
    return json.dumps(made.model_dump(mode="json"), indent=None, ensure_ascii=False) + "\n"
