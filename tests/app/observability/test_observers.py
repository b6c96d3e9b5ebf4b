"""Whoever is told of answers: in turn, and one that fails fails alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.observability.observers import telling
from graphs.parts import Principal
from tests.support.finished_answers import finished


@pytest.mark.anyio
async def test_the_store_is_first_and_an_observer_that_fails_fails_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[str] = []

    async def store(answer: Mapping[str, Any], who: Principal) -> None:
        told.append(f"store {answer['id'][:2]} {who.user}")

    def broken(_answer: Mapping[str, Any], _who: Principal) -> None:
        raise ValueError("broken")

    keep = telling(store, [broken, lambda _, who: told.append(f"counted {who.user}")])
    await keep(finished(), Principal("ann"))
    assert told == ["store a1 ann", "counted ann"]
    assert "could not be counted, traced or logged" in caplog.text


@pytest.mark.anyio
async def test_without_a_store_the_others_are_told() -> None:
    told: list[str] = []
    await telling(None, [lambda answer, _: told.append(answer["status"])])(finished("failed"), Principal())
    assert told == ["failed"]
