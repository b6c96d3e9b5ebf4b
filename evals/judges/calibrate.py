"""Measure a judge against people's labels, and keep what was found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.errors import EvalError
from evals.judges.judge import Ask, numbered
from evals.judges.prompt import JudgePrompt, pinned
from evals.judges.rates import Agreement, agreement


def calibrations_folder(runs: Path) -> Path:
    """Where calibrations are kept: beside the folder of runs."""
    return runs.parent / "judges"


class Label(BaseModel):
    """One answer that a person judged, on the one thing the judge looks at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    question: str
    answer: str = Field("", description="Empty where nothing was answered.")
    evidence: list[str] = Field(default_factory=list)
    label: Literal["pass", "fail"]


class Calibration(BaseModel):
    """What a judge is worth: valid for this prompt and this model, and no other."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    judge: str
    name: str
    model: str
    prompt_version: int
    labels: int
    labels_sha256: str
    not_judged: int
    passed_of: int
    true_passes: int
    failed_of: int
    true_fails: int
    disagreements: list[str]

    @property
    def agreement(self) -> Agreement:
        return Agreement(self.passed_of, self.true_passes, self.failed_of, self.true_fails)


def read_labels(path: Path) -> list[Label]:
    """Read labels, one JSON object a line.

    Raises:
        EvalError: the file is missing, empty or has a line that is no label; or an id twice.
    """
    if not path.is_file():
        raise EvalError(f"there are no labels at {path}")
    labels: list[Label] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            labels.append(Label.model_validate(json.loads(line)))
        except (ValidationError, json.JSONDecodeError) as error:
            why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise EvalError(f"{path}, line {number}: not a label: {why}") from None
    if not labels:
        raise EvalError(f"{path} holds no labels")
    if len({label.id for label in labels}) < len(labels):
        raise EvalError(f"{path}: an id is used twice")
    return labels


def calibrate(
    prompt: JudgePrompt, model: str, ask: Ask, labels: Sequence[Label], labels_sha256: str
) -> Calibration:
    """Ask the judge about every label. Those it could not judge are counted, and count for neither side.

    Raises:
        EvalError: it judged none.
    """
    people: list[bool] = []
    judge: list[bool] = []
    apart: list[str] = []
    why = ""
    for label in labels:
        verdict = ask(label.question, label.answer, numbered(label.evidence))
        if verdict["pass"] is None:
            why = str(verdict.get("why"))
            continue
        people.append(label.label == "pass")
        judge.append(bool(verdict["pass"]))
        if people[-1] != judge[-1]:
            apart.append(label.id)
    if not people:
        raise EvalError(f"the judge {prompt.name} judged nothing: {why}")
    found = agreement(people, judge)
    return Calibration(
        judge=pinned(prompt, model),
        name=prompt.name,
        model=model,
        prompt_version=prompt.version,
        labels=len(labels),
        labels_sha256=labels_sha256,
        not_judged=len(labels) - len(people),
        passed_of=found.passed_of,
        true_passes=found.true_passes,
        failed_of=found.failed_of,
        true_fails=found.true_fails,
        disagreements=apart,
    )


def known_calibrations(folder: Path) -> dict[str, Calibration]:
    """Every calibration that was kept, by judge."""
    found: dict[str, Calibration] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            one = Calibration.model_validate_json(path.read_text(encoding="utf-8"))
        except ValidationError:
            raise EvalError(f"{path} is not a calibration; delete it or calibrate anew") from None
        found[one.judge] = one
    return found


def keep(calibration: Calibration, folder: Path) -> Path:
    """Write a calibration where reports look for it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{calibration.name}-{calibration.judge}.json"
    data: dict[str, Any] = calibration.model_dump()
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)
    return path
