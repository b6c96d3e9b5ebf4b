"""`pincite eval push`: suites and runs to LangSmith."""

from __future__ import annotations

from collections.abc import Sequence

from app.settings import load_settings
from evals.datasets.suite import load_suite
from evals.experiments.find import find_run
from evals.langsmith_sync import configured_client, push_run, sync_dataset


def run_push(suite: str, runs: Sequence[str]) -> int:
    """The suite's dataset, then each run as an experiment on it."""
    chosen = load_suite(suite)
    client = configured_client()
    synced = sync_dataset(client, chosen)
    print(
        f"dataset {synced.name}: {synced.created} examples made, {synced.updated} changed, "
        f"{synced.deleted} taken away"
    )
    folder = load_settings().eval_runs
    for name in runs:
        run = find_run(name, folder, chosen.name)
        sent = push_run(client, chosen, run)
        print(f"experiment {run.name}: {'sent' if sent else 'already there'}")
    return 0
