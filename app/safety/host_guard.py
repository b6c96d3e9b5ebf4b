"""A ``guardrails.Guard`` of our validators, for a host that works with Guardrails itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.process.passing import quiet_import
from app.safety.guardrails_guard import GuardrailsGuard

if TYPE_CHECKING:
    from guardrails import Guard


def host_guard(guards: Sequence[GuardrailsGuard], name: str = "pincite") -> Guard:
    """One Guard with the validators of ``guards`` (``app.safety.our_guards``), its metrics off.

    The process's ``settings.rc``, and whether Guards that are there already report, are afterwards as they
    were. What cannot be helped: making the first Guard of a process starts Guardrails' exporter thread, which
    has nothing to send; and as all Guards share one switch, another of the host's that wants metrics turns it
    on for this one too (validator names and outcomes, no texts). Our actions, fail policies and time limits
    are no part of it: each validator has its Guardrails action, ``noop`` or ``fix``.
    """
    with quiet_import():
        from guardrails import Guard, settings
        from guardrails.utils.hub_telemetry_utils import HubTelemetry

        kept, reporter = settings.rc, HubTelemetry._instance
        reported = reporter._enabled if reporter is not None else False
        try:
            guard = Guard(name=name, history_max_length=1)
            guard.configure(allow_metrics_collection=False)
            # One call: a second ``use`` would drop the validators of the first.
            return guard.use(*(one.validator() for one in guards))
        finally:
            settings.rc = kept
            if HubTelemetry._instance is not None:
                HubTelemetry._instance._enabled = reported
