"""What ``langgraph.json`` names as its ``auth``: the same keys and tokens on a LangGraph server.

Read from the environment when the server imports it; a server of ``langgraph dev`` lets callers without a key
in unless ``PINCITE_AUTH__REQUIRED`` is set, as ours does on loopback.
"""

from __future__ import annotations

import asyncio
from typing import Any

from langgraph_sdk import Auth

from app.api.advice import advised
from app.conversations.server_owners import keep_owners
from app.errors import PinciteError
from app.identity.caller import Caller
from app.identity.identify import Identification, make_identification
from app.settings import Settings, load_settings


def make_login(settings: Settings) -> Auth:
    """The server's log-in: who calls, and that each sees their own threads, runs, assistants and crons."""
    # The server's graph is of one tenant.
    api = settings.api.model_copy(update={"tenants": []})
    only_here = make_identification(settings.model_copy(update={"api": api}))
    login = Auth()

    @login.authenticate
    async def authenticate(headers: dict[Any, Any]) -> dict[str, Any]:
        try:
            caller = await asyncio.to_thread(_caller, only_here, headers)
        except PinciteError as error:
            raise Auth.exceptions.HTTPException(status_code=error.status, detail=advised(error)) from None
        return {
            "identity": caller.user,
            "is_authenticated": True,
            "groups": list(caller.groups),
            "key": caller.key,
            "permissions": sorted(caller.roles),
        }

    keep_owners(login)
    return login


def _caller(identify: Identification, headers: dict[Any, Any]) -> Caller:
    caller = identify({_text(name).lower(): _text(value) for name, value in headers.items()})
    caller.need("asker")
    return caller


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


auth = make_login(load_settings())
