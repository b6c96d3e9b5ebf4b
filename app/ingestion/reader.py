"""Files read in a process of their own, which a bad file may hang or crash without harm to the run."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import Any

from app.errors import PinciteError
from app.ingestion import reader_process
from app.ingestion.errors import LoadError
from app.ingestion.load import LoadLimits, load_bytes
from app.ingestion.load.installed import InstalledLoaders
from app.ingestion.load.limits import in_words
from app.registry.document import Block, HiddenText, LoadedDocument

_START_S = 60.0


class ReaderStartError(PinciteError, RuntimeError):
    """The process that reads files cannot be started."""

    code = "reader-start"


class FileReader:
    """Reads one file after another in a second process, started with the first file. Close it after use.

    A file that takes longer than ``timeout_s`` seconds, or more than ``memory_bytes``, fails alone: the
    process is killed and the next file gets a new one. With ``timeout_s`` 0 files are read in this
    process, without such bounds.
    """

    def __init__(self, limits: LoadLimits, timeout_s: float, memory_bytes: int = 0) -> None:
        self._limits = limits
        self._timeout_s = timeout_s
        self._memory_bytes = memory_bytes
        self.loaders = InstalledLoaders()
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, name: str, data: bytes) -> LoadedDocument:
        """The document in ``data``.

        Raises ``LoadError``: every code of ``load_bytes``, ``timed-out``, ``reader-crashed``.
        Raises ``ReaderStartError`` when no process can be started.
        """
        if not self._timeout_s:
            return load_bytes(name, data, self._limits, self.loaders)
        process = self._started()
        expired = threading.Event()
        timer = threading.Timer(self._timeout_s, _stop, (process, expired))
        timer.start()
        try:
            answer = _exchange(process, json.dumps({"name": name}).encode(), data)
        finally:
            timer.cancel()
        if answer is None or expired.is_set():
            self.close()
        if answer is not None:
            return _document(json.loads(answer))
        if expired.is_set():
            raise LoadError(
                "timed-out",
                f"reading the file took longer than {self._timeout_s:g} s",
                "split the file, or raise PINCITE_INGEST__FILE_TIMEOUT_S",
            )
        bound = f" or took more than {in_words(self._memory_bytes)} of memory" if self._memory_bytes else ""
        raise LoadError(
            "reader-crashed",
            f"the file crashed its reader{bound}",
            "open it in its program and save it again, or split it",
        )

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def __enter__(self) -> FileReader:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        # Not multiprocessing: that runs the host's main module again, which may have no guard against it.
        code = (
            f"import sys; sys.path[:] = {sys.path!r}; from {reader_process.__name__} import main; "
            f"main({asdict(self._limits)!r}, {self._memory_bytes})"
        )
        try:
            process = subprocess.Popen(
                [sys.executable, "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except (OSError, ValueError) as error:
            raise _cannot_start(str(error)) from error
        timer = threading.Timer(_START_S, process.kill)
        timer.start()
        ready = _exchange(process)
        timer.cancel()
        self._process = process
        if ready != reader_process.READY:
            self.close()
            raise _cannot_start(f"{sys.executable!r} does not run it")
        return process


def _cannot_start(why: str) -> ReaderStartError:
    return ReaderStartError(
        f"the process that reads files cannot be started ({why}); "
        "set PINCITE_INGEST__FILE_TIMEOUT_S=0 to read them without one"
    )


def _stop(process: subprocess.Popen[bytes], expired: threading.Event) -> None:
    expired.set()
    process.kill()


def _exchange(process: subprocess.Popen[bytes], *frames: bytes) -> bytes | None:
    """Send frames and wait for one back; None when the process ended before that."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        for frame in frames:
            reader_process.send(process.stdin, frame)
    except (BrokenPipeError, OSError):
        return None
    return reader_process.receive(process.stdout)


def _document(answer: dict[str, Any]) -> LoadedDocument:
    """What the process sent: plain JSON, since a file that took it over must not reach further."""
    if "error" in answer:
        error = answer["error"]
        raise LoadError(error["code"], error["reason"], error["hint"], retryable=error["retryable"])
    found = answer["document"]
    blocks = tuple(Block(*block) for block in found["blocks"])
    return LoadedDocument(
        found["text"],
        found["title"],
        found["media_type"],
        blocks,
        tuple(found["pages"]),
        found["metadata"],
        base64.b64decode(found["layout"]),
        tuple(HiddenText(*one) for one in found["hidden"]),
    )
