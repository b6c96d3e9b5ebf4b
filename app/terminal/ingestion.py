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


def run_add(
    corpus: Corpus, places: list[str], sitemap: str | None, source: str | None, groups: str | None = None
) -> int:
    """Add files, folders and web pages; 1 when something failed.

    Raises:
        UsageError: nothing is named, or what cannot be groups. SourceNameError, SitemapError: see
            ``discover`` and ``sitemap_pages``.
    """
    if not places and sitemap is None:
        raise UsageError("name files, folders or web pages to add, or a sitemap with --sitemap")
    check_source(source)
    readers = _readers(groups)
    urls = [place for place in places if is_url(place)]
    paths = [Path(place) for place in places if not is_url(place)]
    failed = 0
    if paths:
        loaders = InstalledLoaders()
        found = discover(paths, source, loaders)
        with corpus.writing() as (pipeline, writer):
            if readers:
                pipeline.set_groups(source or LOCAL_FILES, readers)
            outcomes = chain(missing_outcomes(found), pipeline.add(found, source, writer))
            failed |= _report(outcomes, len(found.files), source or LOCAL_FILES)
        _report_passed_over(found, loaders)
        if not (found.files or found.missing or found.closed):
            _say(f"note: no file that can be read was found in {', '.join(map(str, paths))}")
    if urls or sitemap is not None:
        failed |= _run_pages(corpus, urls, sitemap, source, readers, in_sync=False)
    return failed


def run_sync(
    corpus: Corpus, path: Path | None, sitemap: str | None, source: str, groups: str | None = None
) -> int:
    """Make ``source`` equal to a folder, or to the pages of a sitemap; 1 when something failed.

    Raises:
        UsageError: not exactly one of the two is named, or what cannot be groups.
    """
    if (path is None) == (sitemap is None):
        raise UsageError("name one folder, or one sitemap with --sitemap, that the source is made equal to")
    readers = _readers(groups)
    if path is None:
        check_source(source)
        return _run_pages(corpus, [], sitemap, source, readers, in_sync=True)
    if not path.is_dir():
        raise NotADirectoryError(20, "not a folder", str(path))
    loaders = InstalledLoaders()
    found = discover([path], source, loaders)
    with corpus.writing() as (pipeline, writer):
        if readers:
            pipeline.set_groups(source, readers)
        outcomes = chain(missing_outcomes(found), pipeline.sync(found, source, writer))
        failed = _report(outcomes, len(found.files), source)
    _report_passed_over(found, loaders)
    return failed


def _readers(groups: str | None) -> list[str]:
    """The names of ``--groups``; none where it is not given. Raises ``UsageError`` for what are no names."""
    names = [name.strip() for name in groups.split(",")] if groups is not None else []
    if not all(names) or any(char in name for name in names for char in ";|"):
        raise UsageError("--groups takes names with commas between them, such as hr,board, or everyone")
    return names


def _run_pages(
    corpus: Corpus,
    urls: list[str],
    sitemap: str | None,
    source: str | None,
    readers: list[str],
    *,
    in_sync: bool,
) -> int:
    from app.ingestion.web.ingest import sitemap_pages

    name = source or WEB_PAGES
    with corpus.fetching() as ingest:
        if readers:
            ingest.pipeline.set_groups(name, readers)
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
    readers: Counter[str] = Counter()
    passages = set_aside = 0
    begun = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=total)
        for outcome in outcomes:
            counts[outcome.status] += 1
            if outcome.status in ("added", "updated"):
                passages += outcome.passages
                readers[", ".join(outcome.readers)] += 1
                set_aside += outcome.set_aside
            if outcome.notice:
                line = f"note: {outcome.name}: {outcome.notice}"
                bar.console.print(escape(one_line(line)), soft_wrap=True, highlight=False)
            if outcome.error is not None:
                line = f"failed: {outcome.name}: {outcome.error}"
                bar.console.print(escape(one_line(line)), soft_wrap=True, highlight=False)
            bar.advance(task)
    parts = [f"{counts[word]} {word}" for word in _WORDS if counts[word] or word in ("added", "unchanged")]
    seconds = time.monotonic() - begun
    print(f"source {source}: {', '.join(parts)}; {passages} passages indexed in {seconds:.1f} s")
    if readers:
        said = "; ".join(f"{one_line(names)}: {count}" for names, count in readers.most_common(10))
        more = f"; {len(readers) - 10} more sets of readers" if len(readers) > 10 else ""
        print(f"readers of what was added or updated: {said}{more}")
    if set_aside:
        print(
            f"{set_aside} of them keep words apart that are no evidence (comments, descriptions of pictures "
            "and the like); to see those of one: pincite text --hidden DOC"
        )
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
