"""Circuit breakers: an endpoint that keeps failing is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

FAILURES = 3
PAUSE_S = 30.0

LONGEST_REST_S = 3600.0
"""However long a server asks to be left alone, it is tried again after this."""


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    rests_until: float | None = None
    asked_to_rest: bool = False
    on_trial: bool = False


class Breakers:
    """One circuit per key (endpoint and model): ``why_resting`` before each call, one of the others after it.

    Closed until ``failures`` in a row; then open for ``pause_s`` seconds; then half-open: one trial call
    is let through, and what comes of it closes the circuit or opens it again. A server that says how long
    to wait is left alone until then. Safe for threads.

    >>> now = [0.0]
    >>> breakers = Breakers(failures=2, pause_s=30, clock=lambda: now[0])
    >>> breakers.failed("gpt"), breakers.why_resting("gpt")
    (None, '')
    >>> breakers.failed("gpt"), breakers.why_resting("gpt")
    (None, 'resting after 2 failures')
    >>> now[0] = 31
    >>> breakers.why_resting("gpt"), breakers.why_resting("gpt")
    ('', 'resting after 2 failures')
    >>> breakers.succeeded("gpt"), breakers.why_resting("gpt")
    (None, '')
    """

    def __init__(
        self,
        failures: int = FAILURES,
        pause_s: float = PAUSE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = failures
        self._pause_s = pause_s
        self._clock = clock
        self._lock = threading.Lock()
        self._circuits: dict[Hashable, _Circuit] = {}

    def why_resting(self, key: Hashable) -> str:
        """Why the endpoint may not be called now; empty when it may, and this caller is to call it."""
        with self._lock:
            circuit = self._circuits.get(key)
            if circuit is None or circuit.rests_until is None:
                return ""
            if self._clock() >= circuit.rests_until and not circuit.on_trial:
                circuit.on_trial = True
                return ""
            if circuit.asked_to_rest:
                return "resting, as the server asked"
            return f"resting after {circuit.failures} failure{'s' if circuit.failures > 1 else ''}"

    def succeeded(self, key: Hashable) -> None:
        """The endpoint answered, were it with a refusal: it works."""
        with self._lock:
            self._circuits.pop(key, None)

    def failed(self, key: Hashable, rest_s: float | None = None) -> None:
        """The endpoint was busy, broken or silent; ``rest_s``: seconds it asked to be left alone."""
        with self._lock:
            circuit = self._circuits.setdefault(key, _Circuit())
            circuit.failures += 1
            circuit.on_trial = False
            circuit.asked_to_rest = bool(rest_s)
            rest = min(rest_s or 0.0, LONGEST_REST_S)
            if circuit.failures >= self._most:
                rest = max(rest, self._pause_s)
            circuit.rests_until = self._clock() + rest if rest else None

    def released(self, key: Hashable) -> None:
        """The call said nothing about the endpoint: it was given up before it was made, or cancelled."""
        with self._lock:
            if key in self._circuits:
                self._circuits[key].on_trial = False
