"""Passage ids of receipts as places in documents."""

from __future__ import annotations

import re

from evals.metrics.spans import GoldSpan

_PASSAGE = re.compile(r"(?P<doc>.*)@(?P<version>[0-9a-f]{16,64}):(?P<start>\d+)-(?P<end>\d+)", re.S)


def parse_passage(passage: str) -> tuple[str, GoldSpan]:
    """The document and the span that an id names.

    >>> parse_passage("faq-d5014fc704@c1dbc5526ea471e1:10-20")
    ('faq-d5014fc704', GoldSpan(version='c1dbc5526ea471e1', start=10, end=20))

    Raises:
        ValueError: it is no passage id.
    """
    match = _PASSAGE.fullmatch(passage)
    if match is None:
        raise ValueError(f"{passage!r} is not the id of a passage")
    return match["doc"], GoldSpan(match["version"], int(match["start"]), int(match["end"]))
