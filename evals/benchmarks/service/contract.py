"""The HTTP API against its own description: schemathesis, as nobody, an asker and an operator.

    python -m evals.benchmarks.service.contract [--examples 5] [--seed 1] [--out FOLDER]

Starts ``pincite serve`` on loopback over the sample documents, log-in required, and runs the phases
coverage, fuzzing and stateful over ``/openapi.json``. ``--examples`` is how many cases each operation gets at
most in the last two. Exit code 1: an answer is a 5xx, has a status, a content type, headers or a body that
the description does not have, or not all operations were called.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from evals.benchmarks.service.server import filled_home, new_key, serving
from evals.script import run_main

RESULTS = Path(__file__).parents[2] / "results" / "service"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
PHASES = ("coverage", "fuzzing", "stateful")
ENDLESS = "/threads/{thread_id}/stream/events"
"""Goes on until its reader leaves, and schemathesis does not: tests of the wire hold it."""

CALLERS = ("nobody", "asker", "operator")

_CASES = re.compile(r"^\s*(\d+) generated", re.M)
_FOUND = re.compile(r"(\d+) unique failures?")
_OPERATIONS = re.compile(r"Tested: (\d+)")
_ALL = re.compile(r"Selected: (\d+)/\d+")


@dataclass(frozen=True)
class ContractRun:
    """What was found as one caller."""

    caller: str
    cases: int
    operations: int
    of: int
    failures: int
    code: int
    said: str
    seconds: float

    @property
    def good(self) -> bool:
        return self.code == 0 and self.failures == 0 and self.operations == self.of > 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pincite-contract-") as scratch:
        home = Path(scratch) / "home"
        filled_home(home)
        keys = {"nobody": "", **{role: new_key(home, role, f"a-{role}", role) for role in CALLERS[1:]}}
        with serving(home) as server:
            runs = [_run(server.url, caller, keys[caller], given, Path(scratch)) for caller in CALLERS]
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "contract.md").write_text(_page(runs, given.seed), encoding="utf-8")
    for run in runs:
        print(
            f"{run.caller}: {run.cases} cases, {run.operations} of {run.of} operations, {run.failures} found"
        )
        if not run.good:
            print(run.said[-6000:])
    return 0 if all(run.good for run in runs) else 1


def _run(url: str, caller: str, key: str, given: argparse.Namespace, folder: Path) -> ContractRun:
    command = [
        *(str(Path(sys.executable).with_name("st")), "--no-color", "run", f"{url}/openapi.json"),
        *("--phases", ",".join(PHASES), "--checks", ",".join(CHECKS)),
        *("--max-examples", str(given.examples), "--seed", str(given.seed)),
        *(
            "--exclude-path",
            ENDLESS,
            "--continue-on-failure",
            "--no-shrink",
            "--generation-database",
            "none",
            "--warnings",
            "off",
        ),
        *(("--header", f"Authorization: Bearer {key}") if key else ()),
    ]
    began = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    return ContractRun(
        caller,
        _number(_CASES, said),
        _number(_OPERATIONS, said),
        _number(_ALL, said),
        _number(_FOUND, said),
        done.returncode,
        said,
        time.monotonic() - began,
    )


def _number(pattern: re.Pattern[str], said: str) -> int:
    found = pattern.search(said)
    return int(found[1]) if found else 0


def _page(runs: list[ContractRun], seed: int) -> str:
    rows = [
        f"| {run.caller} | {run.cases:,} | {run.operations}/{run.of} | {run.failures} | {run.seconds:.0f} |"
        for run in runs
    ]
    total = sum(run.cases for run in runs)
    return f"""# The HTTP API against its own description

schemathesis {version("schemathesis")}, phases {", ".join(PHASES)}, seed {seed}; `pincite serve` on loopback
over the sample documents, without a model, log-in required. {datetime.now(UTC):%Y-%m-%d}, Python
{platform.python_version()}, {os.cpu_count()} cores, shared;
load average over the last 5 minutes {os.getloadavg()[1]:.1f}.

{total:,} requests. Checked of each answer: no 5xx, and only statuses, content types, headers and bodies that
`/openapi.json` has.

| as | requests | operations | failures | seconds |
|---|---|---|---|---|
{chr(10).join(rows)}

Not asked: `{ENDLESS}`, which goes on until its reader leaves.
Not checked: that wrong data is refused and right data taken (the checks `negative_data_rejection` and
`positive_data_acceptance`), since a filter or a name may be well-formed and mean nothing.

    python -m evals.benchmarks.service.contract --examples 8
"""


if __name__ == "__main__":
    run_main(main)
