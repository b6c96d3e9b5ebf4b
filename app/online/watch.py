"""The thread that checks kept answers after they left, and holds what that comes to for ``/metrics``."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.online.baseline import OnlineBaseline, read_baseline
from app.online.checks import checks_of
from app.online.report import OnlineReport, make_report
from app.online.settings import OnlineSettings
from app.online.store import OnlineStore

if TYPE_CHECKING:
    import numpy as np

logger = logging.getLogger(__name__)

LATER_S = 2.0
"""Seconds after an answer, so that a command that asks one question has ended, and a burst is one batch."""

BATCH = 32
REPORT_S = 30.0
"""Seconds between two reports at least: one reads some thousand answers."""

OVERLAP = timedelta(minutes=10)
"""Before a look, from which on the next one looks: another process's answer may be kept a moment late."""

Embed = Callable[[str], "np.ndarray"]


class OnlineWatch:
    """``notice`` that there is a new answer; ``close`` ends the thread after the answer it is at. What is not
    checked then is the next time: which answers lack checks is in their file."""

    def __init__(
        self,
        store: OnlineStore,
        folder: Path,
        settings: OnlineSettings,
        embed: Embed,
        fingerprint: str,
        later_s: float = LATER_S,
        report_s: float = REPORT_S,
    ) -> None:
        self._store = store
        self._folder = folder
        self._settings = settings
        self._embed = embed
        self._fingerprint = fingerprint
        self._later_s = later_s
        self._report_s = report_s
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._new = threading.Event()
        self._closing = threading.Event()
        self._report: OnlineReport | None = None
        self._since, self._looked_for = "", ""

    def notice(self) -> None:
        """There is a new answer; returns at once."""
        self._new.set()
        with self._lock:
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._run, name="pincite-online", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End; the answer that is just being checked is waited for, a second at most."""
        self._closing.set()
        self._new.set()
        if self._thread is not None:
            self._thread.join(1.0)

    def gauges(self) -> dict[str, float | Mapping[str, float]]:
        """What ``/metrics`` shows of the newest report; nothing before there is one."""
        return gauges_of(self._report) if self._report is not None else {}

    def check_all(self) -> int:
        """Check what is not checked yet, in this thread; returns how many answers that were."""
        baseline, count = self._baseline(), 0
        begun = datetime.now(UTC) - OVERLAP
        # All that is older was looked through before, for this baseline.
        since = self._since if self._looked_for == _name(baseline) else ""
        while batch := self._store.unchecked(_name(baseline), BATCH, since):
            for answer in batch:
                if self._closing.is_set():
                    return count
                self._check(answer, baseline)
                count += 1
        self._since, self._looked_for = begun.isoformat(), _name(baseline)
        return count

    def _run(self) -> None:
        due = 0.0
        while not self._closing.is_set():
            self._new.wait()
            self._closing.wait(self._later_s)
            self._new.clear()
            try:
                self.check_all()
                if time.monotonic() >= due and not self._closing.is_set():
                    self._report = make_report(self._store, self._baseline(), self._settings)
                    due = time.monotonic() + self._report_s
            except Exception as error:  # looking at answers never fails one
                logger.warning("answers could not be checked: %s", error)
                self._closing.wait(self._report_s)

    def _check(self, answer: Mapping[str, Any], baseline: OnlineBaseline | None) -> None:
        topic = None
        if baseline is not None and baseline.topics and baseline.fingerprint == self._fingerprint:
            topic = baseline.topic(self._embed(answer["question"]))
        try:
            checks = checks_of(answer)
        except (KeyError, TypeError, ValueError) as error:
            # One that is not as ours are must not keep the rest from being checked.
            logger.warning("answer %s could not be checked (%s)", answer["id"], type(error).__name__)
            checks = {}
        self._store.put(answer["id"], checks, topic, _name(baseline))

    def _baseline(self) -> OnlineBaseline | None:
        return read_baseline(self._folder)


def gauges_of(report: OnlineReport) -> dict[str, float | Mapping[str, float]]:
    """A report as metrics: by name a value, or values by label."""
    charts, drifts = report.charts, report.drifts
    return {
        "pincite_online_checked": float(report.checked),
        "pincite_online_check": dict(report.means),
        "pincite_online_rate": {name: one.rate for name, one in charts.items()},
        "pincite_online_rate_low": {name: one.low for name, one in charts.items()},
        "pincite_online_rate_high": {name: one.high for name, one in charts.items()},
        "pincite_online_rate_out": {name: float(one.since) for name, one in charts.items()},
        "pincite_online_drift": {name: one.index for name, one in drifts.items()},
        "pincite_online_drift_limit": {name: one.limit for name, one in drifts.items()},
        "pincite_online_judged": {_plain(name): one.share for name, one in report.judges.items()},
    }


def _plain(judge: str) -> str:
    """Without what it is pinned to."""
    return judge.partition(" ")[0]


def _name(baseline: OnlineBaseline | None) -> str:
    return baseline.name if baseline else ""
