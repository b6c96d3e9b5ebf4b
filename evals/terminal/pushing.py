"""`pincite eval push`: suites and runs to LangSmith, and back."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from app.settings import load_settings
from evals.datasets.suite import load_suite
from evals.experiments.find import find_run
from evals.langsmith_sync import configured_client, pull_dataset, push_run, sync_dataset


def run_push(suite: str, runs: Sequence[str]) -> int:
    """The suite's dataset, then each run as an experiment on it."""
    chosen = load_suite(suite)
    client = configured_client()
    synced = sync_dataset(client, chosen)
    print(
        f"dataset {synced.name}: {synced.created} examples made, {synced.updated} changed, "
        f"{synced.deleted} taken away"
    )
    if synced.conflicts:
        print(
            f"left as people changed them there: {', '.join(synced.conflicts)}; see them with: "
            f"pincite eval pull --suite {chosen.name}"
        )
    folder = load_settings().eval_runs
    for name in runs:
        run = find_run(name, folder, chosen.name)
        sent = push_run(client, chosen, run)
        print(f"experiment {run.name}: {'sent' if sent else 'already there'}")
    return 0


def run_pull(suite: str, out: Path | None) -> int:
    """What people added or changed in the suite's dataset, one JSON object a line; 1 where both sides
    changed the same."""
    chosen = load_suite(suite)
    found = pull_dataset(configured_client(), chosen)
    lines = [
        json.dumps({"what": what, **one}, ensure_ascii=False)
        for what, those in (("added", found.added), ("changed", found.changed))
        for one in those
    ]
    if out is not None:
        out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    else:
        print("\n".join(lines), end="\n" if lines else "")
    said = f"{len(found.added)} added and {len(found.changed)} changed there"
    conflict = f"; changed in the suite too: {', '.join(found.both)}" if found.both else ""
    print(f"{said}{conflict}", file=sys.stderr)
    return 1 if found.both else 0
