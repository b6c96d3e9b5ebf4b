"""What a host may build on (CONTRIBUTING.md, "The promise"), held against a committed record.

After an addition, or a break that the changelog names, write the record anew (a reviewer reads its diff):
`python -m tests.compatibility.test_promise`.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from app.compose import Pincite, open_pincite
from app.settings import Settings, variables
from graphs.answer import answer_graph, build_answer_graph
from graphs.contracts import Answer
from graphs.events import Event
from graphs.parts import Limits, Parts
from graphs.state import AnswerInput, AnswerOutput, AskContext

RECORD = Path(__file__).with_name("promise.json")

PUBLIC: tuple[Callable[..., Any], ...] = (
    answer_graph,
    build_answer_graph,
    open_pincite,
    Pincite.aask,
    Pincite.ask,
    Pincite.astream,
    Pincite.stream,
    Pincite.close,
    Pincite.forget,
)


def promise() -> dict[str, Any]:
    """The promise as it is in the code: shapes, names, types and defaults; no prose."""
    schemas = {
        "answer": Answer.model_json_schema(mode="serialization"),
        "event": TypeAdapter[Any](Event).json_schema(mode="serialization"),
        "settings": Settings.model_json_schema(),
    }
    return {
        "schemas": {name: _bare(schema) for name, schema in schemas.items()},
        "variables": sorted(name for name, _, _ in variables()),
        "calls": {call.__qualname__: _signature(call) for call in PUBLIC},
        "fields": {kind.__name__: [one.name for one in fields(kind)] for kind in (AskContext, Limits, Parts)},
        "state": {kind.__name__: sorted(kind.__annotations__) for kind in (AnswerInput, AnswerOutput)},
    }


def _bare(schema: Any) -> Any:
    """A schema without what may be said better any day, and without this machine's paths."""
    if isinstance(schema, Mapping):
        return {
            key: _bare(value)
            for key, value in schema.items()
            if not (key in ("description", "title") and isinstance(value, str))
        }
    return [_bare(one) for one in schema] if isinstance(schema, list) else schema


def _signature(call: Callable[..., Any]) -> list[str]:
    return [
        f"{name}{'' if one.default is inspect.Parameter.empty else '=…'}"
        for name, one in inspect.signature(call).parameters.items()
    ]


def lost(before: Any, now: Any, place: str = "") -> list[str]:
    """What the record has and the code has not, or has otherwise. Additions are no loss.

    >>> lost({"a": 1, "b": ["x", "y"]}, {"a": 2, "b": ["y", "x", "z"], "c": 0})
    ['a: 1 became 2']
    """
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return [
            entry
            for key, value in before.items()
            for entry in (
                lost(value, now[key], f"{place}/{key}".lstrip("/"))
                if key in now
                else [f"{place}/{key} is gone"]
            )
        ]
    if isinstance(before, list) and isinstance(now, list):
        return [f"{place}: {one!r} is gone" for one in before if one not in now]
    return [] if before == now else [f"{place}: {before!r} became {now!r}"]


def test_what_was_promised_is_still_there() -> None:
    assert not lost(json.loads(RECORD.read_text(encoding="utf-8")), promise())


def test_what_is_new_is_on_record() -> None:
    assert not lost(promise(), json.loads(RECORD.read_text(encoding="utf-8"))), (
        "write the record anew: python -m tests.compatibility.test_promise"
    )


def test_an_argument_without_a_default_is_a_break() -> None:
    now = promise()
    assert "requires" not in now["calls"]
    assert lost({"calls": {"ask": ["question", "k=…"]}}, {"calls": {"ask": ["question", "k"]}})


if __name__ == "__main__":
    RECORD.write_text(
        json.dumps(promise(), indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
    )
