"""The one function that says who calls, by a request's headers; every road into the service asks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.identity.caller import AuthenticationError, Caller, NotAllowedError
from app.identity.keys import MARK, KeyStore
from app.identity.sessions import SessionStore, session_cookie
from app.safety.roles import groups_of
from app.settings import Settings

if TYPE_CHECKING:
    from app.identity.tokens import LoginServer

Identification = Callable[[Mapping[str, str]], Caller]
"""Headers, by their names in lower case -> who calls. Raises ``AuthenticationError``. It may read a file, or
ask the login server: call it in a thread."""

NOTHING_SHOWN = (
    "show a key or a token, as `Authorization: Bearer …`; an operator makes keys with: pincite keys create"
)


def key_store(settings: Settings) -> KeyStore:
    """The keys of the server: in its own tenant's folder, those of the others too."""
    return KeyStore(settings.home / settings.tenant / "keys.sqlite", lambda: datetime.now(UTC))


def session_store(settings: Settings) -> SessionStore:
    """The log-ins of the server's pages, beside the keys that they were made with."""
    folder = settings.home / settings.tenant
    most = timedelta(hours=settings.auth.session_hours)
    return SessionStore(folder / "keys.sqlite", key_store(settings), most, lambda: datetime.now(UTC))


def make_identification(settings: Settings) -> Identification:
    """As the settings have it: keys and sessions of the pages always, tokens where a login server is named,
    nobody where allowed."""
    keys = key_store(settings)
    sessions = session_store(settings)
    login = _login_server(settings)
    nobody = Caller(roles=frozenset(settings.auth.anonymous_roles), tenant=settings.tenant)

    served = {settings.tenant, *settings.api.tenants}

    def identify(headers: Mapping[str, str]) -> Caller:
        caller = known(headers)
        if caller.tenant not in served:
            raise NotAllowedError("your tenant is not served here")
        return caller

    def known(headers: Mapping[str, str]) -> Caller:
        shown = credential(headers)
        if not shown:
            if (session := session_cookie(headers)) and (caller := sessions.caller(session)) is not None:
                return caller
            if settings.auth.required:
                raise AuthenticationError(NOTHING_SHOWN)
            return nobody
        if shown.startswith(MARK):
            return keys.caller(shown)
        if login is None:
            raise AuthenticationError("this is no key of this server's, and it takes no tokens")
        caller = login.caller(shown, settings.tenant)
        return Caller(
            caller.user, groups_of(caller.groups, settings.roles), caller.roles, caller.tenant, by="token"
        )

    return identify


def credential(headers: Mapping[str, str]) -> str:
    """The key or token that a request shows; empty where it shows none.

    Raises:
        AuthenticationError: it shows something that cannot be one, or two different ones.

    >>> credential({"authorization": "Bearer abc"}), credential({"x-api-key": "abc"}), credential({})
    ('abc', 'abc', '')
    """
    scheme, _, shown = headers.get("authorization", "").strip().partition(" ")
    shown = shown.strip()
    if scheme and (scheme.lower() != "bearer" or not shown):
        raise AuthenticationError("show the key or token as `Authorization: Bearer …`")
    key = headers.get("x-api-key", "").strip()
    if shown and key and shown != key:
        raise AuthenticationError("two different keys are shown; show one")
    return shown or key


def _login_server(settings: Settings) -> LoginServer | None:
    if settings.auth.issuer is None:
        return None
    from app.identity.tokens import LoginServer

    return LoginServer(settings.auth)
