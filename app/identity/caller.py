"""Who calls the service, as a key or a token established it, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from app.errors import PinciteError
from graphs.parts import ANONYMOUS, Principal

Role = Literal["asker", "contributor", "reviewer", "operator"]
"""asker: asks, and sees their own answers and threads. contributor: adds documents, and changes their own.
reviewer: reads everybody's answers and feedback. operator: all of it, and keys, usage and the audit log."""

ROLES: tuple[Role, ...] = get_args(Role)
EVERY_ROLE: frozenset[Role] = frozenset(ROLES)


class AuthenticationError(PinciteError, PermissionError):
    """Nobody is known by what was shown, or nothing was shown where something must be."""

    code = "unauthenticated"
    status = 401


class NotAllowedError(PinciteError, PermissionError):
    """The caller is known, and has not the role that this needs."""

    code = "not-allowed"
    status = 403


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. ``key`` is the public name of the key that was shown; ``by`` is how they are known."""

    user: str = ANONYMOUS
    groups: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset({"asker"})
    tenant: str = ""
    key: str = ""
    by: Literal["nothing", "key", "token", "session"] = "nothing"

    @property
    def principal(self) -> Principal:
        """As the graph knows them."""
        return Principal(self.user, self.groups, self.key)

    def may(self, role: Role) -> bool:
        """Whether they have a role; an operator has all.

        >>> Caller().may("asker"), Caller().may("operator")
        (True, False)
        """
        return role in self.roles or "operator" in self.roles

    @property
    def known(self) -> bool:
        """Whether a key or a login says who they are."""
        return self.by != "nothing"

    def need(self, role: Role) -> None:
        """Raises ``NotAllowedError`` where they have not."""
        if not self.may(role):
            raise NotAllowedError(f"this needs the role {role}; ask whoever gave you the key or the login")


def roles_of(names: Iterable[str]) -> frozenset[Role]:
    """Names as roles. Raises ``ValueError`` for one that is none."""
    wanted = set(names)
    if unknown := wanted - EVERY_ROLE:
        raise ValueError(f"{sorted(unknown)[0]!r} is no role; there are {', '.join(ROLES)}")
    return frozenset(role for role in ROLES if role in wanted)
