"""What the tests of agents share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from app.testing.openai_server import Script, ScriptedModel, serve_model


@pytest.fixture
def scripted() -> Iterator[Callable[[Script], ScriptedModel]]:
    """Start scripted models for the length of a test."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(serve_model(script))
