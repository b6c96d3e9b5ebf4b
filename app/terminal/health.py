"""One line of what ``pincite doctor`` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mark = Literal["ok", "off", "missing", "broken"]


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One line of the report. ``broken`` makes the exit code 1."""

    mark: Mark
    what: str
    detail: str
