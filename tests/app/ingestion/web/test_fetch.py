"""Fetching pages from a server on this machine."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.web.addresses import CheckedBackend
from app.ingestion.web.fetch import Validators, WebFetcher, WebLimits, checked_url
from tests.support.web_server import Handler, Site, site

HERE = frozenset({"127.0.0.1"})


def web_limits(**bounds: Any) -> WebLimits:
    usual = {"max_bytes": 20 * 1024 * 1024, "timeout_s": 30.0, "max_redirects": 5, "delay_s": 0.0}
    return WebLimits(**{**usual, **bounds})


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    time: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as opened:
        yield opened


@pytest.fixture
def fetcher() -> Iterator[WebFetcher]:
    with WebFetcher(web_limits(private_hosts=HERE), "1.0") as opened:
        yield opened


def code_of(fetcher: WebFetcher, url: str) -> str:
    with pytest.raises(LoadError) as caught:
        fetcher.page(url)
    assert "\n" not in str(caught.value)
    return caught.value.code


def test_a_page_and_who_asks_for_it(web: Site, fetcher: WebFetcher) -> None:
    web.page("/leave?v=2", gzip.compress(b"<p>Ask first.</p>"), Content_Encoding="gzip", ETag='"7"')
    page = fetcher.page(f"{web.url}/leave?v=2#sick")
    assert page.url == f"{web.url}/leave?v=2"
    assert page.content == b"<p>Ask first.</p>"
    assert page.content_type == "text/html"
    assert page.validators.etag == '"7"'
    assert web.paths() == ["/robots.txt", "/leave?v=2"]
    assert web.asked[1][1]["User-Agent"].startswith("Pincite/1.0")


def test_a_page_that_did_not_change_is_not_sent_again(web: Site, fetcher: WebFetcher) -> None:
    web.page("/a", "words", ETag='"7"')
    page = fetcher.page(f"{web.url}/a", Validators('"7"', "Mon, 02 Mar 2026 09:30:00 GMT"))
    assert page.content is None
    assert web.asked[-1][1]["If-Modified-Since"] == "Mon, 02 Mar 2026 09:30:00 GMT"
    assert fetcher.page(f"{web.url}/a", Validators('"6"')).content == b"words"


def test_redirects_are_followed_to_the_final_address(web: Site, fetcher: WebFetcher) -> None:
    web.pages["/old"] = (301, {"Location": "/new#part"}, b"")
    web.page("/new", "words")
    assert fetcher.page(f"{web.url}/old").url == f"{web.url}/new"


def test_redirects_end(web: Site, fetcher: WebFetcher) -> None:
    web.pages["/round"] = (302, {"Location": "/round"}, b"")
    assert code_of(fetcher, f"{web.url}/round") == "too-many-redirects"
    assert web.paths().count("/round") == 6


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("http://10.0.0.1/x", "private-address"),
        ("http://[::1]:1/", "private-address"),
        ("http://169.254.169.254/latest/meta-data/", "private-address"),
        ("http://2130706433/", "private-address"),  # 127.0.0.1 as one number
        ("file:///etc/passwd", "bad-url"),
        ("http://user:pass@127.0.0.1/", "bad-url"),
        ("javascript:1", "bad-url"),
        ("mailto:a@b", "bad-url"),
        ("http://[x/", "bad-url"),
    ],
)
def test_a_redirect_leads_nowhere_it_must_not(web: Site, fetcher: WebFetcher, target: str, code: str) -> None:
    web.pages["/trap"] = (302, {"Location": target}, b"")
    assert code_of(fetcher, f"{web.url}/trap") == code


def test_loopback_is_refused_unless_it_is_named(web: Site) -> None:
    with WebFetcher(web_limits(), "1.0") as fetcher:
        assert code_of(fetcher, f"{web.url}/a") == "private-address"
        assert code_of(fetcher, f"http://localhost:{web.port}/a") == "private-address"
    assert web.asked == []


def connecting(web: Site, resolve: Callable[[str, int], list[str]]) -> WebFetcher:
    backend = CheckedBackend(frozenset({"inside.test"}), resolve)
    return WebFetcher(web_limits(), "1.0", backend)


def test_the_connection_is_made_to_the_address_that_was_checked(web: Site) -> None:
    web.page("/a", "words")
    with connecting(web, lambda host, port: ["127.0.0.1"]) as fetcher:
        assert fetcher.page(f"http://inside.test:{web.port}/a").content == b"words"
        assert web.asked[-1][1]["Host"] == f"inside.test:{web.port}"
        assert code_of(fetcher, f"http://outside.test:{web.port}/a") == "private-address"


def test_a_name_that_changes_its_address_is_checked_at_each_connection(web: Site) -> None:
    web.page("/a", "words", Connection="close")
    answers = [["127.0.0.1"], ["127.0.0.1"], ["169.254.169.254"]]
    with connecting(web, lambda host, port: answers.pop(0)) as fetcher:
        web.pages["/robots.txt"] = (404, {"Connection": "close"}, b"")
        assert fetcher.page(f"http://inside.test:{web.port}/a").content == b"words"
        assert code_of(fetcher, f"http://inside.test:{web.port}/a") == "private-address"


def test_pages_that_robots_txt_closes_are_left_alone(web: Site, fetcher: WebFetcher) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: Pincite\nDisallow: /private*/\nAllow: /private-not/\n"
    web.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, rules)
    web.page("/open", "words")
    web.page("/private-not/a", "words")
    assert fetcher.page(f"{web.url}/open").content == b"words"
    assert fetcher.page(f"{web.url}/private-not/a").content == b"words"
    assert code_of(fetcher, f"{web.url}/private-1/a") == "robots"
    assert web.paths().count("/robots.txt") == 1
    web.pages["/way"] = (302, {"Location": "/private-1/a"}, b"")
    assert code_of(fetcher, f"{web.url}/way") == "robots"


@pytest.mark.parametrize(
    ("status", "open_"), [(404, True), (403, True), (500, False), (503, False), (429, False)]
)
def test_a_host_without_rules_is_open_and_one_in_trouble_closed(
    web: Site, fetcher: WebFetcher, status: int, open_: bool
) -> None:
    web.page("/a", "words")
    web.pages["/robots.txt"] = (status, {}, b"")
    if open_:
        assert fetcher.page(f"{web.url}/a").content == b"words"
    else:
        assert code_of(fetcher, f"{web.url}/a") == "robots"


def test_a_page_that_is_too_large_is_not_read_to_its_end(web: Site) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/plain")
        handler.end_headers()
        for _ in range(10_000):
            handler.wfile.write(b"x" * 10_000)

    web.pages["/endless"] = endless
    web.page("/announced", b"x" * 5000, "text/plain")
    web.page("/bomb", gzip.compress(b"\0" * 10_000_000), "text/plain", Content_Encoding="gzip")
    with WebFetcher(web_limits(max_bytes=4000, private_hosts=HERE), "1.0") as fetcher:
        for path in ("/endless", "/announced", "/bomb"):
            assert code_of(fetcher, web.url + path) == "too-large"


def test_a_page_that_trickles_ends_in_time(web: Site) -> None:
    def trickle(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)

    web.pages["/slow"] = trickle
    with WebFetcher(web_limits(timeout_s=0.5, private_hosts=HERE), "1.0") as fetcher:
        begun = time.monotonic()
        assert code_of(fetcher, f"{web.url}/slow") == "timed-out"
        assert time.monotonic() - begun < 5


def test_a_host_rests_between_requests(web: Site) -> None:
    web.page("/a", "words")
    clock = Clock()
    limits = web_limits(delay_s=2.0, private_hosts=HERE)
    with WebFetcher(limits, "1.0", now=clock.now, sleep=clock.sleep) as fetcher:
        fetcher.page(f"{web.url}/a")
        assert clock.slept == []
        clock.time += 0.5
        fetcher.page(f"{web.url}/a")
        assert clock.slept == [1.5]


def test_a_host_may_ask_for_more_rest(web: Site) -> None:
    web.page("/a", "words")
    web.page("/robots.txt", "User-agent: *\nCrawl-delay: 7\n", "text/plain")
    clock = Clock()
    limits = web_limits(delay_s=2.0, private_hosts=HERE)
    with WebFetcher(limits, "1.0", now=clock.now, sleep=clock.sleep) as fetcher:
        fetcher.page(f"{web.url}/a")
        fetcher.page(f"{web.url}/a")
    assert clock.slept == [7.0]


@pytest.mark.parametrize(("status", "retryable"), [(404, False), (401, False), (503, True), (429, True)])
def test_other_answers_are_errors(web: Site, fetcher: WebFetcher, status: int, retryable: bool) -> None:
    web.pages["/a"] = (status, {}, b"")
    with pytest.raises(LoadError, match=str(status)) as caught:
        fetcher.page(f"{web.url}/a")
    assert (caught.value.code, caught.value.retryable) == ("http-error", retryable)


def test_a_host_that_hangs_up_or_is_not_there(web: Site, fetcher: WebFetcher) -> None:
    web.pages["/cut"] = lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)
    assert code_of(fetcher, f"{web.url}/cut") == "unreachable"
    assert code_of(fetcher, "http://127.0.0.1:1/") == "unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.org/",
        "https://",
        "x.org",
        "https://x.org:99999/",
        "http://a@x.org/",
        "http://[::1",
        "http://a b/",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(LoadError) as caught:
        checked_url(url)
    assert caught.value.code == "bad-url"
