"""What ``pincite online`` prints."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from app.online.baseline import RATES, read_baseline
from app.online.checks import CHECKS
from app.online.open import keep_baseline, online_store, open_watch, tenant_folder
from app.online.report import OnlineReport, make_report

if TYPE_CHECKING:
    from app.corpus import Corpus


def run_online_status(corpus: Corpus, as_json: bool) -> int:
    """Print the report; 1 when something is out."""
    store = online_store(corpus)
    open_watch(corpus, store).check_all()
    report = make_report(store, read_baseline(tenant_folder(corpus)), corpus.settings.observability.online)
    out = [one.out for one in report.charts.values()] + [one.drifted for one in report.drifts.values()]
    if as_json:
        data = asdict(report)
        if report.baseline is not None:
            # Vectors tell a reader nothing.
            del data["baseline"]["topics"]
        print(json.dumps({**data, "out": any(out)}, indent=2))
    else:
        _print(report)
    return 1 if any(out) else 0


def run_online_baseline(corpus: Corpus, most: int) -> int:
    """Make a baseline and say of what."""
    made = keep_baseline(corpus, most)
    print(f"baseline of {made.answers} answers, made {made.made_at}")
    for rate, one in made.rates.items():
        print(f"  {rate}: {one.count} of {one.of}")
    print(f"  scores in {len(made.score_counts)} classes, questions in {len(made.topic_counts)} topics")
    return 0


def _print(report: OnlineReport) -> None:
    print(f"{report.checked} answers checked")
    for name, value in report.means.items():
        print(f"  {name:<16} {value:.3f}  {CHECKS[name]}")
    if report.baseline is None:
        print("no baseline to hold them to; make one with: pincite online baseline")
    else:
        print(f"held to {report.baseline.answers} answers of {report.baseline.made_at}")
    for rate, chart in report.charts.items():
        state = f"OUT since {chart.since} groups" if chart.out else "within"
        print(
            f"  {rate:<16} {chart.rate:.3f} of {chart.low:.3f} to {chart.high:.3f}, mean {chart.mean:.3f} of "
            f"{chart.mean_low:.3f} to {chart.mean_high:.3f}: {state}  {RATES[rate]}"
        )
    for what, drift in report.drifts.items():
        state = "DRIFTED" if drift.drifted else "within"
        print(f"  {what:<16} {drift.index:.3f} of {drift.limit:.3f} ({drift.answers} answers): {state}")
    for judge, share in report.judges.items():
        name = judge.partition(" ")[0]
        print(
            f"  {name:<16} {share.share:.3f} ({share.low:.3f} to {share.high:.3f}) pass of "
            f"{share.population}; {share.judged} judged of {share.taken} taken"
        )
