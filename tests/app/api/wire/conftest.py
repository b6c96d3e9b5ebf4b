"""The small corpus behind a real server: without a model, and with one that writes what it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.compose import Pincite, open_pincite
from app.settings import Settings
from app.testing.openai_server import Reply, ScriptedModel, serve_model
from tests.conftest import clear
from tests.support.door import Door, door_of

VOLTS = "How many volts does the Heron gateway need?"
UNKNOWN = "Who won the chess title of 1972?"
WRITTEN = "The Heron gateway needs a supply of 12 volts [1]. It draws 400 milliamperes at most [1]."


@dataclass(frozen=True)
class Written:
    """A server whose model writes ``WRITTEN``."""

    door: Door
    model: ScriptedModel


@pytest.fixture(scope="module")
def door(pincite: Pincite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with door_of(pincite, tmp_path_factory.mktemp("keys")) as door:
        yield door


@pytest.fixture(scope="module")
def written(indexed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    with pytest.MonkeyPatch.context() as patch, serve_model([Reply(content=WRITTEN)]) as model:
        clear(patch)
        settings = Settings(home=indexed_home, model_base_url=model.url, chains={"fast": ["openai:scripted"]})
        keys = tmp_path_factory.mktemp("keys")
        with open_pincite(settings) as opened, door_of(opened, keys) as door:
            yield Written(door, model)


@pytest.fixture
def telling(tmp_path: Path) -> Callable[..., AbstractContextManager[Door]]:
    """A server over an application that is not ours."""

    def tell(told: Any, **api: Any) -> AbstractContextManager[Door]:
        return door_of(told, tmp_path, **api)

    return tell
