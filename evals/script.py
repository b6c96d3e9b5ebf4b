"""How a script of ours is begun that is run by itself: ``python -m evals.benchmarks.answering.counts``."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from app.process.telemetry import quiet_libraries


def run_main(main: Callable[[], int | None]) -> NoReturn:
    """Run ``main`` in a process that phones nobody, as ``pincite`` does, and exit with what it returns.

    No ``.env`` is read into the environment: what is measured does not hang on the folder it is started in.
    """
    quiet_libraries()
    raise SystemExit(main())
