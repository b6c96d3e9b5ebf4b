"""Tokens of a login server: signatures, claims, rotation of keys."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from app.identity.caller import AuthenticationError
from app.identity.settings import AuthSettings
from app.identity.tokens import LEAST_PAUSE_S, LoginServer, LoginServerError, fetch_json

ISSUER = "https://login.example.org"


class Published:
    """The login server's documents, and how often they were asked for."""

    def __init__(self, *keys: Any) -> None:
        self.keys = list(keys)
        self.asked: list[str] = []

    def __call__(self, address: str) -> Mapping[str, Any]:
        self.asked.append(address)
        if address.endswith("openid-configuration"):
            return {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture(scope="module")
def key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "first"})


def server(published: Published, clock: Any = time.monotonic, **more: Any) -> LoginServer:
    return LoginServer(AuthSettings(issuer=ISSUER, audience="pincite", **more), published, clock)


def token(key: Any, algorithm: str = "ES256", **claims: Any) -> str:
    now = int(time.time())
    given = {"iss": ISSUER, "aud": "pincite", "sub": "ann", "exp": now + 300, "groups": ["hr"], **claims}
    header = {"alg": algorithm, "kid": key.kid}
    return jwt.encode(header, {k: v for k, v in given.items() if v is not None}, key, algorithms=[algorithm])


def test_a_token_says_who_calls_and_its_groups_give_roles(key: ECKey) -> None:
    login = server(Published(key), role_groups="operator=admins; reviewer=hr")
    caller = login.caller(token(key), "north")
    assert (caller.user, caller.groups, caller.tenant, caller.by) == ("ann", ("hr",), "north", "token")
    assert caller.roles == {"asker", "reviewer"}


def test_the_tenant_may_be_a_claim_and_then_must_be_there(key: ECKey) -> None:
    login = server(Published(key), tenant_claim="org")
    assert login.caller(token(key, org="south"), "north").tenant == "south"
    with pytest.raises(AuthenticationError):
        login.caller(token(key), "north")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example.org"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another", "more"]},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"nbf": 9_999_999_999},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "anonymous"},
        {"sub": "command line"},
        {"sub": "x" * 500},
        {"groups": "hr"},
        {"groups": [1]},
        {"groups": {"hr": True}},
    ],
)
def test_a_token_that_is_not_for_us_is_nobody(key: ECKey, claims: dict[str, Any]) -> None:
    with pytest.raises(AuthenticationError) as refused:
        server(Published(key)).caller(token(key, **claims), "north")
    assert "\n" not in str(refused.value)


def test_clocks_may_differ_by_what_is_set(key: ECKey) -> None:
    late = token(key, exp=int(time.time()) - 30)
    assert server(Published(key), clock_skew_s=60).caller(late, "north").user == "ann"
    with pytest.raises(AuthenticationError):
        server(Published(key), clock_skew_s=10).caller(late, "north")


def test_a_signature_of_another_key_or_of_a_shared_secret_is_refused(key: ECKey) -> None:
    login = server(Published(key))
    stolen = ECKey.generate_key("P-256", {"kid": "first"})
    with pytest.raises(AuthenticationError):
        login.caller(token(stolen), "north")
    # The public key taken for an HMAC secret, as in CVE-2015-9235.
    head, body, _ = token(key).split(".")
    head = _encoded(b'{"alg":"HS256","kid":"first"}')
    signature = hmac.digest(key.as_pem(private=False), f"{head}.{body}".encode(), "sha256")
    for bad in (
        f"{head}.{body}.{_encoded(signature)}",
        "e30.e30.",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.",
        token(key)[:-8] + "AAAAAAAA",
        "a" * 20_000,
        "",
    ):
        with pytest.raises(AuthenticationError):
            login.caller(bad, "north")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_rsa_keys_serve_too() -> None:
    key = RSAKey.generate_key(2048, {"kid": "r"})
    assert server(Published(key)).caller(token(key, "RS256"), "north").user == "ann"


def test_keys_are_asked_for_once_and_again_when_a_new_one_signs(key: ECKey) -> None:
    published, clock = Published(key), Hands()
    login = server(published, clock)
    for _ in range(5):
        login.caller(token(key), "north")
    assert len(published.asked) == 2, "the description and the keys"
    new = ECKey.generate_key("P-256", {"kid": "second"})
    published.keys = [new]
    with pytest.raises(AuthenticationError):
        login.caller(token(new), "north")
    assert len(published.asked) == 2, "a made-up key id costs no request within the pause"
    clock.at += LEAST_PAUSE_S + 1
    assert login.caller(token(new), "north").user == "ann"
    with pytest.raises(AuthenticationError):
        login.caller(token(key), "north")


def test_a_login_server_that_cannot_be_asked_is_no_ones_fault_but_nobody_gets_in(key: ECKey) -> None:
    def down(_address: str) -> Mapping[str, Any]:
        raise LoginServerError("it cannot be asked")

    login = LoginServer(AuthSettings(issuer=ISSUER, audience="pincite"), down)
    with pytest.raises(LoginServerError) as refused:
        login.caller(token(key), "north")
    assert (refused.value.status, refused.value.retryable) == (503, True)


def test_the_login_servers_documents_are_fetched_over_https_or_loopback_only() -> None:
    for address in ("http://login.example.org/keys", "ftp://127.0.0.1/", "file:///etc/passwd"):
        with pytest.raises(LoginServerError):
            fetch_json(address)


@pytest.mark.parametrize("wrong", [{"audience": None}, {"algorithms": "HS256"}, {"algorithms": "none"}])
def test_settings_that_would_let_others_tokens_in_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's own
        AuthSettings(**{"issuer": ISSUER, "audience": "pincite", **wrong})
