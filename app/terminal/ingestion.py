"""``pincite add`` and ``pincite sync``: progress, one line a failure, a summary."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.corpus import Corpus
from app.errors import PinciteError
from app.ingestion.discover import LOCAL_FILES, WEB_PAGES, Found, check_source, discover, is_url
from app.ingestion.load.installed import InstalledLoaders
from app.ingestion.pipeline import Outcome, missing_outcomes
from app.terminal.printable import one_line

_WORDS = ("added", "updated", "unchanged", "removed", "failed")

MOST_LINKS = 10
"""Links that are named one by one."""


class UsageError(PinciteError, ValueError):
    """Arguments that do not go together."""

    code = "usage"
    status = 422


def run_add(corpus: Corpus, places: list[str], sitemap: str | None, source: str | None) -> int:
    """Add files, folders and web pages; 1 when something failed.

    Raises:
        UsageError: nothing is named. SourceNameError, SitemapError: see ``discover`` and ``sitemap_pages``.
    """
    if not places and sitemap is None:
        raise UsageError("name files, folders or web pages to add, or a sitemap with --sitemap")
    check_source(source)
    urls = [place for place in places if is_url(place)]
    paths = [Path(place) for place in places if not is_url(place)]
    failed = 0
    if paths:
        loaders = InstalledLoaders()
        found = discover(paths, source, loaders)
        with corpus.writing() as (pipeline, writer):
            outcomes = chain(missing_outcomes(found), pipeline.add(found, source, writer))
            failed |= _report(outcomes, len(found.files), source or LOCAL_FILES)
        _report_passed_over(found, loaders)
    if urls or sitemap is not None:
        failed |= _run_pages(corpus, urls, sitemap, source, in_sync=False)
    return failed


def run_sync(corpus: Corpus, path: Path | None, sitemap: str | None, source: str) -> int:
    """Make ``source`` equal to a folder, or to the pages of a sitemap; 1 when something failed.

    Raises:
        UsageError: not exactly one of the two is named.
    """
    if (path is None) == (sitemap is None):
        raise UsageError("name one folder, or one sitemap with --sitemap, that the source is made equal to")
    if path is None:
        check_source(source)
        return _run_pages(corpus, [], sitemap, source, in_sync=True)
    if not path.is_dir():
        raise NotADirectoryError(20, "not a folder", str(path))
    loaders = InstalledLoaders()
    found = discover([path], source, loaders)
    with corpus.writing() as (pipeline, writer):
        outcomes = chain(missing_outcomes(found), pipeline.sync(found, source, writer))
        failed = _report(outcomes, len(found.files), source)
    _report_passed_over(found, loaders)
    return failed


def _run_pages(
    corpus: Corpus, urls: list[str], sitemap: str | None, source: str | None, *, in_sync: bool
) -> int:
    from app.ingestion.web.ingest import sitemap_pages

    name = source or WEB_PAGES
    with corpus.fetching() as ingest:
        if sitemap is not None:
            most = corpus.settings.web.max_pages
            urls = [*urls, *sitemap_pages(sitemap, ingest.fetcher, most, _say)]
        urls = list(dict.fromkeys(urls))
        known = corpus.registry.documents()
        outcomes = ingest.sync(urls, name, known) if in_sync else ingest.add(urls, name, known)
        return _report(outcomes, len(urls), name)


def _say(line: str) -> None:
    print(one_line(line), file=sys.stderr)


def _report(outcomes: Iterable[Outcome], total: int, source: str) -> int:
    """Print failures as they come and a summary at the end; 1 when something failed."""
    console = Console(stderr=True)
    counts: Counter[str] = Counter()
    passages = 0
    begun = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=total)
        for outcome in outcomes:
            counts[outcome.status] += 1
            if outcome.status in ("added", "updated"):
                passages += outcome.passages
            if outcome.error is not None:
                line = f"failed: {outcome.name}: {outcome.error}"
                bar.console.print(escape(one_line(line)), soft_wrap=True, highlight=False)
            bar.advance(task)
    parts = [f"{counts[word]} {word}" for word in _WORDS if counts[word] or word in ("added", "unchanged")]
    seconds = time.monotonic() - begun
    print(f"source {source}: {', '.join(parts)}; {passages} passages indexed in {seconds:.1f} s")
    return 1 if counts["failed"] else 0


def _report_passed_over(found: Found, loaders: InstalledLoaders) -> None:
    for _, error in loaders.problems(look=False):
        _say(f"note: {error}")
    for path in found.leaving[:MOST_LINKS]:
        _say(f"not read: {path} is a symbolic link that leaves the folder; name what it leads to, to add it")
    if len(found.leaving) > MOST_LINKS:
        _say(f"not read: {len(found.leaving) - MOST_LINKS} more symbolic links that leave the folder")
    if found.passed_over:
        kinds = ", ".join(f"{one_line(suffix)} {count}" for suffix, count in found.passed_over.most_common(5))
        print(f"passed over {found.passed_over.total()} files of kinds Pincite does not read ({kinds})")
