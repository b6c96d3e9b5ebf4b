"""Pages and sitemaps to documents, with the whole index, from a server on this machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.corpus import Corpus, open_corpus
from app.ingestion.pipeline import EmptySyncError, Outcome
from app.ingestion.web.ingest import SitemapError, sitemap_pages
from app.settings import IngestSettings, Settings, WebSettings
from tests.support.web_server import Site, site

SOURCE = "site"


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as opened:
        opened.page("/ferry", "<h1>Ferry</h1><p>The ferry leaves at nine.</p>", ETag='"f1"')
        opened.page("/dogs", "<h1>Dogs</h1><p>Dogs travel free of charge.</p>", ETag='"d1"')
        yield opened


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    settings = Settings(home=tmp_path / "home", web=WebSettings(delay_s=0, private_hosts=["127.0.0.1"]))
    with open_corpus(settings) as opened:
        yield opened


def add(corpus: Corpus, *urls: str) -> list[Outcome]:
    with corpus.fetching() as ingest:
        return list(ingest.add(urls, SOURCE, corpus.registry.documents()))


def sync(corpus: Corpus, *urls: str) -> list[Outcome]:
    with corpus.fetching() as ingest:
        return list(ingest.sync(urls, SOURCE, corpus.registry.documents()))


def counts(outcomes: list[Outcome]) -> dict[str, int]:
    return dict(Counter(outcome.status for outcome in outcomes))


def titles(corpus: Corpus) -> list[str]:
    return sorted(record.title for record in corpus.registry.documents())


def test_a_page_is_a_document_known_by_its_final_address(corpus: Corpus, web: Site) -> None:
    web.pages["/old"] = (301, {"Location": "/ferry"}, b"")
    assert counts(add(corpus, f"{web.url}/old", f"{web.url}/ferry#top")) == {"added": 1}
    (record,) = corpus.registry.documents()
    assert (record.uri, record.title, record.source) == (f"{web.url}/ferry", "Ferry", SOURCE)
    assert corpus.registry.text(record.doc_id) == "# Ferry\n\nThe ferry leaves at nine."


def test_the_second_run_fetches_nothing_that_is_the_same(corpus: Corpus, web: Site) -> None:
    urls = (f"{web.url}/ferry", f"{web.url}/dogs")
    assert counts(add(corpus, *urls)) == {"added": 2}
    generation = corpus.registry.generation()
    web.asked.clear()
    assert counts(add(corpus, *urls)) == {"unchanged": 2}
    assert [headers.get("If-None-Match") for path, headers in web.asked if "robots" not in path] == [
        '"f1"',
        '"d1"',
    ]
    assert corpus.registry.generation() == generation
    web.page("/dogs", "<h1>Dogs</h1><p>Dogs pay half.</p>", ETag='"d2"')
    assert counts(add(corpus, *urls)) == {"unchanged": 1, "updated": 1}


def test_a_page_whose_document_was_removed_is_fetched_in_full(corpus: Corpus, web: Site) -> None:
    add(corpus, f"{web.url}/ferry")
    with corpus.writing() as (pipeline, writer):
        pipeline.remove(corpus.registry.documents()[0], writer)
    assert counts(add(corpus, f"{web.url}/ferry")) == {"added": 1}


def test_pages_are_read_anew_when_passages_are_made_otherwise(
    corpus: Corpus, web: Site, tmp_path: Path
) -> None:
    add(corpus, f"{web.url}/ferry")
    longer = corpus.settings.model_copy(update={"ingest": IngestSettings(passage_chars=900)})
    with open_corpus(longer) as changed:
        assert counts(add(changed, f"{web.url}/ferry")) == {"updated": 1}


def test_a_page_that_fails_does_not_stop_the_others(corpus: Corpus, web: Site) -> None:
    web.page("/picture", b"\x89PNG\r\n\x1a\n", "image/png")
    web.page("/lie.pdf", "<p>no PDF</p>", "application/pdf")
    urls = [f"{web.url}{path}" for path in ("/gone", "/picture", "/lie.pdf", "/ferry")]
    outcomes = add(corpus, *urls, "http://10.0.0.1/", "http://[")
    codes = {outcome.name: outcome.error.code for outcome in outcomes if outcome.error}
    assert codes == {
        urls[0]: "http-error",
        urls[1]: "unsupported-type",
        urls[2]: "not-pdf",
        "http://10.0.0.1/": "private-address",
        "http://[": "bad-url",
    }
    assert counts(outcomes) == {"failed": 5, "added": 1}


def test_sync_removes_pages_that_are_no_longer_listed_and_keeps_those_that_fail(
    corpus: Corpus, web: Site
) -> None:
    web.pages["/moved"] = (301, {"Location": "/dogs"}, b"")
    sync(corpus, f"{web.url}/ferry", f"{web.url}/moved")
    web.pages["/moved"] = (503, {}, b"")
    assert counts(sync(corpus, f"{web.url}/ferry", f"{web.url}/moved")) == {"unchanged": 1, "failed": 1}
    assert titles(corpus) == ["Dogs", "Ferry"]
    assert counts(sync(corpus, f"{web.url}/ferry")) == {"unchanged": 1, "removed": 1}
    assert titles(corpus) == ["Ferry"]
    with pytest.raises(EmptySyncError):
        sync(corpus)


def test_what_hosts_said_survives_damage(corpus: Corpus, web: Site, tmp_path: Path) -> None:
    add(corpus, f"{web.url}/ferry")
    (tmp_path / "home" / "default" / "pages.json").write_text("{broken")
    assert counts(add(corpus, f"{web.url}/ferry")) == {"unchanged": 1}
    assert web.asked[-1][1].get("If-None-Match") is None


def test_a_sitemap_and_those_it_names(corpus: Corpus, web: Site) -> None:
    index = f"<sitemapindex><sitemap><loc>{web.url}/b.xml</loc></sitemap>"
    index += f"<sitemap><loc>{web.url}/index.xml</loc></sitemap></sitemapindex>"
    pages = f"<urlset><url><loc>{web.url}/ferry</loc></url><url><loc>https://other.org/x</loc></url></urlset>"
    web.page("/index.xml", index, "application/xml")
    web.page("/b.xml", pages, "application/xml")
    said: list[str] = []
    with corpus.fetching() as ingest:
        assert sitemap_pages(f"{web.url}/index.xml", ingest.fetcher, 10, said.append) == [f"{web.url}/ferry"]
        assert said == ["left out 1 addresses of other hosts that the sitemap lists"]
        with pytest.raises(SitemapError, match="more than 0 pages"):
            sitemap_pages(f"{web.url}/index.xml", ingest.fetcher, 0)
        for path, words in [("/ferry", "not a sitemap"), ("/none.xml", "404")]:
            with pytest.raises(SitemapError, match=words):
                sitemap_pages(f"{web.url}{path}", ingest.fetcher, 10)
        with pytest.raises(SitemapError, match="does not begin"):
            sitemap_pages("sitemap.xml", ingest.fetcher, 10)
