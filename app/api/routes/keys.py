"""``/v1/keys``, ``/v1/me`` and ``/v1/audit``: who may call, who calls, and who changed what."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request

from app.api.auth.required import AnyCaller, Operator
from app.api.contract.keys import AuditEntry, KeyItem, KeyMade, KeyRequest, RotateRequest, WhoAmI
from app.api.contract.problem import ProblemDocument
from app.api.routes.path_names import PathName
from app.api.service import Service
from app.identity.caller import ROLES
from app.identity.keys import ApiKey, NewKey, check_key, check_rotation

NONE: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "There is no such key in your tenant."}
}


def add_key_routes(app: FastAPI, service: Service) -> None:
    """The routes. An operator sees and makes keys of their own tenant, and no other."""

    @app.get("/v1/me", tags=["who"])
    async def me(caller: AnyCaller) -> WhoAmI:
        """Who you are here, and what you may do."""
        return WhoAmI(
            user=caller.user,
            tenant=caller.tenant,
            groups=list(caller.groups),
            roles=[role for role in ROLES if caller.may(role)],
            key=caller.key,
            by=caller.by,
        )

    @app.get("/v1/keys", tags=["who"])
    async def keys(caller: Operator) -> list[KeyItem]:
        """All keys of your tenant, without their secrets, the newest first."""
        return [_item(key) for key in await asyncio.to_thread(service.keys.list, caller.tenant)]

    @app.post("/v1/keys", tags=["who"], status_code=201)
    async def issue(wanted: KeyRequest, request: Request, caller: Operator) -> KeyMade:
        """Make a key. Its secret is told in this response and never again."""
        check_key(wanted.name, user=wanted.user, roles=wanted.roles, groups=wanted.groups, days=wanted.days)
        await service.note(request, caller, "keys.issue", wanted.user)
        made = await asyncio.to_thread(
            service.keys.issue,
            wanted.name,
            user=wanted.user,
            tenant=caller.tenant,
            roles=wanted.roles,
            groups=wanted.groups,
            days=wanted.days,
        )
        return _made(made)

    @app.post("/v1/keys/{id}/rotate", tags=["who"], status_code=201, responses=NONE)
    async def rotate(id: PathName, how: RotateRequest, request: Request, caller: Operator) -> KeyMade:
        """Make a new key that may do the same; the old one goes on for ``grace_hours``."""
        key = await asyncio.to_thread(service.keys.find, id, caller.tenant)
        check_rotation(key, how.grace_hours, how.days)
        await service.note(request, caller, "keys.rotate", key.id)
        made = await asyncio.to_thread(
            service.keys.rotate, key.id, grace_hours=how.grace_hours, days=how.days
        )
        return _made(made)

    @app.delete("/v1/keys/{id}", tags=["who"], responses=NONE)
    async def revoke(id: PathName, request: Request, caller: Operator) -> KeyItem:
        """End a key at once, for good."""
        key = await asyncio.to_thread(service.keys.find, id, caller.tenant)
        await service.note(request, caller, "keys.revoke", key.id)
        return _item(await asyncio.to_thread(service.keys.revoke, key.id))

    @app.get("/v1/audit", tags=["who"])
    async def audit(caller: Operator, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> list[AuditEntry]:
        """Who changed what in your tenant, the newest first."""
        found = await asyncio.to_thread(service.audit(caller).list, limit)
        return [AuditEntry(**asdict(one)) for one in found]


def _item(key: ApiKey) -> KeyItem:
    return KeyItem.model_validate(asdict(key))


def _made(new: NewKey) -> KeyMade:
    return KeyMade(key=_item(new.key), secret=new.secret)
