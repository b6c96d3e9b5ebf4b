"""``/conversations/{name}/share`` and ``/shared/{id}``: let others read a conversation, and read it."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from app.api.auth.required import Asker
from app.api.routes.path_names import PathName
from app.api.routes.shares import end_share, make_share
from app.asking.shared import said_so_far, shared_turns
from app.web.answer_parts import shown_answer
from app.web.site import Site
from app.web.turns import ShownTurn


def add_share_pages(app: FastAPI, site: Site) -> None:
    """The routes."""
    service = site.service

    @app.get("/conversations/{name}/share", include_in_schema=False)
    async def share_page(request: Request, name: PathName, caller: Asker) -> Response:
        """Whether a conversation of theirs is shared, and its link."""
        said = await said_so_far(service.pincite(caller), caller.user, name)
        share = await asyncio.to_thread(service.shares(caller).of, caller.user, name)
        link = str(request.base_url.replace(path=f"/shared/{share.id}")) if share else ""
        return site.page(
            request,
            "share.html",
            title="Share",
            conversation=name,
            share=share,
            link=link,
            more=share is not None and share.turns < len(said),
            question=said[0].content[:200] if said else name,
        )

    @app.post("/conversations/{name}/share", include_in_schema=False)
    async def share(request: Request, name: PathName, caller: Asker) -> Response:
        """Share it as far as it is now."""
        await make_share(service, request, caller, name)
        return RedirectResponse(_address(name), 303)

    @app.post("/conversations/{name}/unshare", include_in_schema=False)
    async def unshare(request: Request, name: PathName, caller: Asker) -> Response:
        """End the sharing; nothing is to be done where it has ended."""
        found = await asyncio.to_thread(service.shares(caller).of, caller.user, name)
        if found is not None:
            await end_share(service, request, caller, found.id)
        return RedirectResponse(_address(name), 303)

    @app.get("/shared/{id}", include_in_schema=False)
    async def shared_page(request: Request, id: PathName, caller: Asker) -> Response:
        """A conversation that somebody shares, as whoever looks may read it."""
        found = await asyncio.to_thread(service.shares(caller).find, id)
        said = await shared_turns(service.pincite(caller), found, service.requester(caller))
        turns = [
            ShownTurn(f"turn-{at}", one.question, "", shown_answer(one.answer) if one.answer else None)
            for at, one in enumerate(said)
        ]
        return site.page(request, "shared.html", title="Shared conversation", share=found, turns=turns)


def _address(name: str) -> str:
    return f"/conversations/{quote(name, safe='')}/share"
