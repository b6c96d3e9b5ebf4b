"""Who asks on a LangGraph server: the user that its login made, never what the caller's request holds."""

from __future__ import annotations

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.parts import ANONYMOUS, IdentityError, Principal
from graphs.state import AskContext

_USER = "langgraph_auth_user"
"""Where the server puts its user. A request's ``config`` may hold the same name at its top, which LangGraph
moves over the server's."""


def server_principal(runtime: Runtime[AskContext], config: RunnableConfig) -> Principal:
    """The server's own user, an object, which no JSON can make; its groups, or else its permissions.

    Without a login on the server everybody is anonymous and in no group.

    Raises:
        IdentityError: the request says who asks, as data; or the login's groups are no list of names.
    """
    user = runtime.server_info.user if runtime.server_info is not None else None
    given = (config.get("configurable") or {}).get(_USER)
    if given is not None and given is not user:
        raise IdentityError("Who asks is for the server's login to say, not for the request: leave it out")
    if user is None:
        return Principal()
    key = _of(user, "key")
    return Principal(str(user.identity) or ANONYMOUS, _groups(user), key if isinstance(key, str) else "")


def _groups(user: Any) -> tuple[str, ...]:
    """Groups of a user object, as an attribute or an item; permissions where it has none."""
    found = _of(user, "groups")
    if found is None:
        found = _of(user, "permissions")
    if found is None:
        return ()
    # A string is a sequence too: of letters, not of groups.
    if not isinstance(found, list | tuple | set | frozenset) or not all(
        isinstance(one, str) for one in found
    ):
        raise IdentityError("The groups that the server's login gives are no list of names: nobody is let in")
    return tuple(found)


def _of(user: Any, name: str) -> Any:
    if (found := getattr(user, name, None)) is not None:
        return found
    try:
        return user[name]
    except (AttributeError, KeyError, TypeError, NotImplementedError):
        return None
