"""The lines of ``pincite doctor`` about our guards: where each stands, and what it does."""

from __future__ import annotations

from collections.abc import Iterator

from app.settings import Settings
from app.terminal.health import HealthCheck


def guard_checks(settings: Settings) -> Iterator[HealthCheck]:
    """Each guard of ours: side, action, what happens when it fails, and its time limit."""
    from app.safety.our_guards import listed

    for name, how in listed(settings.safety):
        if how is None:
            yield HealthCheck("off", f"guard {name}", "not asked; PINCITE_SAFETY__… sets it")
            continue
        fails = "lets through" if how["policy"] == "open" else "lets nothing through"
        detail = (
            f"{how['side']}; {how['action']}; {how['policy']}: {fails} when it fails; within {how['limit']}"
        )
        yield HealthCheck("ok", f"guard {name}", detail)
