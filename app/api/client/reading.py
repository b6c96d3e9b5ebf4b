"""How calls are put together, and how their responses are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter

M = TypeVar("M", bound=BaseModel)


def part(name: str) -> str:
    """A name as a part of a path."""
    return quote(name, safe="")


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are said."""
    return {name: value for name, value in fields.items() if value is not None}


def one(model: type[M]) -> Callable[[httpx.Response], M]:
    """Reads one of a model."""
    return lambda response: model.model_validate_json(response.content)


def list_of(model: type[M]) -> Callable[[httpx.Response], list[M]]:
    """Reads several of a model."""
    return lambda response: TypeAdapter(list[model]).validate_json(response.content)  # type: ignore[valid-type]


def nothing(_response: httpx.Response) -> None:
    """For a response that says no more than that it was done."""
    return None
