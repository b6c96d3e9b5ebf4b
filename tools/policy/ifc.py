"""Labels that MCP servers put on results, experimental: ``_meta.ifc``, of GitHub's server and of FIDES.

``{"integrity": "trusted" | "untrusted", "confidentiality": "public" | "private" | [readers]}``; older forms
have ``high`` and ``low``. A server is a stranger, so a label may restrict, never permit, unless the operator
trusts it to call something public. Nothing makes a result trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.policy.labels import Clauses

MOST_READERS = 100
PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class ServerLabel:
    """``clauses``: who may know it, as groups ``SERVER:READER``, of which nobody here is a member.

    ``public``: the server says that anybody may. ``said``: what it said, for the receipt.
    """

    clauses: Clauses
    public: bool
    said: str


def read_ifc(server: str, meta: Mapping[str, Any] | None) -> ServerLabel | None:
    """The label in a result's ``_meta``; None where there is none. What cannot be read is private.

    >>> read_ifc("hub", {"ifc": {"integrity": "untrusted", "confidentiality": ["ann"]}}).clauses
    frozenset({frozenset({'hub:ann'})})
    >>> read_ifc("hub", {"ifc": {"integrity": "trusted", "confidentiality": "public"}}).public
    True
    >>> read_ifc("hub", {"ifc": "public"}).said
    'unreadable'
    """
    if not meta or "ifc" not in meta:
        return None
    private = frozenset({frozenset({f"{server}:{PRIVATE}"})})
    label = meta["ifc"]
    if not isinstance(label, Mapping) or label.get("integrity") not in (
        "trusted",
        "untrusted",
        "high",
        "low",
    ):
        return ServerLabel(private, False, "unreadable")
    readers = label.get("confidentiality")
    if readers in ("public", ["public"]):
        return ServerLabel(frozenset(), True, "public")
    if isinstance(readers, list) and _are_names(readers):
        return ServerLabel(frozenset({frozenset(f"{server}:{one}" for one in readers)}), False, "readers")
    return ServerLabel(private, False, PRIVATE if readers == PRIVATE or readers == [] else "unreadable")


def _are_names(readers: list[Any]) -> bool:
    """Whether these are readers; "public" among others is none."""
    if not 0 < len(readers) <= MOST_READERS or "public" in readers:
        return False
    return all(isinstance(one, str) and 0 < len(one) <= 100 for one in readers)
