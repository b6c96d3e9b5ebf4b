"""``pincite serve`` on a free port of loopback, in a process of its own, over the sample corpus."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PINCITE = Path(sys.executable).with_name("pincite")
SAMPLES = Path(__file__).parents[3] / "samples" / "documents"
STARTS_S = 120
_RUNNING = re.compile(r"running on (http://127\.0\.0\.1:\d+)")


@dataclass(frozen=True)
class Served:
    """A server that runs. ``log``: all that it wrote."""

    url: str
    pid: int
    log: Path


def environment_of(home: Path, **more: str) -> dict[str, str]:
    """A plain environment with this data folder, where callers must log in."""
    plain = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    ours = {"PINCITE_HOME": str(home), "PINCITE_AUTH__REQUIRED": "true", "HOME": str(home.parent)}
    return {**plain, **ours, **more}


def filled_home(home: Path, **more: str) -> None:
    """Add the sample documents."""
    _run(home, more, "add", str(SAMPLES), "--source", "samples")


def new_key(home: Path, name: str, user: str, role: str, tenant: str = "default") -> str:
    """A key's secret."""
    how = ("--user", user, "--role", role, "--tenant", tenant)
    return _run(home, {}, "keys", "create", name, *how).splitlines()[0]


def _run(home: Path, more: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [PINCITE, *arguments],
        env=environment_of(home, **more),
        cwd=home.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@contextmanager
def serving(home: Path, **more: str) -> Iterator[Served]:
    """The server, for the length of a ``with`` block."""
    log = home.parent / "server.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [PINCITE, "serve", "--port", "0"],
            env=environment_of(home, PINCITE_LIMITS__DRAIN_S="1", **more),
            cwd=home.parent,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Served(_url(process, log), process.pid, log)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _url(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + STARTS_S
    while time.monotonic() < end and process.poll() is None:
        if found := _RUNNING.search(log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
