"""What the checks of kept answers come to: means, rates within their limits or not, drift, judges."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.online.baseline import RATES, OnlineBaseline, counts_of_topics, rate_of
from app.online.checks import CHECKS
from app.online.control_limits import Chart, charts
from app.online.drift import Drift, counts_of, drift
from app.online.sampling import JudgedShare, judged_share
from app.online.settings import OnlineSettings
from app.online.store import CheckedAnswer, OnlineStore

MOST_GROUPS = 50
"""Groups that are looked back at: the weight of those before is .8 to the 50th."""


@dataclass(frozen=True, slots=True)
class OnlineReport:
    """``checked``: answers, ever. ``means``: of each check over the newest window. ``charts`` and ``drifts``
    are of answers after the baseline, in whole groups and windows; without a baseline there are none."""

    checked: int
    baseline: OnlineBaseline | None
    means: Mapping[str, float]
    charts: Mapping[str, Chart]
    drifts: Mapping[str, Drift]
    judges: Mapping[str, JudgedShare]


def make_report(
    store: OnlineStore, baseline: OnlineBaseline | None, settings: OnlineSettings, *, judges: bool = True
) -> OnlineReport:
    """Read what was found. ``judges``: also what judges said, for which all kept answers are read."""
    last = store.last()
    upto = baseline.upto if baseline else 0
    whole = max(0, last - upto) // settings.group
    first = upto + max(0, whole - MOST_GROUPS) * settings.group
    windows = max(0, last - upto) // settings.window
    begins = upto + (windows - 1) * settings.window if windows else last
    answers = store.checked(min(first, begins, last - settings.window))
    newest = [one for one in answers if one.number > last - settings.window]
    return OnlineReport(
        checked=last,
        baseline=baseline,
        means={name: statistics.fmean(values) for name in CHECKS if (values := _values(newest, name))},
        charts=_charts(answers, baseline, first, settings.group, upto + whole * settings.group),
        drifts=_drifts(
            [one for one in answers if begins < one.number <= begins + settings.window] if windows else [],
            baseline,
        ),
        judges=_judges(store, settings) if judges else {},
    )


def _values(answers: Sequence[CheckedAnswer], name: str) -> list[float]:
    return [one.checks[name] for one in answers if name in one.checks]


def _charts(
    answers: Sequence[CheckedAnswer], baseline: OnlineBaseline | None, above: int, group: int, upto: int
) -> dict[str, Chart]:
    """Groups are of numbers, not of answers that are left: what is forgotten makes one smaller, and moves
    none."""
    found: dict[str, Chart] = {}
    for rate in RATES:
        if baseline is None or rate not in baseline.rates:
            continue
        groups: dict[int, list[bool]] = {}
        for one in answers:
            value = rate_of(one, rate)
            if above < one.number <= upto and value is not None:
                groups.setdefault((one.number - above - 1) // group, []).append(value)
        counts = [(sum(values), len(values)) for _, values in sorted(groups.items())]
        if made := charts(counts, baseline.rates[rate]):
            found[rate] = made[-1]
    return found


def _drifts(answers: Sequence[CheckedAnswer], baseline: OnlineBaseline | None) -> dict[str, Drift]:
    found: dict[str, Drift] = {}
    if baseline is None:
        return found
    scores = _values(answers, "score")
    if scores and len(baseline.score_counts) > 1:
        found["score"] = drift(baseline.score_counts, counts_of(scores, baseline.score_edges))
    topics = [one.topic for one in answers if one.baseline == baseline.name and one.topic is not None]
    if topics and len(baseline.topic_counts) > 1:
        now = counts_of_topics(topics, len(baseline.topic_counts))
        found["topics"] = drift(baseline.topic_counts, now)
    return found


def _judges(store: OnlineStore, settings: OnlineSettings) -> dict[str, JudgedShare]:
    judged = store.judged()
    answers = store.checked() if judged else []
    shares = {
        one.judge: judged_share(
            [each for each in answers if each.checks.get(one.applies)],
            one.passed,
            settings.share,
            settings.seed,
        )
        for one in judged
    }
    return {judge: share for judge, share in shares.items() if share is not None}
