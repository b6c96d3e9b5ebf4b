"""Passages for words, without an answer: for who may read them, and as the guards let them be shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from app.api.contract.searching import FoundPassage
from app.api.dropped import while_connected
from app.api.service import Service
from app.api.shown_passages import shown_passages
from app.errors import PinciteError
from app.identity.caller import Caller
from app.retrieval.scope import checked_filters
from graphs.parts import GuardFailedError
from tools.scoped_search import scoped_search

MOST_PASSAGES = 100
"""How far down the best passages one may look."""


class NotSearchableError(PinciteError, RuntimeError):
    """Passages cannot be shown now; the message is one line."""

    code = "search-failed"
    status = 503


@dataclass(frozen=True, slots=True)
class FoundPassages:
    """``more``: whether there are passages after these. ``notices``: what of the index was not searched."""

    passages: Sequence[FoundPassage]
    more: bool
    notices: Sequence[str]


async def search_passages(
    service: Service,
    request: Request,
    caller: Caller,
    query: str,
    filters: Sequence[str],
    limit: int,
    offset: int,
) -> FoundPassages:
    """The best passages for ``query`` that the caller may read, from number ``offset`` on.

    It takes a place of those for questions, and counts as one: a search reads both indexes.

    Raises:
        FilterError: a filter is none. NotSearchableError: nothing can be shown. As ``Service.place`` does.
    """
    pincite = service.pincite(caller)
    wanted = checked_filters(list(filters))
    last = min(offset + limit, MOST_PASSAGES)
    parts = pincite.parts
    if parts is None:
        raise NotSearchableError("this application has no guards to show passages by; ask a question")

    async def searched() -> FoundPassages:
        async with service.place(caller):
            found = await scoped_search(
                pincite.retriever,
                query,
                groups=service.requester(caller).groups,
                filters=wanted,
                k=min(last + 1, MOST_PASSAGES),
            )
            notices = dict.fromkeys(
                str(one.metadata["degraded"]) for one in found if "degraded" in one.metadata
            )
            shown = await asyncio.to_thread(shown_passages, parts, found[offset:last])
            return FoundPassages(shown, len(found) > last, list(notices))

    try:
        return await while_connected(request, searched())
    except GuardFailedError as error:
        raise NotSearchableError(str(error)) from error
