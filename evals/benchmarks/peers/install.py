"""Make an environment for each peer: `python -m evals.benchmarks.peers.install [--envs FOLDER]`.

Versions are those of ``requirements-*.txt``; where they come from is up to pip's own configuration.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from evals.script import run_main

PEERS = ("langchain", "llamaindex", "haystack")


def main(argv: Sequence[str] | None = None) -> int:
    """Install what is not there yet; 1 when pip fails."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.peers.install", description=__doc__)
    parser.add_argument("--envs", type=Path, default=default_folder(), help="where environments are made")
    folder = parser.parse_args(argv).envs
    for peer in PEERS:
        if python_of(folder, peer).exists():
            print(f"{peer}: is there already")
            continue
        venv.create(folder / peer, with_pip=True)
        wanted = Path(__file__).with_name(f"requirements-{peer}.txt")
        done = subprocess.run(
            [python_of(folder, peer), "-m", "pip", "install", "--quiet", "-r", wanted], check=False
        )
        if done.returncode:
            print(f"{peer}: pip failed; remove {folder / peer} before trying again", file=sys.stderr)
            return 1
        print(f"{peer}: installed")
    return 0


def default_folder() -> Path:
    """Beside the data folder's own default."""
    return Path.home() / ".pincite" / "bench" / "peers"


def python_of(folder: Path, peer: str) -> Path:
    """The interpreter of a peer's environment."""
    return folder / peer / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


if __name__ == "__main__":
    run_main(main)
