"""The application over our own documents, indexed once for all tests that need it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evals.datasets.suite import Suite, load_suite
from evals.experiments.opened_suite import Opened, open_suite
from evals.experiments.presets import settings_for
from tests.conftest import clear


@pytest.fixture(scope="session")
def isbrook() -> Suite:
    return load_suite("isbrook")


@pytest.fixture(scope="session")
def opened(isbrook: Suite) -> Iterator[Opened]:
    """For reading. All tests share it."""
    with pytest.MonkeyPatch.context() as patch:
        clear(patch)
        settings, _ = settings_for("extractive")
        with open_suite(isbrook, settings) as found:
            yield found
