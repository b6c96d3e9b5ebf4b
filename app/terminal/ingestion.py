"""``pincite add`` and ``pincite sync``: progress, one line a failure, a summary."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.ingestion.discover import LOCAL_FILES, Found, discover
from app.ingestion.pipeline import Outcome, missing_outcomes
from app.library import Library
from app.terminal.printable import one_line

_WORDS = ("added", "updated", "unchanged", "removed", "failed")


def run_add(library: Library, paths: list[Path], source: str | None) -> int:
    """Add ``paths``; 1 when something failed."""
    found = discover(paths, source)
    with library.writing() as (pipeline, writer):
        return _report(found, chain(missing_outcomes(found), pipeline.add(found, source, writer)), source)


def run_sync(library: Library, path: Path, source: str) -> int:
    """Make ``source`` equal to ``path``; 1 when something failed, 2 when ``path`` is no folder."""
    if not path.is_dir():
        raise NotADirectoryError(20, "not a folder", str(path))
    found = discover([path], source)
    with library.writing() as (pipeline, writer):
        return _report(found, chain(missing_outcomes(found), pipeline.sync(found, source, writer)), source)


def _report(found: Found, outcomes: Iterable[Outcome], source: str | None) -> int:
    console = Console(stderr=True)
    counts: Counter[str] = Counter()
    passages = 0
    begun = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=len(found.files))
        for outcome in outcomes:
            counts[outcome.status] += 1
            if outcome.status in ("added", "updated"):
                passages += outcome.passages
            if outcome.error is not None:
                line = f"failed: {outcome.name}: {outcome.error}"
                bar.console.print(escape(one_line(line)), soft_wrap=True, highlight=False)
            bar.advance(task)
    where = f"source {source or LOCAL_FILES}"
    parts = [f"{counts[word]} {word}" for word in _WORDS if counts[word] or word in ("added", "unchanged")]
    seconds = time.monotonic() - begun
    print(f"{where}: {', '.join(parts)}; {passages} passages indexed in {seconds:.1f} s")
    if found.passed_over:
        kinds = ", ".join(f"{one_line(suffix)} {count}" for suffix, count in found.passed_over.most_common(5))
        print(f"passed over {found.passed_over.total()} files of kinds Pincite does not read ({kinds})")
    return 1 if counts["failed"] else 0
