"""Web pages to documents: each is fetched when it is due, and its document is known by its final address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.errors import PinciteError
from app.ingestion.discover import UPLOAD
from app.ingestion.errors import LoadError
from app.ingestion.pipeline import Content, EmptySyncError, Outcome, Pipeline
from app.ingestion.web.content import file_name, in_utf8
from app.ingestion.web.fetch import Validators, WebFetcher, checked_url
from app.ingestion.web.memory import PageMemory, Remembered
from app.ingestion.web.sitemap import parse_sitemap
from app.ingestion.writer import IndexWriter
from app.registry.registry import DocumentRecord

_MAX_SITEMAPS = 100


class SitemapError(PinciteError, ValueError):
    """A sitemap that cannot be read: what it lists is not known."""

    code = "sitemap"


@dataclass(frozen=True, slots=True)
class PageIngest:
    """Fetches pages and hands their content to the pipeline, one at a time."""

    pipeline: Pipeline
    writer: IndexWriter
    fetcher: WebFetcher
    memory: PageMemory

    def add(self, urls: Iterable[str], source: str, known: Iterable[DocumentRecord]) -> Iterator[Outcome]:
        """Add or update the page of each address. ``known`` are the documents there are; others stay."""
        by_uri = {record.uri: record for record in known}
        seen: set[str] = set()
        for url in urls:
            try:
                outcome = self._one(url, source, by_uri, seen)
            except LoadError as error:
                outcome = Outcome("failed", url, url, error=error)
            if outcome is not None:
                yield outcome

    def sync(self, urls: Sequence[str], source: str, known: Sequence[DocumentRecord]) -> Iterator[Outcome]:
        """Make ``source`` equal to the pages. A page that cannot be fetched keeps its old document.

        Raises:
            EmptySyncError: there are no pages, yet the source has documents.
        """
        records = [one for one in known if one.source == source and not one.uri.startswith(UPLOAD)]
        if records and not urls:
            raise EmptySyncError(
                f"the sitemap lists no pages, and the sync would remove all {len(records)} documents of "
                f"source {source!r}; to remove them, run: pincite remove --source {source}"
            )
        kept: set[str] = set()
        for outcome in self.add(urls, source, known):
            kept.add(outcome.uri)
            if outcome.status == "failed" and (note := self.memory.get(outcome.name)):
                kept.add(note.uri)
            yield outcome
        for record in records:
            if record.uri not in kept:
                yield self.pipeline.remove(record, self.writer)

    def _one(
        self, url: str, source: str, by_uri: dict[str, DocumentRecord], seen: set[str]
    ) -> Outcome | None:
        """Fetch and store one page; None where another address led to the same page before."""
        url = checked_url(url)
        note = self.memory.get(url)
        record = by_uri.get(note.uri) if note else None
        # Ask whether it changed only where the answer "no" would leave a document that is up to date.
        due = not (note and record and self.pipeline.is_current(record, source))
        page = self.fetcher.page(url, Validators() if due or note is None else note.validators)
        if page.url in seen:
            return None
        seen.add(page.url)
        if page.content is None:
            passages = record.passages if record else 0
            return Outcome("unchanged", url, page.url, passages)
        name = file_name(page.url, page.content_type, self.pipeline.loaders)
        content = Content(url, page.url, name, in_utf8(page.content, page.content_type))
        outcome = self.pipeline.put(content, source, by_uri.get(page.url), self.writer)
        if outcome.status != "failed":
            self.memory.put(url, Remembered(page.url, page.validators))
        return outcome


def sitemap_pages(
    url: str, fetcher: WebFetcher, most: int, say: Callable[[str], None] = lambda _: None
) -> list[str]:
    """The pages that a sitemap lists, those of sitemaps it names included, in their order.

    Pages of other hosts are left out, as sitemaps.org says, and more than ``most`` are refused; ``say`` is
    told in one line what was left out.

    Raises:
        SitemapError: it, or one it names, cannot be read; or it lists too many pages.
    """
    try:
        start = checked_url(url)
    except LoadError as error:
        raise SitemapError(f"{url}: {error}") from error
    host = urlsplit(start).hostname
    waiting, read = [start], set[str]()
    pages: dict[str, None] = {}
    elsewhere = 0
    while waiting:
        address = waiting.pop(0)
        if address in read:
            continue
        read.add(address)
        if len(read) > _MAX_SITEMAPS:
            raise SitemapError(f"{url} leads to more than {_MAX_SITEMAPS} sitemaps; give one of them")
        try:
            found = parse_sitemap(fetcher.page(address).content or b"")
        except LoadError as error:
            raise SitemapError(f"{address}: {error}") from error
        for page in found.pages:
            if urlsplit(page).hostname == host:
                pages[page] = None
            else:
                elsewhere += 1
        waiting += [one for one in found.sitemaps if urlsplit(one).hostname == host]
        elsewhere += sum(urlsplit(one).hostname != host for one in found.sitemaps)
        if len(pages) > most:
            raise SitemapError(
                f"{url} lists more than {most} pages; give a smaller sitemap, or raise PINCITE_WEB__MAX_PAGES"
            )
    if elsewhere:
        say(f"left out {elsewhere} addresses of other hosts that the sitemap lists")
    return list(pages)
