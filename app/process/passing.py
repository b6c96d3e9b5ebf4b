"""Changes to the process that last as long as a ``with`` block."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.process.telemetry import QUIET

_TURN = threading.RLock()

_LEFT_BEHIND = ("COLOREDLOGS_LEVEL_STYLES",)
"""What Guardrails sets while it is imported."""

_SLOW = "rfc3987_syntax"
"""jsonschema builds a grammar for 1.2 s when this optional module can be imported; nobody here needs it."""


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """The variables that are not set, set; afterwards the environment is as it was."""
    with _TURN:
        added = {name: value for name, value in values.items() if name not in os.environ}
        os.environ.update(added)
        try:
            yield
        finally:
            for name in added:
                os.environ.pop(name, None)


@contextmanager
def quiet_import() -> Iterator[None]:
    """Import libraries that phone home, or are slow, so that they do not, and leave no trace of it.

    They read the variables of ``QUIET`` once, while they are imported; a host that has imported them before
    has decided for itself.
    """
    with _TURN:
        kept = {name: os.environ.get(name) for name in _LEFT_BEHIND}
        blocked = _SLOW not in sys.modules
        if blocked:
            sys.modules[_SLOW] = None  # type: ignore[assignment]
        try:
            with environment(QUIET):
                yield
        finally:
            if blocked and sys.modules.get(_SLOW, _SLOW) is None:
                del sys.modules[_SLOW]
            for name, value in kept.items():
                if value is None:
                    os.environ.pop(name, None)
