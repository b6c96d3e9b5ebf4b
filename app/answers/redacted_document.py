"""An answer without the words of one document, for when that is removed for good."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORGOTTEN = "(forgotten)"
"""Stands where words of the document stood."""

TOMBSTONE = "forgotten-"
"""Begins what stands in the place of its id."""


@dataclass(frozen=True, slots=True)
class GoneDocument:
    """What names a document that was removed for good.

    ``has_words(text)``: whether a text holds words that only this document had.
    """

    doc_id: str
    uris: Sequence[str] = ()
    titles: Sequence[str] = ()
    has_words: Callable[[str], bool] = lambda _: False

    @property
    def tombstone(self) -> str:
        """Stands for the document's id, which has the name of its file in it.

        >>> GoneDocument("secret-plan-0123456789").tombstone
        'forgotten-ab15cfa5de87cc9d'
        """
        return TOMBSTONE + hashlib.sha256(self.doc_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def names_it(self, text: str) -> bool:
        """Whether a text has the document's id or its address in it."""
        return any(name in text for name in (self.doc_id, *self.uris) if name)


def without_document(answer: Mapping[str, Any], gone: GoneDocument, day: str) -> dict[str, Any]:
    """The answer without a document's words and names: its quotes, and the sentences that rest on them.

    What its asker wrote stays. ``day``: of the removal, for the notice of it.

    >>> cited = {"number": 1, "doc_id": "a", "quote": "Ask first.", "title": "A", "headings": []}
    >>> claim = {"text": "You ask first.", "citations": [1]}
    >>> given = {"question": "Whom?", "text": "You ask first. [1]", "claims": [claim], "citations": [cited]}
    >>> left = without_document(given, GoneDocument("a"), "2026-11-29")
    >>> left["text"], left["claims"][0]["text"], left["citations"][0]["quote"]
    ('(forgotten) [1]', '(forgotten)', '')
    >>> left["notices"]
    ['The source of [1] was removed for good on 2026-11-29: its words are not kept.']
    """
    own = {one["number"] for one in answer.get("citations", []) if one["doc_id"] == gone.doc_id}
    claims = [
        {**claim, "text": FORGOTTEN, "checks": {}} if own & {*claim["citations"]} else claim
        for claim in answer.get("claims", [])
    ]
    left = {**answer, "claims": claims}
    for name in ("citations", "excerpts"):
        if answer.get(name):
            left[name] = [_emptied(one, gone) for one in answer[name]]
    if answer.get("abstention"):
        near = [_emptied(one, gone) for one in answer["abstention"].get("nearest", [])]
        left["abstention"] = {**answer["abstention"], "nearest": near}
    if answer.get("disagreements"):
        left["disagreements"] = [
            {**one, "why": FORGOTTEN} if own & {*one["citations"]} else one for one in answer["disagreements"]
        ]
    if own:
        marks = [f"{claim['text']} {''.join(f'[{n}]' for n in claim['citations'])}" for claim in claims]
        left["text"] = " ".join(marks)
    left["notices"] = [
        FORGOTTEN if _about(one, own, gone) else one for one in answer.get("notices", [])
    ]  # fmt: skip
    if isinstance(answer.get("receipt"), Mapping):
        left["receipt"] = _receipt(answer["receipt"], gone, own)
    asked = str(answer.get("question", ""))
    swept: dict[str, Any] = {
        key: value if key == "question" else _swept(value, gone, asked) for key, value in left.items()
    }
    if isinstance(answer.get("receipt"), Mapping) and "user" in answer["receipt"]:
        swept["receipt"]["user"] = answer["receipt"]["user"]
    if own:
        said = " and ".join(f"[{number}]" for number in sorted(own))
        notice = f"The source of {said} was removed for good on {day}: its words are not kept."
        swept["notices"] = [*swept["notices"], notice]
    return swept


def _emptied(one: Mapping[str, Any], gone: GoneDocument) -> dict[str, Any]:
    """A citation, an excerpt or a passage of the document, without what is the document's own."""
    if one["doc_id"] != gone.doc_id:
        return dict(one)
    empty: dict[str, Any] = {
        "doc_id": gone.tombstone, "version": "", "quote": "", "text": "", "excerpt": "", "lead": "",
        "title": FORGOTTEN, "headings": [], "uri": "", "link": "", "rects": [],
    }  # fmt: skip
    return {key: empty.get(key, value) for key, value in one.items()}


def _about(notice: str, own: Collection[int], gone: GoneDocument) -> bool:
    """Whether a notice speaks of the document: by the number of a citation, or by its title."""
    titles = [title for title in gone.titles if title]
    return any(f"[{number}]" in notice for number in own) or any(title in notice for title in titles)


def _receipt(receipt: Mapping[str, Any], gone: GoneDocument, own: Collection[int]) -> dict[str, Any]:
    """The receipt without what a model wrote that had the document before it, what checks quote of it, hashes
    of its quotes, by which short ones could be guessed, and the signature, which is of another answer now."""
    left = {key: value for key, value in receipt.items() if key != "signature"}
    if left.get("quotes"):
        left["quotes"] = [one for one in left["quotes"] if one["number"] not in own]
    if gone.doc_id not in repr(receipt):
        return left
    if left.get("model_reason"):
        left["model_reason"] = FORGOTTEN
    if left.get("citings"):
        left["citings"] = [
            [{key: one[key] for key in ("sentence", "verdict") if key in one} for one in round_]
            for round_ in left["citings"]
        ]
    return left


def _swept(data: Any, gone: GoneDocument, asked: str) -> Any:
    """Data without names of the document, and without texts that have its words and are not the question."""
    if isinstance(data, dict):
        return {key: _swept(value, gone, asked) for key, value in data.items()}
    if isinstance(data, list):
        return [_swept(value, gone, asked) for value in data]
    if not isinstance(data, str) or data == asked:
        return data
    if gone.names_it(data):
        data = re.sub(rf"{re.escape(gone.doc_id)}(?:@[0-9a-f]+)?", gone.tombstone, data)
        for uri in filter(None, gone.uris):
            data = data.replace(uri, gone.tombstone)
    return FORGOTTEN if gone.has_words(data) else data
