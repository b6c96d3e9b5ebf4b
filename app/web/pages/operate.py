"""``/operate``: keys, spending, questions that wait for people, and who changed what."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.api.auth.required import Operator, Reviewer
from app.api.routes.path_names import PathName
from app.controls.budgets.open import ledger_of
from app.controls.budgets.usage import AccountUsage, usage_of
from app.errors import PinciteError
from app.identity.caller import ROLES, Caller
from app.identity.keys import ApiKey, ApiKeyError, check_key, check_rotation
from app.web.site import Site

LINES = 200
"""Of the audit log."""

DONE = {
    "revoked": "The key is revoked. Whoever logged in with it is out.",
    "closed": "The question is closed.",
}


def add_operate_pages(app: FastAPI, site: Site) -> None:
    """The routes. An operator sees their own tenant, and no other."""
    service = site.service

    @app.get("/operate", include_in_schema=False)
    async def operate_page(request: Request, caller: Operator) -> Response:
        usage = await asyncio.to_thread(spent, caller)
        keys = await asyncio.to_thread(service.keys.list, caller.tenant)
        waiting = await asyncio.to_thread(service.questions(caller).list)
        now = service.keys.now.isoformat()
        counts = {"valid": sum(not one.revoked_at and one.expires_at > now for one in keys), "all": len(keys)}
        return site.page(request, "operate.html", title="Operate", usage=usage, keys=counts, waiting=waiting)

    def spent(caller: Caller) -> list[AccountUsage]:
        with closing(ledger_of(service.pincite(caller).settings)) as ledger:
            return usage_of(ledger, None)

    @app.get("/operate/keys", include_in_schema=False)
    async def keys_page(request: Request, caller: Operator, done: str = "") -> Response:
        return await shown_keys(request, caller, done=DONE.get(done, ""))

    async def shown_keys(request: Request, caller: Caller, status: int = 200, **told: Any) -> Response:
        keys = await asyncio.to_thread(service.keys.list, caller.tenant)
        now = service.keys.now.isoformat()
        rows = [(one, state_of(one, now)) for one in keys]
        known = {"done": "", "why": "", "made": None, "wanted": {}, **told}
        return site.page(request, "keys.html", status, "Keys", keys=rows, roles=ROLES, **known)

    @app.post("/operate/keys", include_in_schema=False)
    async def issue(
        request: Request,
        caller: Operator,
        name: Annotated[str, Form(max_length=200)] = "",
        user: Annotated[str, Form(max_length=200)] = "",
        groups: Annotated[str, Form(max_length=5000)] = "",
        roles: Annotated[list[str], Form(max_length=10)] = [],  # noqa: B006 - FastAPI copies it
        days: Annotated[str, Form(max_length=20)] = "90",
    ) -> Response:
        """Make a key. Its secret is on the page that answers, and nowhere again."""
        named = [one.strip() for one in groups.split(",") if one.strip()]
        how: dict[str, Any] = {"user": user.strip(), "roles": roles, "groups": named}
        try:
            how["days"] = whole_days(days)
            check_key(name.strip(), **how)
        except PinciteError as error:
            wanted = {"name": name, "user": user, "groups": groups, "roles": roles, "days": days}
            return await shown_keys(request, caller, 422, why=str(error), wanted=wanted)
        await service.note(request, caller, "keys.issue", how["user"])
        made = await asyncio.to_thread(service.keys.issue, name.strip(), tenant=caller.tenant, **how)
        return await shown_keys(request, caller, 201, made=made)

    @app.post("/operate/keys/{id}/rotate", include_in_schema=False)
    async def rotate(request: Request, id: PathName, caller: Operator) -> Response:
        """A new key that may do the same; the old one goes on for a day."""
        key = await asyncio.to_thread(service.keys.find, id, caller.tenant)
        check_rotation(key, 24, 90)
        await service.note(request, caller, "keys.rotate", key.id)
        made = await asyncio.to_thread(service.keys.rotate, key.id)
        return await shown_keys(request, caller, 201, made=made)

    @app.get("/operate/keys/{id}/revoke", include_in_schema=False)
    async def revoke_page(request: Request, id: PathName, caller: Operator) -> Response:
        """Asks once more."""
        key = await asyncio.to_thread(service.keys.find, id, caller.tenant)
        return site.page(request, "revoke_key.html", title="Revoke a key", key=key)

    @app.post("/operate/keys/{id}/revoke", include_in_schema=False)
    async def revoke(request: Request, id: PathName, caller: Operator) -> Response:
        key = await asyncio.to_thread(service.keys.find, id, caller.tenant)
        await service.note(request, caller, "keys.revoke", key.id)
        await asyncio.to_thread(service.keys.revoke, key.id)
        return RedirectResponse("/operate/keys?done=revoked", 303)

    @app.get("/operate/questions", include_in_schema=False)
    async def questions_page(request: Request, caller: Reviewer, done: str = "") -> Response:
        """What the documents did not answer, for whoever looks after them."""
        found = await asyncio.to_thread(service.questions(caller).list)
        return site.page(
            request, "questions.html", title="Questions for people", found=found, done=DONE.get(done, "")
        )

    @app.post("/operate/questions/{number}/close", include_in_schema=False)
    async def close(request: Request, number: int, caller: Reviewer) -> Response:
        await service.note(request, caller, "questions.close", str(number))
        await asyncio.to_thread(service.questions(caller).close, number)
        return RedirectResponse("/operate/questions?done=closed", 303)

    @app.get("/operate/audit", include_in_schema=False)
    async def audit_page(request: Request, caller: Operator) -> Response:
        lines = await asyncio.to_thread(service.audit(caller).list, LINES)
        return site.page(request, "audit.html", title="Audit log", lines=lines, most=LINES)


def whole_days(text: str) -> int:
    """A number of days as somebody typed it. Raises ``ApiKeyError``: it is none."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal()):
        raise ApiKeyError("the days that a key is valid are a whole number, as 90")
    return int(digits)


def state_of(key: ApiKey, now: str) -> str:
    """What a key is worth at an ISO time in UTC."""
    if key.revoked_at:
        return "revoked"
    return "valid" if key.expires_at > now else "expired"
