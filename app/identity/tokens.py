"""Tokens of a login server (OIDC): signed JWTs, checked against its published keys."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.errors import PinciteError
from app.identity.caller import AuthenticationError, Caller, Role, roles_of
from app.identity.settings import AuthSettings
from app.identity.user_names import check_user

FETCH_S = 5.0
MOST_BYTES = 1_000_000
LEAST_PAUSE_S = 30.0
"""Between two looks for a key that was not there: a token with a made-up key id costs no request each."""
MOST_TOKEN = 16_384


class LoginServerError(PinciteError, RuntimeError):
    """The login server's keys cannot be had."""

    code = "login-server"
    status = 503
    retryable = True


Fetch = Callable[[str], Mapping[str, Any]]
"""The JSON object at an address. Raises ``LoginServerError``."""


class LoginServer:
    """The login server that ``settings`` name. Its keys are fetched when first needed, kept
    ``jwks_age_s``, and looked for anew where a token names one that is not among them."""

    def __init__(
        self, settings: AuthSettings, fetch: Fetch | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._fetch = fetch or fetch_json
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Any = None
        self._fetched_at = 0.0

    def caller(self, token: str, tenant: str) -> Caller:
        """Who has this token; ``tenant`` where the token names none.

        Raises:
            AuthenticationError: it is not a valid token for us; the message says why, never what it holds.
            LoginServerError: the login server's keys cannot be had.
        """
        from joserfc import errors, jwt

        if len(token) > MOST_TOKEN:
            raise AuthenticationError("the token is too long")
        try:
            decoded = self._decoded(token)
        except (errors.JoseError, ValueError, TypeError, UnicodeError):
            raise AuthenticationError("the token's signature cannot be checked, or is wrong") from None
        settings = self._settings
        registry = jwt.JWTClaimsRegistry(
            leeway=settings.clock_skew_s,
            iss={"essential": True, "value": str(settings.issuer)},
            aud={"essential": True, "value": str(settings.audience)},
            exp={"essential": True},
        )
        try:
            registry.validate(decoded.claims)
        except errors.ExpiredTokenError:
            raise AuthenticationError("the token has expired; log in again") from None
        except (errors.JoseError, ValueError, TypeError):
            raise AuthenticationError("the token is not for this service, or not valid yet") from None
        return self._known(decoded.claims, tenant)

    def _decoded(self, token: str) -> Any:
        from joserfc import errors, jwt

        keys = self._key_set(again=False)
        try:
            return jwt.decode(token, keys, algorithms=list(self._settings.algorithms))
        except (errors.InvalidKeyIdError, errors.MissingKeyError, errors.BadSignatureError, ValueError):
            fresh = self._key_set(again=True)
            if fresh is keys:
                raise
            return jwt.decode(token, fresh, algorithms=list(self._settings.algorithms))

    def _key_set(self, *, again: bool) -> Any:
        from joserfc.jwk import KeySet

        with self._lock:
            age = self._clock() - self._fetched_at
            fresh = self._keys is not None and age < (LEAST_PAUSE_S if again else self._settings.jwks_age_s)
            if not fresh:
                found = dict(self._fetch(self._address()))
                try:
                    self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
                except Exception as error:
                    raise LoginServerError("the login server's keys cannot be read") from error
                self._fetched_at = self._clock()
            return self._keys

    def _address(self) -> str:
        settings = self._settings
        if settings.jwks_url:
            return settings.jwks_url
        issuer = str(settings.issuer)
        told = self._fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if told.get("issuer") != issuer or not isinstance(told.get("jwks_uri"), str):
            raise LoginServerError("the login server's description names another issuer, or no keys")
        return str(told["jwks_uri"])

    def _known(self, claims: Mapping[str, Any], tenant: str) -> Caller:
        settings = self._settings
        user = claims.get(settings.user_claim)
        try:
            check_user(user if isinstance(user, str) else "")
        except ValueError as error:
            raise AuthenticationError(f"the user in the token's {settings.user_claim!r} {error}") from None
        groups = claims.get(settings.groups_claim, [])
        if not isinstance(groups, list) or not all(isinstance(one, str) for one in groups):
            raise AuthenticationError(f"the token's {settings.groups_claim!r} is no list of names")
        if settings.tenant_claim:
            named = claims.get(settings.tenant_claim)
            if not isinstance(named, str) or not named:
                raise AuthenticationError(f"the token names no tenant in {settings.tenant_claim!r}")
            tenant = named
        held: set[str] = {"asker"}
        held.update(role for role, of in settings.role_groups.items() if set(of) & set(groups))
        roles: frozenset[Role] = roles_of(held)
        return Caller(str(user), tuple(groups), roles, tenant, "", "token")


def fetch_json(address: str) -> Mapping[str, Any]:
    """The JSON object at an address of the login server, which the settings name; over https, or loopback.

    Raises:
        LoginServerError: it cannot be had.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise LoginServerError("the login server must be asked over https")
    try:
        with (
            httpx.Client(timeout=FETCH_S, follow_redirects=False) as client,
            client.stream("GET", address) as got,
        ):
            got.raise_for_status()
            body = b""
            for piece in got.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise LoginServerError("the login server's answer is too long")
        import orjson

        found = orjson.loads(body)
    except (httpx.HTTPError, ValueError) as error:
        raise LoginServerError(
            f"the login server cannot be asked for its keys ({type(error).__name__})"
        ) from error
    if not isinstance(found, dict):
        raise LoginServerError("the login server's answer is no JSON object")
    return found
