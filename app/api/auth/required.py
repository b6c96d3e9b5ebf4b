"""What a route needs of its caller, as FastAPI's dependencies."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.identity.caller import Caller

# Only for the OpenAPI document: the middleware has looked at the header before.
_SHOWN = HTTPBearer(auto_error=False, description="A key (`pck_…`), or a token of the login server.")


async def caller_of(
    request: Request, _shown: Annotated[HTTPAuthorizationCredentials | None, Security(_SHOWN)] = None
) -> Caller:
    """Who calls, whatever they may do."""
    caller: Caller = request.state.caller
    return caller


async def asker(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    caller.need("asker")
    return caller


async def contributor(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    caller.need("contributor")
    return caller


async def reviewer(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    caller.need("reviewer")
    return caller


async def operator(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    caller.need("operator")
    return caller


AnyCaller = Annotated[Caller, Depends(caller_of)]
Asker = Annotated[Caller, Depends(asker)]
Contributor = Annotated[Caller, Depends(contributor)]
Reviewer = Annotated[Caller, Depends(reviewer)]
Operator = Annotated[Caller, Depends(operator)]
