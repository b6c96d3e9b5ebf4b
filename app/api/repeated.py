"""Requests that are sent again under the same ``Idempotency-Key``: done once, answered alike."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi.responses import Response

from app.errors import PinciteError
from app.identity.caller import Caller

KEPT_S = 24 * 3600
"""Seconds a response is given again, as the field's usual services do."""

MOST_KEPT = 1000
MOST_BYTES = 256_000
"""Of a response that is kept; a longer one is not, and its request is done again."""


class IdempotencyError(PinciteError, ValueError):
    """The key was used for another request, which is never right."""

    code = "idempotency-key"
    status = 422


class InProgressError(PinciteError, RuntimeError):
    """The request with this key is being done; ask again."""

    code = "in-progress"
    status = 409
    retryable = True


@dataclass(slots=True)
class _Kept:
    body: str
    at: float
    response: tuple[int, bytes, str] | None = None


class Repeated:
    """The responses of one server process, by caller and key; forgotten with it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()

    async def once(
        self, caller: Caller, key: str, path: str, body: bytes, work: Callable[[], Awaitable[Response]]
    ) -> Response:
        """The response of ``work``, or what it was the first time; without a key it is done each time.

        Raises:
            IdempotencyError: the key came with another request before.
            InProgressError: the first is not finished.
        """
        if not key:
            return await work()
        self._tidy()
        name = (caller.tenant, caller.user, caller.key, path, key)
        digest = hashlib.sha256(body).hexdigest()
        known = self._kept.get(name)
        if known is not None:
            if known.body != digest:
                raise IdempotencyError("this Idempotency-Key came with another request; take a new one")
            if known.response is None:
                raise InProgressError("the request with this Idempotency-Key is being done; ask again soon")
            status, content, kind = known.response
            return Response(content, status, {"idempotency-replayed": "true"}, media_type=kind)
        kept = self._kept[name] = _Kept(digest, self._clock())
        try:
            response = await work()
        except BaseException:
            del self._kept[name]
            raise
        # What failed may be tried again.
        if response.status_code < 500 and len(response.body) <= MOST_BYTES:
            kept.response = (response.status_code, bytes(response.body), response.media_type or "")
        else:
            del self._kept[name]
        return response

    def _tidy(self) -> None:
        oldest = self._clock() - KEPT_S
        while self._kept:
            name, first = next(iter(self._kept.items()))
            if first.at >= oldest and len(self._kept) < MOST_KEPT:
                return
            del self._kept[name]
