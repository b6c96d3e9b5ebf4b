"""A small indexed data folder, and an environment without anybody's settings."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.process.telemetry import quiet_libraries
from app.settings import Settings
from tests.support import warm_model  # noqa: F401 - importing it is what counts
from tests.support.cli import Command

quiet_libraries()  # ONNX Runtime must find its variable when a test imports it first

if TYPE_CHECKING:
    from evals.benchmarks.redis_process import RedisServer

SETTINGS = ("PINCITE_", "OPENAI_", "LANGSMITH_", "LANGCHAIN_")

DOCUMENTS = {
    "gateway.md": """---
title: Heron gateway manual
version: 2.4
product: heron
source: not-the-source
---
# Power

The Heron gateway needs a supply of 12 volts and draws 400 milliamperes at most.

# Memory

When the connection fails, the gateway keeps readings for 14 days and sends them later.
""",
    "returns.md": """# Returns

Customers may return a device within 30 days of delivery, even when it was switched on.

Return shipping is free of charge within the European Union.
""",
    "holidays.txt": "Everybody has 28 days of paid holiday each year, and carries over five at most.\n",
    "salaries.md": """---
groups: [hr]
---
# Salary bands

An engineer of band E4 earns between 71,000 and 83,000 euros a year.
""",
    "prices.csv": "plan,price,seats\nTeam,49 EUR,5\nBusiness,199 EUR,50\n",
    "cafe.md": "# Cafe\u0301\r\n\r\nThe cafe\u0301 on floor 3 \u2615 opens at 07:30, with cre\u0300me.\r\n",
}


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def clear_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's settings or keys reach a test, nor does one test's reach another."""
    clear(monkeypatch)


def clear(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(SETTINGS):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis of this machine; without the program the test fails. Empty it before you use it."""
    from evals.benchmarks.redis_process import serve_redis

    with serve_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small corpus. Do not change it."""
    folder = tmp_path_factory.mktemp("documents")
    for name, text in DOCUMENTS.items():
        (folder / name).write_bytes(text.encode())
    return folder


@pytest.fixture(scope="session")
def indexed_home(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds ``documents`` as source ``handbook``. Do not write to it: take ``home``."""
    home = tmp_path_factory.mktemp("indexed") / "home"
    with pytest.MonkeyPatch.context() as patch:
        clear(patch)
        settings = Settings(home=home)
    with open_pincite(settings) as opened, opened.corpus.writing() as (pipeline, writer):
        outcomes = list(pipeline.add(discover([documents], "handbook"), "handbook", writer))
    assert [outcome.status for outcome in outcomes] == ["added"] * len(DOCUMENTS)
    return home


@pytest.fixture
def home(indexed_home: Path, tmp_path: Path) -> Path:
    """A copy of the indexed data folder, to be written to."""
    # Without the answers that other tests were given over it.
    kept = shutil.ignore_patterns("answers.sqlite*")
    return Path(shutil.copytree(indexed_home, tmp_path / "home", ignore=kept))


@pytest.fixture(scope="session")
def pincite(indexed_home: Path) -> Iterator[Pincite]:
    """The application over the indexed data folder, for reading. All tests share it: do not close it."""
    with pytest.MonkeyPatch.context() as patch:
        clear(patch)
        settings = Settings(home=indexed_home)
    with open_pincite(settings) as opened:
        yield opened


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """``pincite`` over an empty data folder."""
    return Command(tmp_path / "command-home", tmp_path / "runs")


@pytest.fixture
def indexed(indexed_home: Path, tmp_path: Path) -> Command:
    """``pincite`` over the indexed data folder, for reading."""
    return Command(indexed_home, tmp_path / "indexed-runs")


@pytest.fixture
def filled(home: Path, tmp_path: Path) -> Command:
    """``pincite`` over a copy of the indexed data folder."""
    return Command(home, tmp_path / "filled-runs")
