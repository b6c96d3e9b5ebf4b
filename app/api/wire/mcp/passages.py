"""Passages as the text of a tool's result."""

from __future__ import annotations

from collections.abc import Sequence

from app.api.contract.searching import FoundPassage


def passages_text(found: Sequence[FoundPassage]) -> str:
    """For people and models: each with where it stands."""
    if not found:
        return "No passage that may be read was found."
    return "\n\n".join(
        f"[{number}] {_line(one)}\n{one.text.strip() or '(not shown)'}" for number, one in enumerate(found, 1)
    )


def _line(one: FoundPassage) -> str:
    page = [f"page {one.page}"] if one.page else []
    named = ", ".join(dict.fromkeys([one.title, *one.headings, *page]))
    return f"{named} (document {one.doc_id}, version {one.version}, start {one.start})"
