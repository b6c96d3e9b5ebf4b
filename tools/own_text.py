"""What a tool of ours says in its own words: evidence with no word that a model chose, and where it rests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from langchain_core.documents import Document

COMPUTE = "compute"
QUERY_TABLE = "query_table"

RECKONED = (f"tool:{COMPUTE}:", f"tool:{QUERY_TABLE}:")
"""Begin the ids of what was reckoned, from places that are cited beside it."""

RESTS_ON = "rests_on"
"""In the metadata of what was reckoned: where its inputs stand, as ``doc_id``, ``version``, ``start``,
``end``; with ``of``, the characters of the text that rest on them, where that is not all of it."""

Place = Mapping[str, Any]


def own_document(tool: str, title: str, text: str, places: Sequence[Place], **more: Any) -> Document:
    """The text as a document that tells its version itself."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    distinct = [one for at, one in enumerate(places) if one not in places[:at]]
    metadata = {"title": title, "metadata": {RESTS_ON: distinct, **more}}
    return Document(text, id=f"tool:{tool}:{digest[:10]}", metadata=metadata)


def is_reckoned(passage: Mapping[str, Any]) -> bool:
    """Whether one of our tools reckoned it."""
    return str(passage["doc_id"]).startswith(RECKONED)


def rests_on(passage: Mapping[str, Any], start: int, end: int) -> list[dict[str, Any]]:
    """Where the inputs stand of what a tool of ours said there; none of any other passage."""
    if not is_reckoned(passage):
        return []
    places: Iterable[Place] = (passage.get("metadata") or {}).get(RESTS_ON, [])
    return [
        {key: value for key, value in one.items() if key != "of"}
        for one in places
        if "of" not in one or (one["of"][0] < end and start < one["of"][1])
    ]
