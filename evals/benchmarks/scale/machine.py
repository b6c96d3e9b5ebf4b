"""What a process takes of its machine, as far as the system tells."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np


def one_core() -> None:
    """Keep this process and its threads on one core, where the system can do that."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def memory() -> dict[str, float]:
    """Mebibytes of this process: its own, those of mapped files, and the most there ever was."""
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    except OSError:
        return {}
    kilobytes = {name: float(lines[name].split()[0]) for name in ("RssAnon", "RssFile", "VmHWM")}
    return {
        "own": kilobytes["RssAnon"] / 1024,
        "mapped": kilobytes["RssFile"] / 1024,
        "peak": kilobytes["VmHWM"] / 1024,
    }


def disk(folder: Path) -> dict[str, float]:
    """Mebibytes of each entry of ``folder``."""
    sizes: dict[str, float] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            name = path.relative_to(folder).parts[0]
            sizes[name] = sizes.get(name, 0.0) + path.stat().st_size / 2**20
    return sizes


def load() -> float | None:
    """The load average of the last minute; above 1 for one busy process, others took part."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def machine() -> str:
    """Processor and system in a few words."""
    try:
        text = Path("/proc/cpuinfo").read_text()
        model = next(line.split(":", 1)[1].strip() for line in text.splitlines() if "model name" in line)
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"One core of {model}, {platform.system()}, Python {platform.python_version()}"


def milliseconds(call: Callable[..., Any], *args: Any, **kwargs: Any) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    call(*args, **kwargs)
    return (time.perf_counter() - started) * 1000


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and largest.

    >>> spread([1.0, 2.0, 3.0])["p50"]
    2.0
    """
    return {
        "p50": float(np.percentile(values, 50)),
        "p95": float(np.percentile(values, 95)),
        "max": float(max(values)),
    }
