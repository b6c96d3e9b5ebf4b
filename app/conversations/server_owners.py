"""Owners on a LangGraph server: what somebody made there is nobody else's to see, to change or to run."""

from __future__ import annotations

from typing import Any

from langgraph_sdk import Auth

OWNER = "owner"
"""The key in the metadata of threads, runs, assistants and crons."""

_MADE_BY = "created_by"
"""Marks the assistants that the server made itself, one a graph: everybody may see and run those."""


def keep_owners(auth: Auth) -> None:
    """Let the server give each their own: mark what is made, and answer 404 to what is another's.

    For the ``auth`` that a ``langgraph.json`` names, after its ``authenticate``. Set ``disable_studio_auth``
    beside it: otherwise a header makes anybody the developer of a local server.
    """

    @auth.on
    async def own(ctx: Auth.types.AuthContext, value: Any) -> Any:
        owner = str(ctx.user.identity)
        if ctx.resource == "store":
            given = tuple(value.get("namespace") or ())
            value["namespace"] = given if given[:1] == (owner,) else (owner, *given)
            return None
        if ctx.action in ("create", "update", "create_run") and isinstance(value, dict):
            # Over whatever the caller says; in place, since the server keeps the dictionary itself.
            if value.get("metadata") is None:
                value["metadata"] = {}
            value["metadata"].pop(_MADE_BY, None)
            value["metadata"][OWNER] = owner
        mine = {OWNER: owner}
        if ctx.resource == "assistants" and ctx.action in ("read", "search"):
            return {"$or": [mine, {_MADE_BY: "system"}]}
        return mine
