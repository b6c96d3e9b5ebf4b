"""The file of a run: one JSON line about the run, then one an item."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.errors import EvalError


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Header(_Data):
    """What has to be the same, or is known to differ, for two runs to be compared."""

    format: Literal["pincite-run/1"] = "pincite-run/1"
    run: str
    suite: str
    suite_version: int
    dataset_sha256: str
    corpus_sha256: str = Field(description="Of the ids and versions of all documents in the index.")
    documents: int
    passages: int
    items: int
    stage: Literal["answer", "retrieve"]
    preset: str
    overrides: dict[str, Any]
    settings: str = Field(description="Fingerprint of every setting that can change an answer.")
    prompts: dict[str, str] = Field(description="sha256 of each prompt file.")
    models: list[str]
    judges: dict[str, dict[str, Any]] = Field(
        description="Each judge: its hash and model, or why it did not run."
    )
    index_generation: int
    embedder: str
    commit: str | None
    dirty: bool | None
    machine: dict[str, Any]
    packages: dict[str, str]
    started: str
    finished: str
    wall_s: float
    note: str = ""


class Passage(_Data):
    """A passage among the evidence."""

    passage: str
    doc_id: str
    title: str = ""
    start: int
    end: int
    scores: dict[str, Any] = Field(default_factory=dict)
    text: str | None = None


class Item(_Data):
    """What became of one question. A metric that does not apply is null."""

    id: str
    kind: str
    question: str
    groups: list[str]
    filters: dict[str, Any]
    answerable: bool
    documents: list[str] = Field(description="Of the gold; items that share one are not independent.")
    reference: str
    gold: list[dict[str, Any]]
    status: str
    mode: str | None
    text: str
    claims: list[dict[str, Any]]
    citations: list[dict[str, Any]]
    reason: str = Field(description="Why there is no answer, where there is none.")
    retrieved: list[str] = Field(description="Passages of the first search, best first.")
    evidence: list[Passage]
    score: float | None = Field(description="How answerable the question looked.")
    needed: float | None
    lost: str = Field(description="The step that lost the gold, or cited, or none for no gold.")
    ungated: bool | None = Field(description="Whether the answer would be right with the gate open.")
    metrics: dict[str, float | None]
    judgements: dict[str, dict[str, Any]]
    usage: dict[str, dict[str, Any]]
    cost_usd: float | None
    steps_ms: dict[str, float]
    latency_ms: float
    notices: list[str]
    fallbacks: list[dict[str, Any]]
    problem: str | None
    error: str | None


class Run(_Data):
    """A run that was read."""

    header: Header
    items: list[Item]

    @property
    def name(self) -> str:
        return self.header.run


def write_run(path: Path, run: Run) -> None:
    """Write a run whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".run-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            for part in (run.header, *run.items):
                file.write(json.dumps(part.model_dump(mode="json"), ensure_ascii=False) + "\n")
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def read_run(path: Path) -> Run:
    """Read the file of a run.

    Raises:
        EvalError: it is not there, not a run, or not whole.
    """
    if not path.is_file():
        raise EvalError(f"there is no run at {path}")
    try:
        # Not splitlines: texts may hold U+2028, which JSON leaves as it is.
        first, *rest = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
        header = Header.model_validate_json(first)
        items = [Item.model_validate_json(line) for line in rest]
    except (ValueError, ValidationError) as error:
        why = error.errors()[0] if isinstance(error, ValidationError) else {"loc": (), "msg": str(error)}
        where = ".".join(str(part) for part in why["loc"])
        raise EvalError(f"{path} is not a run of this version ({where or 'file'}: {why['msg']})") from None
    if len(items) != header.items:
        raise EvalError(f"{path} is not whole: {len(items)} of {header.items} items")
    return Run(header=header, items=items)


def without_evidence(run: Run) -> Run:
    """The run without its passages, which only a report shows: small enough to commit as a baseline."""
    items = [item.model_copy(update={"retrieved": [], "evidence": []}) for item in run.items]
    return run.model_copy(update={"items": items})
