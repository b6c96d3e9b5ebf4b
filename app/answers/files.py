"""Exported answers read back: what of them can be verified."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, ValidationError

from app.errors import PinciteError


class NotAnAnswerError(PinciteError, ValueError):
    """A file that holds no answer; one line says why."""

    code = "not-an-answer"
    status = 422


_SAID = ("doc_id", "version", "text")


def _written(value: str) -> str:
    # JSON can name halves of characters (\ud800), which no store can look for.
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half a character") from None
    return value


Written = Annotated[str, AfterValidator(_written)]


class GivenCitation(BaseModel):
    """The place and the words of a citation. More than that, as other versions write, is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    number: StrictInt
    doc_id: Written
    version: Written
    start: StrictInt
    end: StrictInt
    quote: str


class GivenAnswer(BaseModel):
    """An answer as ``pincite ask --json``, the HTTP API or the store gives it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = ""
    asked_at: str = ""
    question: str = ""
    citations: list[GivenCitation] = Field(description="Empty for an answer that cites nothing.")
    receipt: dict[str, Any] = Field(default_factory=dict)

    @property
    def said(self) -> dict[tuple[str, str], str]:
        """What tools said that no store keeps, by doc_id and version, as the receipt holds it."""
        found: dict[tuple[str, str], str] = {}
        tools = self.receipt.get("tools")
        for entry in tools if isinstance(tools, list) else ():
            for one in (entry.get("said") or ()) if isinstance(entry, dict) else ():
                if isinstance(one, dict) and all(isinstance(one.get(key), str) for key in _SAID):
                    found[one["doc_id"], one["version"]] = one["text"]
        return found


def read_answers(path: str) -> list[GivenAnswer]:
    """The answers in a file, ``-`` for standard input: one JSON object, an array of them, or one a line.

    An object with ``answer`` in it, as the graph's output has, counts as that answer.

    Raises:
        NotAnAnswerError: it cannot be read, is no JSON, or something in it is no answer.
    """
    name, found = _read(path)
    answers = [given_answer(one, name, number) for number, one in enumerate(found, 1)]
    if not answers:
        raise NotAnAnswerError(f"{name} holds no answer; give what `pincite ask --json` prints")
    return answers


def read_objects(path: str) -> list[dict[str, Any]]:
    """The same as they stand in the file, to the last field. No object has a name twice.

    Raises:
        NotAnAnswerError: as ``read_answers``.
    """
    name, found = _read(path)
    inside = [one["answer"] if isinstance(one, dict) and "answer" in one else one for one in found]
    if not inside or not all(isinstance(one, dict) for one in inside):
        raise NotAnAnswerError(f"{name} holds no answer; give what `pincite ask --json` prints")
    return inside


def _read(path: str) -> tuple[str, list[Any]]:
    """The name of a file, and the JSON values in it."""
    name = "standard input" if path == "-" else path
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise NotAnAnswerError(f"{name} cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError:
        raise NotAnAnswerError(f"{name} is not UTF-8 text; give what `pincite ask --json` prints") from None
    return name, _objects(text, name)


def _objects(text: str, name: str) -> list[Any]:
    try:
        found = json.loads(text, object_pairs_hook=lambda pairs: _names_once(pairs, name))
    except (json.JSONDecodeError, RecursionError):
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            return [json.loads(line) for line in lines]
        except (json.JSONDecodeError, RecursionError):
            raise NotAnAnswerError(f"{name} is not JSON; give what `pincite ask --json` prints") from None
    return found if isinstance(found, list) else [found]


def _names_once(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    known = dict(pairs)
    if len(known) != len(pairs):
        raise NotAnAnswerError(f"{name} has an object with a name twice, which readers take differently")
    return known


def given_answer(data: Any, name: str, number: int) -> GivenAnswer:
    """An exported answer, the ``number``-th in ``name``. Raises ``NotAnAnswerError``."""
    if isinstance(data, dict) and isinstance(data.get("answer"), dict):
        data = data["answer"]
    try:
        return GivenAnswer.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"{where}: {first['msg']}" if where else first["msg"]
        raise NotAnAnswerError(f"{name}, answer {number}, is not one of Pincite's ({what})") from None
