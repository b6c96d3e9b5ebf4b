"""Pincite beside other frameworks' plain recipes: `python -m evals.benchmarks.peers.run [--sets …]`.

Same documents, questions and embedder for all, each in a process of its own. The sets come through
PINCITE_EVAL_DATA; `python -m evals.benchmarks.peers.install` makes the environments of the others.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

import evals
from app.errors import PinciteError, SettingsError
from app.settings import PREFIX
from evals.benchmarks.peers import table
from evals.benchmarks.peers.contract import Given, Output, write_inputs
from evals.benchmarks.peers.inputs import part_of
from evals.benchmarks.peers.install import PEERS, default_folder, python_of
from evals.benchmarks.peers.table import SetRun
from evals.benchmarks.public_data import find_sets, load_set, open_data
from evals.script import run_main

RESULTS = Path(__file__).parents[2] / "results" / "peers"
SETS = ("scifact", "cranfield", "anthropic_docs", "mtrag_un", "tatqa_dev", "dbpedia_small")
QUIET = {
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ORT_DISABLE_TELEMETRY": "1",
}
"""Nothing phones home, and everything has one thread."""


class PeerError(PinciteError, RuntimeError):
    """A system's script failed or broke the contract."""

    code = "peer"


@dataclass(frozen=True, slots=True)
class Script:
    """A module that keeps the contract, and the interpreter it runs in."""

    module: str
    python: Path


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write the table; 2 when something is missing, 1 when Pincite's default is not first."""
    chosen = _arguments(argv)
    try:
        settings, folder = open_data()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    absent = [peer for peer in PEERS if not python_of(chosen.envs, peer).exists()]
    if absent:
        print(f"{', '.join(absent)}: run `python -m evals.benchmarks.peers.install` first", file=sys.stderr)
        return 2
    present = set(find_sets(folder))
    for name in chosen.sets:
        if name not in present:
            print(f"{name}: absent, skipped", file=sys.stderr)
    names = [name for name in chosen.sets if name in present]
    if not names:
        print("none of the sets is there; nothing was measured", file=sys.stderr)
        return 2
    cache = chosen.cache or settings.home / "bench" / "peer-vectors.sqlite"
    cache.parent.mkdir(parents=True, exist_ok=True)
    runs: list[SetRun] = []
    try:
        for name in names:
            data = part_of(load_set(folder, name), chosen.questions, chosen.documents)
            given = [Given(item.id, item.title, item.text) for item in data.items]
            outputs = {
                script.module: run_script(script, given, data.questions, cache, chosen.rate_documents)
                for script in scripts(chosen.envs)
            }
            runs.append(SetRun(data, outputs))
            print(f"{name}: measured", file=sys.stderr, flush=True)
    except PeerError as error:
        print(error, file=sys.stderr)
        return 2
    text = table.markdown(runs, chosen.questions, chosen.documents)
    print(text)
    table.write(chosen.out, runs, text)
    return int(not table.is_default_first(runs))


def scripts(envs: Path) -> list[Script]:
    """Every system: ours in this interpreter, the others in their own."""
    package = __name__.rpartition(".")[0] if __name__ != "__main__" else str(__package__)
    ours = [Script(f"{package}.{name}", Path(sys.executable)) for name in ("plain_bm25", "pincite_systems")]
    return ours + [Script(f"{package}.peer_{peer}", python_of(envs, peer)) for peer in PEERS]


def run_script(
    script: Script, documents: list[Given], questions: Mapping[str, str], cache: Path, rate_documents: int
) -> Output:
    """One system's answer to all questions.

    Raises:
        PeerError: the script failed, wrote what the contract does not allow, or left a question out.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        write_inputs(Path(folder), documents, questions)
        command: list[str | Path] = [script.python, "-m", script.module, folder, out]
        command += ["--cache", cache.absolute(), "--rate-documents", str(rate_documents)]
        # In the empty folder, so that no .env is read.
        done = subprocess.run(
            command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False
        )
        if done.returncode or not out.exists():
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise PeerError(f"{script.module} failed with exit code {done.returncode}: {last}")
        try:
            output = Output.model_validate_json(out.read_bytes())
        except ValidationError as error:
            raise PeerError(f"{script.module} broke the contract: {error.errors()[0]['msg']}") from None
    known = {one.id for one in documents}
    for name, ranked in output.systems.items():
        for times in (ranked.documents, ranked.first_ms, ranked.again_ms):
            if times.keys() != questions.keys():
                raise PeerError(f"{script.module}: {name} has not the questions it was given")
        if any(not known.issuperset(found) for found in ranked.documents.values()):
            raise PeerError(f"{script.module}: {name} names a document it was not given")
    return output


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    root = Path(next(iter(evals.__path__))).parent
    # From a wheel the packages lie one level deeper, under one name.
    root = root.parent if evals.__name__ != "evals" else root
    return {**kept, **QUIET, "PYTHONPATH": str(root)}


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.peers.run", description=__doc__)
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--questions", type=int, default=100, help="a seeded sample of so many a set at most")
    parser.add_argument(
        "--documents", type=int, default=1000, help="so many a set; judged ones stay (0: all)"
    )
    parser.add_argument(
        "--rate-documents", type=int, default=60, help="documents a set that the ingest rate is taken from"
    )
    parser.add_argument("--envs", type=Path, default=default_folder(), help="environments of the peers")
    parser.add_argument("--cache", type=Path, help="file that keeps vectors (default: in PINCITE_HOME)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder the results are written to")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run_main(main)
