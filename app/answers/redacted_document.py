"""An answer without the words of one document, for when that is removed for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FORGOTTEN = "(forgotten)"
"""Stands where words of the document stood."""


def without_words(answer: Mapping[str, Any], doc_id: str) -> dict[str, Any]:
    """The answer without the words of a document: its quotes, and the sentences that rest on them.

    >>> cited = {"number": 1, "doc_id": "a", "quote": "Ask first.", "title": "A", "headings": []}
    >>> claim = {"text": "You ask first.", "citations": [1]}
    >>> left = without_words({"text": "You ask first. [1]", "claims": [claim], "citations": [cited]}, "a")
    >>> left["text"], left["claims"][0]["text"], left["citations"][0]["quote"]
    ('(forgotten) [1]', '(forgotten)', '')
    """
    empty = {"title": FORGOTTEN, "headings": []}
    own = {one["number"] for one in answer.get("citations", []) if one["doc_id"] == doc_id}
    claims = [
        {**claim, "text": FORGOTTEN, "checks": {}} if own & {*claim["citations"]} else claim
        for claim in answer.get("claims", [])
    ]
    left = {
        **answer,
        "claims": claims,
        "citations": [
            {**one, "quote": "", **empty} if one["doc_id"] == doc_id else one
            for one in answer.get("citations", [])
        ],
    }
    if own:
        marks = [f"{claim['text']} {''.join(f'[{n}]' for n in claim['citations'])}" for claim in claims]
        left["text"] = " ".join(marks)
    if answer.get("excerpts"):
        left["excerpts"] = [
            {**one, "text": "", "lead": "", **empty} if one["doc_id"] == doc_id else one
            for one in answer["excerpts"]
        ]
    if answer.get("abstention"):
        near = [
            {**one, "excerpt": "", **empty} if one["doc_id"] == doc_id else one
            for one in answer["abstention"].get("nearest", [])
        ]
        left["abstention"] = {**answer["abstention"], "nearest": near}
    return left
