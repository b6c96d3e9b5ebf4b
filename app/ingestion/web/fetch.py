"""One page over HTTP: politely, within bounds, and never from where it must not come."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

import httpcore
import httpx

from app.ingestion.errors import LoadError
from app.ingestion.load.limits import MIB, in_words
from app.ingestion.web.addresses import AddressRefusedError, CheckedBackend, PageTimeoutError
from app.ingestion.web.packing import ASKED_FOR, unpacked
from app.ingestion.web.robots import AGENT, Robots
from app.ingestion.web.transport import CheckedTransport

_CONNECT_S = 10.0
_REDIRECTS = (301, 302, 303, 307, 308)
_ACCEPT = "text/html,application/xhtml+xml,application/pdf,text/markdown,text/plain,*/*;q=0.5"


@dataclass(frozen=True, slots=True)
class WebLimits:
    """Bounds on fetching. Sizes are after unpacking; ``timeout_s`` is for one request."""

    max_bytes: int
    timeout_s: float
    max_redirects: int
    delay_s: float
    private_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Validators:
    """What a host said to ask with next time; empty where it said nothing."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What came back. ``content`` is None where the page is the same as when ``validators`` were given."""

    url: str
    """Where the page is in the end: after redirects, without a fragment."""
    content: bytes | None
    content_type: str = ""
    validators: Validators = Validators()


class WebFetcher:
    """Fetches one page after another. Close it after use.

    Every connection is made to an address that was checked; every address of a chain of redirects is, as are
    the rules of its host. Between two requests to one host at least ``delay_s`` seconds pass.
    """

    def __init__(
        self,
        limits: WebLimits,
        version: str,
        backend: CheckedBackend | None = None,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limits = limits
        self._now = now
        self._sleep = sleep
        self._backend = backend or CheckedBackend(limits.private_hosts, now=now)
        self._client = httpx.Client(
            transport=CheckedTransport(self._backend, ssl.create_default_context()),
            timeout=httpx.Timeout(limits.timeout_s, connect=min(_CONNECT_S, limits.timeout_s)),
            headers={
                "User-Agent": f"{AGENT}/{version}",
                "Accept": _ACCEPT,
                "Accept-Encoding": ASKED_FOR,
            },
            trust_env=False,
        )
        self._robots = Robots(self._read_rules)
        self._last: dict[str, float] = {}

    def page(self, url: str, validators: Validators = Validators()) -> Page:
        """Fetch a page.

        Raises ``LoadError``: ``bad-url``, ``private-address``, ``robots``, ``unreachable``, ``timed-out``,
        ``too-large``, ``bad-packing``, ``too-many-redirects``, ``http-error``.
        """
        asked = checked_url(url)
        for _ in range(self._limits.max_redirects + 1):
            with self._bounded():
                self._robots.check(asked)
                page = self._one(asked, validators, self._robots.delay(asked))
            if isinstance(page, Page):
                return page
            asked = checked_url(page)
        raise LoadError(
            "too-many-redirects",
            f"the address leads on more than {self._limits.max_redirects} times",
            "give the address it ends at",
        )

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> WebFetcher:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _one(self, url: str, validators: Validators, delay_s: float) -> Page | str:
        """One request: the page, or the address it leads on to."""
        headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
        self._wait(url, delay_s)
        self._backend.deadline = self._now() + self._limits.timeout_s
        with self._client.stream("GET", url, headers={k: v for k, v in headers.items() if v}) as response:
            found = Validators(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
            if response.status_code == 304 and any(headers.values()):
                return Page(url, None, validators=validators)
            if response.status_code in _REDIRECTS and "Location" in response.headers:
                return urljoin(url, response.headers["Location"])
            if response.status_code != 200:
                raise _http_error(response.status_code)
            content = b"".join(self._content(response, self._limits.max_bytes))
            return Page(url, content, response.headers.get("Content-Type", ""), found)

    def _content(self, response: httpx.Response, most: int) -> Iterator[bytes]:
        """The content as it comes, unpacked. Raises ``LoadError``: ``too-large``, ``bad-packing``."""
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > most:
            raise _too_large(most)
        size = 0
        encoding = response.headers.get("Content-Encoding", "")
        for chunk in unpacked(response.iter_raw(), encoding, most):
            size += len(chunk)
            if size > most:
                raise _too_large(most)
            yield chunk

    def _wait(self, url: str, delay_s: float) -> None:
        """Let the host rest since its last request."""
        host = urlsplit(url).netloc
        rest = self._last.get(host, float("-inf")) + max(delay_s, self._limits.delay_s) - self._now()
        if rest > 0:
            self._sleep(rest)
        self._last[host] = self._now()

    def _read_rules(self, url: str) -> tuple[int, bytes]:
        with self._bounded():
            for _ in range(self._limits.max_redirects + 1):
                self._backend.deadline = self._now() + self._limits.timeout_s
                with self._client.stream("GET", url) as response:
                    if response.status_code not in _REDIRECTS or "Location" not in response.headers:
                        return response.status_code, b"".join(self._content(response, MIB))
                    url = checked_url(urljoin(url, response.headers["Location"]))
        return 404, b""  # rules that lead nowhere are no rules (RFC 9309)

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """What goes wrong below, in words for the person who gave the address."""
        try:
            yield
        except AddressRefusedError as error:
            raise LoadError(
                "private-address",
                str(error),
                "to read hosts of your own network, name them in PINCITE_WEB__PRIVATE_HOSTS",
            ) from error
        except (PageTimeoutError, httpcore.TimeoutException, httpx.TimeoutException) as error:
            raise LoadError(
                "timed-out",
                f"the page took longer than {self._limits.timeout_s:g} s",
                "try again later, or raise PINCITE_WEB__TIMEOUT_S",
                retryable=True,
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, OSError) as error:
            raise LoadError(
                "unreachable",
                f"the host cannot be reached ({' '.join(str(error).split()) or type(error).__name__})",
                "check the address and the network, and try again",
                retryable=True,
            ) from error
        except (httpx.InvalidURL, ValueError) as error:
            raise _bad_url("it leads on to one that is malformed") from error


def checked_url(url: str) -> str:
    """The address without its fragment. Raises ``LoadError`` (``bad-url``) for one that is not of the web.

    >>> checked_url("https://x.org/leave#sick")
    'https://x.org/leave'
    """
    bare = urldefrag(url.strip())[0]
    try:
        parts = urlsplit(bare)
        host, _ = parts.hostname, parts.port  # the port is checked by being asked for
        normal = str(httpx.URL(bare))
    except (ValueError, httpx.InvalidURL) as error:
        raise _bad_url("it is malformed") from error
    if parts.scheme not in ("http", "https") or not host or " " in host:
        raise _bad_url("it does not begin with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise _bad_url("it holds a user name or password")
    return normal


def _bad_url(why: str) -> LoadError:
    return LoadError("bad-url", f"the address cannot be fetched ({why})", "give a web address")


def _http_error(status: int) -> LoadError:
    words = {
        401: "it wants a login",
        403: "it refuses",
        404: "there is no such page",
        410: "the page is gone",
    }
    retryable = status >= 500 or status in (408, 425, 429)
    hint = "try again later" if retryable else "check the address; pages behind a login are not read"
    return LoadError(
        "http-error",
        f"the host answered {status} ({words.get(status, 'an error')})",
        hint,
        retryable=retryable,
    )


def _too_large(most: int) -> LoadError:
    return LoadError(
        "too-large", f"the page is over {in_words(most)}", "raise PINCITE_WEB__MAX_PAGE_MB, or split the page"
    )
