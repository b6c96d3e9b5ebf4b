"""Editions of one document: what in a title tells them apart, and which goes before which."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import regex

from graphs.text.dates import dates
from graphs.text.roots import root
from graphs.text.words import words

_OUTDATED = ("superseded", "obsolete", "archived", "deprecated", "withdrawn", "expired", "draft", "replaced")

_EDITION = regex.compile(
    r"[,(]?(?:(?<!\s)\s+)?\b(?:(?:version|edition|revision|rev\.?|release)\s+(?P<rank>\d+(?:\.\d+)*|\p{L}\b)"
    r"|v\.?\s?(?P<rank>\d+(?:\.\d+)*)|(?P<rank>\d+(?:\.\d+)+|(?:19|20)\d\d))\b(?:\s+edition\b)?\)?",
    regex.I,
)
_ISO = regex.compile(r"\d{4}(?:-\d\d|$)")
_NUMBER = regex.compile(r"\d+")
_PART = regex.compile(r"\d{1,18}|\p{L}+")

Rank = tuple[tuple[int, str], ...]
"""The parts of a version in order, numbers as numbers."""


def version_rank(version: str) -> Rank:
    """What versions are sorted by.

    >>> version_rank("v2.10") > version_rank("2.9"), version_rank("2.9-rc1") > version_rank("2.9")
    (True, True)
    """
    parts = _PART.findall(version.lower().removeprefix("v"))
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def without_edition(title: str) -> str:
    """The title of all editions; a day or a month names an event, not an edition, and is left.

    >>> without_edition("Admin guide v2.9") == without_edition("Admin guide v2.10")
    True
    >>> without_edition("Data sheet, revision B")
    'Data sheet'
    >>> without_edition("Incident 114"), without_edition("Minutes 2026-03-05")
    ('Incident 114', 'Minutes 2026-03-05')
    """
    days = dates(title)

    def kept(match: regex.Match[str]) -> str:
        # The first day that ends after the match begins; they are in order.
        at = bisect_right(days, match.start(), key=lambda day: day.end)
        return match.group() if at < len(days) and days[at].start < match.end() else " "

    return " ".join(_EDITION.sub(kept, title).split())


def edition_nouns(title: str) -> frozenset[str]:
    """Roots of the words that the edition's number stands beside: "guide" of "Admin guide v2.9"."""
    found: list[str] = []
    for match in _EDITION.finditer(title):
        found += words(title[: match.start()])[-1:] + words(_NUMBER.sub(" ", match.group()))
    return frozenset(map(root, found))


def edition_rank(title: str) -> Rank:
    """What editions with one title are sorted by.

    >>> edition_rank("Admin guide v2.10") > edition_rank("Admin guide v2.9")
    True
    """
    return tuple(part for match in _EDITION.finditer(title) for part in version_rank(match["rank"]))


def precedence(metadata: Mapping[str, Any], today: str = "") -> tuple[bool, str, Rank]:
    """What a document's own metadata say of its weight; the greater goes first.

    One that says it is out of date, or whose date is after ``today`` (ISO), so that it is not in force yet,
    comes after one that does neither; then the later ``date``; then ``version``.

    >>> then = {"date": "2026-05-01", "status": "Superseded"}
    >>> precedence({"date": "2026-02-01", "status": "current"}) > precedence(then)
    True
    >>> precedence({"version": "2.10"}) > precedence({"version": "2.9"})
    True
    """
    status = str(metadata.get("status") or "").lower()
    date = next((str(metadata[key]) for key in ("date", "updated", "effective") if metadata.get(key)), "")
    current = not any(word in status for word in _OUTDATED)
    if today and _ISO.match(date) and date[:10] > today:
        current, date = False, ""
    return current, date, version_rank(str(metadata.get("version") or ""))


def is_newer(
    title: str, metadata: Mapping[str, Any], than: str, its_metadata: Mapping[str, Any], *, today: str = ""
) -> bool:
    """Whether the first document goes before the second: by what they say of themselves, then, where they are
    editions of one document, by their titles.

    >>> is_newer("Price list 2026", {}, "Price list 2025", {}), is_newer("Rules 2026", {}, "Plan 2025", {})
    (True, False)
    """
    mine, theirs = precedence(metadata, today), precedence(its_metadata, today)
    if mine != theirs:
        return mine > theirs
    editions = without_edition(title).lower() == without_edition(than).lower()
    return editions and edition_rank(title) > edition_rank(than)
