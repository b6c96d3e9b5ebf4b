"""A suite: questions with gold, and the documents they are asked over."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.errors import EvalError

HOME = Path(__file__).resolve().parent


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Gold(_Data):
    """Words that prove the answer: ``quote == text[start:end]`` of that version of the document."""

    document: str = Field(description="Path inside the suite's documents, or the id or URI of a document.")
    version: str
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    quote: str


class Question(_Data):
    """One item of a suite."""

    id: str
    kind: str
    question: str
    history: list[dict[str, Any]] = Field(default_factory=list)
    filters: dict[str, Any] = Field(default_factory=dict)
    groups: list[str] = Field(default_factory=list)
    answer: str = ""
    answerable: bool
    nuggets: list[list[str]] = Field(default_factory=list, description="Facts, each as a list of wordings.")
    gold: list[Gold] = Field(default_factory=list)


class _About(_Data):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: int = Field(ge=1)
    questions: str = "questions.jsonl"
    documents: str | None = None
    source: str = "documents"
    restricted: dict[str, list[str]] = Field(default_factory=dict)


class Suite(_Data):
    """``documents`` is the folder to index; without one the configured data folder is asked as it is."""

    name: str
    version: int
    sha256: str = Field(description="Of the file of questions.")
    questions: list[Question]
    documents: Path | None
    source: str
    restricted: dict[str, list[str]]


def load_suite(name: str) -> Suite:
    """The suite of this name, or in the folder of this path (which holds ``suite.yaml``).

    Raises:
        EvalError: there is none, or a file of it cannot be read; one line says which and where.
    """
    folder = HOME / name if "/" not in name and (HOME / name / "suite.yaml").is_file() else Path(name)
    about_file = folder / "suite.yaml"
    if not about_file.is_file():
        known = ", ".join(sorted(path.parent.name for path in HOME.glob("*/suite.yaml"))) or "none installed"
        raise EvalError(f"no suite {name!r}; known: {known}. A folder with a suite.yaml works too")
    try:
        about = _About.model_validate(yaml.safe_load(about_file.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise EvalError(f"{about_file}: {_first(error)}") from None
    documents = None
    if about.documents is not None:
        documents = (folder / about.documents).resolve()
        if not documents.is_dir():
            raise EvalError(f"the documents of suite {about.name} are not at {documents}")
    file = folder / about.questions
    if not file.is_file():
        raise EvalError(f"the questions of suite {about.name} are not at {file}")
    raw = file.read_bytes()
    return Suite(
        name=about.name,
        version=about.version,
        sha256=hashlib.sha256(raw).hexdigest(),
        questions=_questions(raw.decode("utf-8"), file),
        documents=documents,
        source=about.source,
        restricted=about.restricted,
    )


def _questions(text: str, file: Path) -> list[Question]:
    questions: list[Question] = []
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            question = Question.model_validate(json.loads(line))
        except (ValidationError, json.JSONDecodeError) as error:
            raise EvalError(f"{file}, line {number}: {_first(error)}") from None
        if question.id in seen:
            raise EvalError(f"{file}, line {number}: the id {question.id} is used twice")
        seen.add(question.id)
        questions.append(question)
    if not questions:
        raise EvalError(f"{file}: holds no questions")
    return questions


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        item = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
    return str(error).splitlines()[0]
