"""Whose conversation it is: earlier turns are read for nobody but who had them, with the rights of then."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from graphs.contracts import Problem
from graphs.parts import Principal
from graphs.state import AnswerState

NOT_YOURS = "not-your-conversation"

_MESSAGE = (
    "This conversation was held by somebody else, or with rights that you do not have now; begin another."
)


def owner_of(key: bytes, user: str, groups: list[str]) -> dict[str, Any]:
    """Who a conversation belongs to and the groups its turns could read for, sealed."""
    shown = json.dumps(["owner", user, groups], ensure_ascii=False).encode("utf-8", "surrogatepass")
    return {"user": user, "groups": groups, "seal": hmac.new(key, shown, hashlib.sha256).hexdigest()}


def claim(key: bytes, state: AnswerState, who: Principal) -> tuple[dict[str, Any], Problem | None]:
    """The owner after this turn; and why it is not taken on, where it is not who asks.

    Who has more groups than before may go on; who lost one may not, since an earlier turn may rest on it.
    """
    known: Mapping[str, Any] = state.get("owner") or {}
    groups = sorted(set(who.groups))
    if not known and not state.get("asked"):
        return owner_of(key, who.user, groups), None
    if _is_sealed(key, known) and known["user"] == who.user and set(known["groups"]) <= set(groups):
        return owner_of(key, who.user, groups), None
    return dict(known), Problem(code=NOT_YOURS, message=_MESSAGE)


def _is_sealed(key: bytes, known: Mapping[str, Any]) -> bool:
    user, groups = known.get("user"), known.get("groups")
    if not isinstance(user, str) or not isinstance(groups, list):
        return False
    if not all(isinstance(group, str) for group in groups):
        return False
    return hmac.compare_digest(str(known.get("seal")).encode(), owner_of(key, user, groups)["seal"].encode())
