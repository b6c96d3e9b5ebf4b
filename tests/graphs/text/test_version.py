from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path

from graphs.text.dates import dates
from graphs.text.quantities import quantities
from graphs.text.roots import content_roots
from graphs.text.sentences import units
from graphs.text.version import TEXT_VERSION
from graphs.text.words import content_words

SAMPLE = Path(__file__).with_name("version_sample.txt").read_text(encoding="utf-8")
READ = {"2": "756f90abfb8c3b97"}
"""What the sample is read as, by version."""


def read_as(text: str) -> str:
    """A hash of all that is read from ``text``."""
    pieces = units(text)
    found = [
        [(unit.start, unit.end, unit.kind) for unit in pieces],
        *([asdict(one) for one in quantities(unit.of(text))] for unit in pieces),
        *([asdict(one) for one in dates(unit.of(text))] for unit in pieces),
        content_words(text),
        content_roots(text),
    ]
    return hashlib.sha256(repr(found).encode()).hexdigest()[:16]


def test_what_is_read_changes_with_the_version_only() -> None:
    assert READ.get(TEXT_VERSION) == read_as(SAMPLE), "raise TEXT_VERSION and note the new hash in READ"
