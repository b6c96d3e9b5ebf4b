"""robots.txt: which pages of a host Pincite may fetch (RFC 9309)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from app.ingestion.errors import LoadError

AGENT = "Pincite"
_MAX_BYTES = 500 * 1024
_MAX_DELAY_S = 30.0
_OWN_WORDS = frozenset(("private-address", "unreachable", "timed-out"))
"""Errors that say by themselves why the page cannot be had either."""

Read = Callable[[str], tuple[int, bytes]]
"""Fetches an address: status and content. Raises ``LoadError`` when the host cannot be reached."""


class Robots:
    """The rules of each host, fetched when its first page comes and kept for the run."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._rules: dict[str, str | LoadError] = {}

    def check(self, url: str) -> None:
        """Raise ``LoadError`` (``robots``) when the page may not be fetched, or the rules cannot be had."""
        from protego import Protego

        rules = self._of(url)
        if isinstance(rules, LoadError):
            if rules.code in _OWN_WORDS:
                raise LoadError(rules.code, rules.reason, rules.hint, retryable=rules.retryable) from rules
            raise LoadError(
                "robots",
                f"the host's robots.txt cannot be read ({rules.reason}), so its pages are left alone",
                "try again later",
                retryable=True,
            ) from rules
        if not Protego.parse(rules).can_fetch(url, AGENT):
            raise LoadError(
                "robots",
                "the host's robots.txt does not let Pincite fetch the page",
                "ask its owner, or save the page and add the file",
            )

    def delay(self, url: str) -> float:
        """Seconds the host wants between two requests; 0 where it does not say."""
        from protego import Protego

        rules = self._of(url)
        wanted = None if isinstance(rules, LoadError) else Protego.parse(rules).crawl_delay(AGENT)
        return min(float(wanted or 0), _MAX_DELAY_S)

    def _of(self, url: str) -> str | LoadError:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = self._fetched(f"{origin}/robots.txt")
        return self._rules[origin]

    def _fetched(self, url: str) -> str | LoadError:
        try:
            status, content = self._read(url)
        except LoadError as error:
            return error
        if status >= 500 or status == 429:
            return LoadError("http-error", f"the host answered {status}", "try again later", retryable=True)
        return content[:_MAX_BYTES].decode("utf-8", "replace") if status == 200 else ""
