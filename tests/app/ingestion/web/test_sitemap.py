"""Sitemaps as files."""

from __future__ import annotations

import gzip

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.web.sitemap import parse_sitemap

PAGES = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://i"><url>
<loc> https://x.org/a?b=1&amp;c=2 </loc><lastmod>2026-01-01</lastmod>
<image:image><image:loc>https://x.org/a.png</image:loc></image:image></url>
<url><loc>https://x.org/b</loc></url><url><loc>https://x.org/b</loc></url></urlset>"""
BOMB = b"""<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>"""


@pytest.mark.parametrize(
    "data", [PAGES, gzip.compress(PAGES, mtime=0), b"\xef\xbb\xbf\n" + PAGES.partition(b"\n")[2]]
)
def test_pages_are_listed_once_in_their_order(data: bytes) -> None:
    assert parse_sitemap(data).pages == ["https://x.org/a?b=1&c=2", "https://x.org/b"]


def test_an_index_names_sitemaps() -> None:
    data = b"<sitemapindex><sitemap><loc>https://x.org/1.xml</loc></sitemap></sitemapindex>"
    found = parse_sitemap(data)
    assert (found.pages, found.sitemaps) == ([], ["https://x.org/1.xml"])


def test_plain_lines() -> None:
    assert parse_sitemap(b"https://x.org/a\r\n\r\nhttps://x.org/b\n").pages == [
        "https://x.org/a",
        "https://x.org/b",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (BOMB, "entities"),
        (b"<html><body>Not found</body></html>", "it is a <html>"),
        (b"<urlset><url>", "malformed"),
        (b"just words", "neither"),
        (b"", "neither"),
        (gzip.compress(PAGES, mtime=0)[:40], "cut off"),
        (b"\x1f\x8bxx", "damaged"),
        (gzip.compress(b"<urlset>" + b" " * 60_000_000, mtime=0), "50 MiB"),
    ],
)
def test_what_is_no_sitemap(data: bytes, words: str) -> None:
    with pytest.raises(LoadError, match=words) as caught:
        parse_sitemap(data)
    assert caught.value.code == "broken-sitemap"
