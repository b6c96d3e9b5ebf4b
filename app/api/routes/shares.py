"""``/v1/shares``: conversations that others may read by a link."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI, Request

from app.api.auth.required import Asker
from app.api.contract.problem import ProblemDocument
from app.api.contract.shares import SharedAnswerTurn, SharedThread, ShareItem, ShareRequest
from app.api.routes.path_names import PathName
from app.api.service import Service
from app.asking.shared import said_so_far, shared_turns
from app.conversations.shares import Share
from app.conversations.store import thread_of
from app.identity.caller import Caller

NONE: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "There is no such share or conversation for you."}
}


def add_share_routes(app: FastAPI, service: Service) -> None:
    """The routes. Nobody writes into a conversation by a share of it."""

    @app.post("/v1/shares", tags=["shares"], status_code=201, responses=NONE)
    async def share(given: ShareRequest, request: Request, caller: Asker) -> ShareItem:
        """Let others of your tenant who have the link read a conversation of yours, as far as it is now.

        Each reads only what rests on documents that they may read themselves. Shared again, the link stays
        and shows what was said since.
        """
        return _item(await make_share(service, request, caller, given.thread))

    @app.get("/v1/shares", tags=["shares"])
    async def shares(caller: Asker) -> list[ShareItem]:
        """What you share, the newest first."""
        return [_item(one) for one in await asyncio.to_thread(service.shares(caller).list, caller.user)]

    @app.get("/v1/shares/{id}", tags=["shares"], responses=NONE)
    async def shared(id: PathName, caller: Asker) -> SharedThread:
        """A conversation that somebody shares, as you may read it today."""
        found = await asyncio.to_thread(service.shares(caller).find, id)
        turns = await shared_turns(service.pincite(caller), found, service.requester(caller))
        return SharedThread(
            turns=[SharedAnswerTurn(question=one.question, answer=one.answer) for one in turns]
        )

    @app.delete("/v1/shares/{id}", tags=["shares"], status_code=204, responses=NONE)
    async def end(id: PathName, request: Request, caller: Asker) -> None:
        """End a share of yours: its link opens nothing any more."""
        await end_share(service, request, caller, id)


async def make_share(service: Service, request: Request, caller: Caller, name: str) -> Share:
    """Raises ``ConversationError``."""
    said = await said_so_far(service.pincite(caller), caller.user, name)
    await service.note(request, caller, "shares.make", thread_of(caller.user, name))
    return await asyncio.to_thread(service.shares(caller).make, caller.user, name, len(said))


async def end_share(service: Service, request: Request, caller: Caller, share_id: str) -> None:
    """Raises ``NoSuchShareError``."""
    # Its beginning only: the whole opens the conversation.
    await service.note(request, caller, "shares.end", share_id[:8])
    await asyncio.to_thread(service.shares(caller).end, caller.user, share_id)


def _item(share: Share) -> ShareItem:
    return ShareItem(id=share.id, thread=share.name, turns=share.turns, made_at=share.made_at)
