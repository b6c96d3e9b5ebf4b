"""What a system is given and what it hands back: JSON lines in, one JSON file out.

Imported in every system's own environment, so it needs nothing but pydantic.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

DEPTH = 50
"""Passages every system is asked for; a document stands where its best passage does."""


@dataclass(frozen=True, slots=True)
class Given:
    """One document."""

    id: str
    title: str
    text: str

    @property
    def with_title(self) -> str:
        """The title in the first line, for a system that knows no titles."""
        return f"{self.title}\n{self.text}" if self.title else self.text


class Ranked(BaseModel):
    """One way of searching: for each question the documents, best first, and how long that took."""

    model_config = ConfigDict(extra="forbid")

    documents: dict[str, list[str]]
    first_ms: dict[str, float]
    """Milliseconds when the question is asked for the first time, its own embedding included."""
    again_ms: dict[str, float]
    """The same, asked once more."""


class Output(BaseModel):
    """What a script writes."""

    model_config = ConfigDict(extra="forbid")

    passages: int = Field(gt=0)
    rate_documents: int = Field(ge=0)
    rate_passages: int = Field(ge=0)
    rate_seconds: float = Field(ge=0)
    """How long the first ``rate_documents`` took, with every vector made anew."""
    peak_mb: float = Field(ge=0)
    versions: dict[str, str]
    systems: dict[str, Ranked] = Field(min_length=1)


def write_inputs(folder: Path, documents: list[Given], questions: Mapping[str, str]) -> None:
    """Write ``corpus.jsonl`` and ``queries.jsonl``."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"id": one.id, "title": one.title, "text": one.text} for one in documents]
    _write_lines(folder / "corpus.jsonl", rows)
    _write_lines(folder / "queries.jsonl", [{"id": key, "text": text} for key, text in questions.items()])


def read_inputs(folder: Path) -> tuple[list[Given], dict[str, str]]:
    """The documents and the questions that ``write_inputs`` wrote, in its order."""
    documents = [Given(row["id"], row["title"], row["text"]) for row in _lines(folder / "corpus.jsonl")]
    return documents, {row["id"]: row["text"] for row in _lines(folder / "queries.jsonl")}


def _write_lines(file: Path, rows: list[dict[str, str]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
