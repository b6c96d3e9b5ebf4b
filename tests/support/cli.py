"""`pincite` in processes of their own, started quickly.

A server that has the heavy modules imported is forked for each run, so a run costs what the command does and
not seconds of imports; signals, exit codes and standard streams are those of a real process.
"""

from __future__ import annotations

import importlib
import io
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

PRELOADED = [
    "app.cli",
    "app.terminal.answers_cli",
    "app.compose",
    "app.corpus",
    "app.ingestion.pipeline",
    "app.ingestion.load",
    "app.ingestion.writer",
    "app.safety.guards.canary",
    "app.safety.guards.injection",
    "app.safety.guards.links",
    "app.safety.guards.question_form",
    "app.safety.guards.secrets",
    "app.terminal.answers",
    "app.terminal.doctor",
    "app.terminal.documents",
    "app.terminal.ingestion",
    "app.terminal.removal",
    "app.terminal.stored_answers",
    "app.terminal.verification",
    "evals.cli",
    "evals.langsmith_sync",
    "evals.terminal.calibrating",
    "evals.terminal.comparing",
    "evals.terminal.reporting",
    "evals.terminal.running",
    "langchain_chroma",
    "langgraph.checkpoint.sqlite",
    "onnxruntime",
    "scipy.stats",
    "tests.support.warm",
    "tokenizers",
]


@dataclass(frozen=True)
class Finished:
    """What a run left behind. ``code`` is negative for a run that a signal ended."""

    code: int
    out: str
    err: str
    raw: bytes


@dataclass
class Run:
    """A run that was started."""

    process: ForkServerProcess
    folder: Path
    finished: Finished | None = field(default=None)

    def kill_when(self, happened: Callable[[], bool], give_up_s: float = 30) -> bool:
        """Kill it with SIGKILL as soon as ``happened``; False when it ended before."""
        end = time.monotonic() + give_up_s
        while self.process.is_alive() and time.monotonic() < end:
            if happened():
                self.signal(signal.SIGKILL)
                return True
            time.sleep(0.02)
        return False

    def signal(self, number: int) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    def errors(self) -> str:
        return (self.folder / "err").read_text(errors="replace")

    def wait(self, timeout_s: float = 60) -> Finished:
        if self.finished is None:
            self.process.join(timeout_s)
            assert self.process.exitcode is not None, f"still running after {timeout_s} s"
            out = (self.folder / "out").read_bytes()
            self.finished = Finished(
                self.process.exitcode, out.decode("utf-8", "replace"), self.errors(), out
            )
            self.process.close()
        return self.finished


class Command:
    """`pincite` with a data folder: ``command("add", path)``."""

    def __init__(self, home: Path, scratch: Path) -> None:
        self.home = home
        self._scratch = scratch
        self._runs = 0

    def __call__(self, *arguments: str | Path, **environment: str) -> Finished:
        return self.start(*arguments, **environment).wait()

    def fed(self, stdin: bytes, *arguments: str | Path, **environment: str) -> Finished:
        """A run that reads ``stdin``."""
        return self._started(stdin, arguments, environment).wait()

    def start(self, *arguments: str | Path, **environment: str) -> Run:
        """Start a run; ``environment`` is added to a plain one."""
        return self._started(b"", arguments, environment)

    def _started(self, stdin: bytes, arguments: Sequence[str | Path], environment: Mapping[str, str]) -> Run:
        self._runs += 1
        folder = self._scratch / f"run-{self._runs}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "in").write_bytes(stdin)
        everything = {"PATH": os.environ["PATH"], "HOME": str(self._scratch), "LANG": "C.UTF-8"}
        everything |= {"PINCITE_HOME": str(self.home), **environment}
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        process = context.Process(
            target=_run, args=([str(a) for a in arguments], everything, str(folder)), daemon=True
        )
        process.start()
        return Run(process, folder)


def _run(arguments: list[str], environment: Mapping[str, str], folder: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, name, flags in ((0, "in", os.O_RDONLY), (1, "out", os.O_WRONLY), (2, "err", os.O_WRONLY)):
        os.dup2(os.open(name, flags | os.O_CREAT, 0o600), number)
    sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb"), "utf-8")
    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb"), "utf-8")
    sys.stderr = io.TextIOWrapper(os.fdopen(2, "wb"), "utf-8", "backslashreplace", line_buffering=True)
    sys.argv = ["pincite", *arguments]
    # As a new interpreter does at its start.
    sys.path[:0] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    importlib.invalidate_caches()
    from app.main import main

    try:
        main()
    finally:
        sys.stdout.flush()
