"""A server with a model that writes what it is told, or takes its time, and conversations to write to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.compose import Pincite, open_pincite
from app.identity.identify import key_store
from app.settings import Settings
from app.testing.openai_server import Reply, serve_model
from tests.app.api.wire.conftest import WRITTEN
from tests.conftest import clear
from tests.support.door import Door, door_of

NEVER = "Never mind the time: how many volts does the Heron gateway need?"
SOON = "Take a moment: how many volts does the Heron gateway need?"
LATE = "Take your time: how many volts does the Heron gateway need?"


def told(request: dict[str, Any]) -> Reply:
    """For ``NEVER`` nothing comes, for ``SOON`` something after a moment, for ``LATE`` after two seconds."""
    asked = "\n".join(str(message.get("content")) for message in request["messages"])
    hangs = {"Never mind": 600.0, "Take a mom": 0.3, "Take your time": 2.0}
    found = [seconds for begins, seconds in hangs.items() if begins in asked]
    return Reply(content=WRITTEN, hang_s=max(found, default=0))


@dataclass(frozen=True)
class Wire:
    """``others``: a key of somebody else's."""

    door: Door
    others: str
    pincite: Pincite


@pytest.fixture(scope="package")
def wire(indexed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    kept = shutil.ignore_patterns("answers.sqlite*", "threads.sqlite*")
    home = shutil.copytree(indexed_home, tmp_path_factory.mktemp("wire") / "home", ignore=kept)
    with pytest.MonkeyPatch.context() as patch, serve_model(told) as model:
        clear(patch)
        settings = Settings(home=home, model_base_url=model.url, chains={"fast": ["openai:scripted"]})
        keys = tmp_path_factory.mktemp("keys")
        with open_pincite(settings) as opened, door_of(opened, keys, resume_s=5) as door:
            store = key_store(settings.model_copy(update={"home": keys}))
            made = store.issue("bob", user="bob", tenant=settings.tenant, roles=["asker"], groups=["hr"])
            yield Wire(door, made.secret, opened)
