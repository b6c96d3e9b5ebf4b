"""API keys: issued, rotated, revoked, found again by their beginning; only their hash is kept."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.errors import PinciteError
from app.identity.caller import AuthenticationError, Caller, Role, roles_of
from app.identity.user_names import check_user
from app.storage.sqlite import sqlite_file, write_anew

MARK = "pck_"
"""Begins every key, so that one that leaked is found by any search for secrets."""

_KEY = re.compile(rf"{MARK}([a-z0-9]{{12}})_[A-Za-z0-9_-]{{43}}")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"

MOST_DAYS = 3650
_TABLE = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL, name TEXT NOT NULL, user TEXT NOT NULL, tenant TEXT NOT NULL,
    groups TEXT NOT NULL, roles TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL,
    revoked_at TEXT NOT NULL DEFAULT '', used_on TEXT NOT NULL DEFAULT ''
)
"""
_COLUMNS = "id, name, user, tenant, groups, roles, created_at, expires_at, revoked_at, used_on"


class ApiKeyError(PinciteError, ValueError):
    """A key cannot be made so, or there is none of that name; the message is one line."""

    code = "api-key"
    status = 422


class NoSuchKeyError(ApiKeyError):
    """There is no such key."""

    code = "no-such-key"
    status = 404


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret. Times are ISO times in UTC; empty: never. ``used_on`` is a day."""

    id: str
    name: str
    user: str
    tenant: str
    groups: tuple[str, ...]
    roles: tuple[Role, ...]
    created_at: str
    expires_at: str
    revoked_at: str
    used_on: str

    @property
    def caller(self) -> Caller:
        return Caller(self.user, self.groups, frozenset(self.roles), self.tenant, self.id, "key")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made. ``secret`` is the whole key, told this once and kept nowhere."""

    key: ApiKey
    secret: str


def check_key(
    name: str, *, user: str, roles: Collection[str], groups: Collection[str], days: int
) -> tuple[Role, ...]:
    """Its roles in order, where such a key can be made; asked before an audit log notes that it is.

    Raises:
        ApiKeyError: a name is empty or too long, a role unknown, the time out of bounds.
    """
    for what, value in {"name": name, "user": user, **{f"group {one!r}": one for one in groups}}.items():
        try:
            check_user(value)
        except ValueError as error:
            raise ApiKeyError(f"the key's {what}: {error}") from None
    _check_days(days)
    try:
        known = tuple(sorted(roles_of(roles)))
    except ValueError as error:
        raise ApiKeyError(str(error)) from None
    if not known:
        raise ApiKeyError("a key needs a role")
    return known


def check_rotation(old: ApiKey, grace_hours: int, days: int) -> None:
    """Raises ``ApiKeyError`` where a key cannot be rotated so: it was revoked, or a time is out of bounds."""
    if old.revoked_at:
        raise ApiKeyError(f"the key {old.id} was revoked; issue another")
    if not 0 <= grace_hours <= 24 * 90:
        raise ApiKeyError("the old key may go on for 0 to 2160 hours")
    _check_days(days)


def _check_days(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise ApiKeyError(f"a key is valid for 1 to {MOST_DAYS} days, not {days}")


class KeyStore:
    """The keys of a data folder, in a file of their own; made with the first key."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now

    @property
    def now(self) -> datetime:
        """The time by which keys are valid or not."""
        return self._now()

    def issue(
        self,
        name: str,
        *,
        user: str,
        tenant: str,
        roles: Collection[str] = ("asker",),
        groups: Collection[str] = (),
        days: int = 90,
    ) -> NewKey:
        """Make a key that may do what ``roles`` may, until ``days`` days from now.

        Raises:
            ApiKeyError: a name is empty or too long, a role unknown, the time out of bounds.
        """
        known = check_key(name, user=user, roles=roles, groups=groups, days=days)
        now = self._now()
        ident = "".join(secrets.choice(_ALPHABET) for _ in range(12))
        secret = f"{MARK}{ident}_{secrets.token_urlsafe(32)}"
        key = ApiKey(
            ident,
            name,
            user,
            tenant,
            tuple(dict.fromkeys(groups)),
            known,
            now.isoformat(),
            (now + timedelta(days=days)).isoformat(),
            "",
            "",
        )
        with self._opened() as connection, connection:
            connection.execute(
                f"INSERT INTO keys ({_COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '', ?)",  # noqa: S608
                (
                    key.id,
                    name,
                    user,
                    tenant,
                    json.dumps(key.groups),
                    json.dumps(known),
                    key.created_at,
                    key.expires_at,
                    _hash(secret),
                ),
            )
        return NewKey(key, secret)

    def caller(self, secret: str) -> Caller:
        """Who shows this key.

        Raises:
            AuthenticationError: it is no key of ours, or has expired or been revoked; which, is not told.
        """
        match = _KEY.fullmatch(secret)
        if match is None or not self._path.exists():
            raise AuthenticationError("the key is not valid; show one that is, as `Authorization: Bearer …`")
        return self._valid(match[1], _hash(secret)).caller

    def caller_of(self, ident: str) -> Caller:
        """Who has the key of this id, where somebody showed it before. Raises ``AuthenticationError``."""
        return self._valid(ident, None).caller

    def _valid(self, ident: str, shown: str | None) -> ApiKey:
        now = self._now()
        with self._opened() as connection:
            row = connection.execute(
                f"SELECT hash, {_COLUMNS} FROM keys WHERE id = ?",  # noqa: S608
                (ident,),
            ).fetchone()
            held = shown is None or secrets.compare_digest(row[0] if row else "", shown)
            key = _key(row[1:]) if row else None
            if not held or key is None or key.revoked_at or key.expires_at <= now.isoformat():
                raise AuthenticationError("the key is not valid, or not any more; ask for another")
            if key.used_on < (today := now.date().isoformat()):
                with connection:
                    connection.execute("UPDATE keys SET used_on = ? WHERE id = ?", (today, key.id))
        return key

    def list(self, tenant: str | None = None) -> list[ApiKey]:
        """All keys, or those of a tenant, the newest first; also those that have expired or been revoked."""
        if not self._path.exists():
            return []
        query = f"SELECT {_COLUMNS} FROM keys WHERE :tenant IS NULL OR tenant = :tenant ORDER BY created_at DESC, id"  # noqa: S608, E501
        with self._opened() as connection:
            return [_key(row) for row in connection.execute(query, {"tenant": tenant})]

    def find(self, name: str, tenant: str | None = None) -> ApiKey:
        """The key whose id begins with ``name``, or that is called so, or a whole key. Raises
        ``NoSuchKeyError``."""
        wanted = name.removeprefix(MARK).partition("_")[0] if name.startswith(MARK) else name
        found = [
            key for key in self.list(tenant) if wanted and (key.id.startswith(wanted) or key.name == name)
        ]
        if len(found) != 1:
            why = "there is no key" if not found else "there are several keys"
            raise NoSuchKeyError(f"{why} {wanted!r}; see: pincite keys list")
        return found[0]

    def revoke(self, ident: str) -> ApiKey:
        """End a key at once, for good; its line stays. Raises ``NoSuchKeyError``."""
        key = self.find(ident)
        with self._opened() as connection, connection:
            connection.execute(
                "UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at = ''",
                (self._now().isoformat(), key.id),
            )
        return self.find(key.id)

    def rotate(self, ident: str, *, grace_hours: int = 24, days: int = 90) -> NewKey:
        """A new key that may do the same; the old one ends in ``grace_hours``, sooner if it was to.

        Raises:
            NoSuchKeyError, ApiKeyError: there is none, or it has been revoked.
        """
        old = self.find(ident)
        check_rotation(old, grace_hours, days)
        new = self.issue(
            old.name, user=old.user, tenant=old.tenant, roles=old.roles, groups=old.groups, days=days
        )
        ends = min(old.expires_at, (self._now() + timedelta(hours=grace_hours)).isoformat())
        with self._opened() as connection, connection:
            connection.execute("UPDATE keys SET expires_at = ? WHERE id = ?", (ends, old.id))
        return new

    def forget(self, user: str) -> int:
        """Delete a person's keys with their names; returns how many there were."""
        if not self._path.exists():
            return 0
        with self._opened() as connection:
            with connection:
                count = connection.execute("DELETE FROM keys WHERE user = ?", (user,)).rowcount
            write_anew(connection)
        return count

    def any_valid(self) -> bool:
        """Whether somebody could log in with one."""
        return self.count_valid() > 0

    def count_valid(self) -> int:
        """How many keys somebody could log in with."""
        now = self._now().isoformat()
        return sum(not key.revoked_at and key.expires_at > now for key in self.list())

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with sqlite_file(self._path, 10, secure_delete=True, write_ahead_log=True) as connection:
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise ApiKeyError(
                f"the keys in {self._path} cannot be used ({error}); move the file away"
            ) from error


def _key(row: tuple[str, ...]) -> ApiKey:
    ident, name, user, tenant, groups, roles, *times = row
    return ApiKey(ident, name, user, tenant, tuple(json.loads(groups)), tuple(json.loads(roles)), *times)


def _hash(secret: str) -> str:
    # 256 random bits: a slow hash would protect nothing more, and slow every request.
    return hashlib.sha256(secret.encode()).hexdigest()
