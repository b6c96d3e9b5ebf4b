"""What the graph's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from app.testing.openai_server import Script, ScriptedModel, serve_model

settings.register_profile("graphs", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("graphs")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def scripted() -> Iterator[Callable[[Script], ScriptedModel]]:
    """Start scripted models for the length of a test."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(serve_model(script))
