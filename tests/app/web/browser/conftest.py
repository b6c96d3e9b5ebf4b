"""One browser, and one server over a copy of the sample data, for all tests of a worker."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.compose import open_pincite
from app.settings import Settings
from tests.support.chromium import Watched, chromium, watched
from tests.support.loopback import listening
from tests.support.pages import pages_of


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for longer: while Playwright is open its event loop is this thread's, and no other can be."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def own_home(indexed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the indexed data folder, to be changed by these tests alone."""
    home = tmp_path_factory.mktemp("browser") / "home"
    shutil.copytree(indexed_home, home)
    return home


@pytest.fixture(scope="session")
def server(own_home: Path) -> Iterator[str]:
    """Where a server without a model and without a log-in listens; who looks may do everything."""
    with (
        open_pincite(Settings(home=own_home)) as pincite,
        listening(pages_of(pincite, anonymous_roles=["operator"])) as url,
    ):
        yield url


@pytest.fixture
def site(browser: Browser, server: str) -> Iterator[Watched]:
    """A fresh page on it."""
    with watched(browser, server) as page:
        yield page
