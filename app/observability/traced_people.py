"""Who asks, in the state and receipts that traces hold: hashed as in log lines."""

from __future__ import annotations

from typing import Any

from app.observability.request_log import user_hash


def hash_people(data: Any, key: bytes) -> Any:
    """JSON data with hashes of who asks: of the user and groups of owners and receipts, and of the user whose
    account of a budget is named. No seal is left. It is changed in place.

    >>> hash_people({"owner": {"user": "ann", "groups": [], "seal": "00"}}, b"k")
    {'owner': {'user': '91d879103cfd1dda', 'groups': []}}
    """
    waiting = [data]
    # Not by recursion: who writes the data decides how deep it is.
    while waiting:
        inside = waiting.pop()
        if isinstance(inside, dict):
            user, groups, who = inside.get("user"), inside.get("groups"), inside.get("who")
            if isinstance(user, str) and isinstance(groups, list):
                inside["user"] = user_hash(user, key)
                inside["groups"] = [user_hash(str(one), key) for one in groups]
                inside.pop("seal", None)
            if inside.get("of") == "user" and isinstance(who, str):
                inside["who"] = user_hash(who, key)
            waiting.extend(inside.values())
        elif isinstance(inside, list):
            waiting.extend(inside)
    return data
