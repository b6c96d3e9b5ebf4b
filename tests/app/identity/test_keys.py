"""API keys: what is kept of them, and until when they count."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.caller import AuthenticationError
from app.identity.keys import ApiKeyError, KeyStore, NoSuchKeyError


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 29, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **how: float) -> None:
        self.now += timedelta(**how)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(tmp_path: Path, clock: Clock) -> KeyStore:
    return KeyStore(tmp_path / "keys.sqlite", clock)


def test_a_key_says_who_calls_and_what_they_may(keys: KeyStore) -> None:
    made = keys.issue(
        "intranet", user="ann", tenant="north", roles=["asker", "operator"], groups=["hr", "hr"]
    )
    caller = keys.caller(made.secret)
    assert (caller.user, caller.tenant, caller.groups, caller.by) == ("ann", "north", ("hr",), "key")
    assert (caller.roles, caller.key) == (frozenset({"asker", "operator"}), made.key.id)


def test_the_secret_is_in_no_file_and_the_file_is_its_owners(keys: KeyStore, tmp_path: Path) -> None:
    made = keys.issue("intranet", user="ann", tenant="north")
    keys.caller(made.secret)
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert made.secret.encode() not in held
    assert made.secret.rpartition("_")[2].encode() not in held
    assert made.key.id.encode() in held, "its beginning finds it"
    assert stat.S_IMODE((tmp_path / "keys.sqlite").stat().st_mode) == 0o600


def test_a_key_ends_when_it_expires_and_at_once_when_it_is_revoked(keys: KeyStore, clock: Clock) -> None:
    short = keys.issue("a", user="ann", tenant="t", days=1)
    long = keys.issue("b", user="ann", tenant="t", days=2)
    clock.pass_by(days=1, seconds=-1)
    keys.caller(short.secret)
    clock.pass_by(seconds=1)
    with pytest.raises(AuthenticationError):
        keys.caller(short.secret)
    keys.caller(long.secret)
    keys.revoke(long.key.id)
    with pytest.raises(AuthenticationError):
        keys.caller(long.secret)
    assert not keys.any_valid()


def test_a_rotated_key_goes_on_for_its_grace_and_no_longer_than_it_was_to(
    keys: KeyStore, clock: Clock
) -> None:
    old = keys.issue("a", user="ann", tenant="t", roles=["reviewer"], groups=["hr"], days=30)
    new = keys.rotate(old.key.id, grace_hours=2)
    assert (new.key.user, new.key.roles, new.key.groups) == ("ann", ("reviewer",), ("hr",))
    clock.pass_by(hours=1)
    assert keys.caller(old.secret).user == keys.caller(new.secret).user
    clock.pass_by(hours=1)
    with pytest.raises(AuthenticationError):
        keys.caller(old.secret)
    keys.caller(new.secret)
    ending = keys.issue("b", user="ann", tenant="t", days=1)
    keys.rotate(ending.key.id, grace_hours=2000)
    assert keys.find(ending.key.id).expires_at == ending.key.expires_at


@given(st.text(max_size=80))
def test_what_is_no_key_of_ours_is_nobody(tmp_path_factory: pytest.TempPathFactory, shown: str) -> None:
    keys = KeyStore(tmp_path_factory.getbasetemp() / "known" / "keys.sqlite", Clock())
    if not keys.list():
        keys.issue("a", user="ann", tenant="t")
    with pytest.raises(AuthenticationError):
        keys.caller(shown)


def test_another_secret_under_the_same_id_is_nobody(keys: KeyStore) -> None:
    made = keys.issue("a", user="ann", tenant="t")
    end = "A" if made.secret[-1] != "A" else "B"
    with pytest.raises(AuthenticationError):
        keys.caller(made.secret[:-1] + end)


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": "anonymous"},
        {"user": "command line"},
        {"user": " "},
        {"user": "a\nb"},
        {"roles": ["root"]},
        {"roles": []},
        {"days": 0},
        {"groups": [""]},
    ],
)
def test_a_key_that_cannot_be_is_refused_in_one_line(keys: KeyStore, wrong: dict[str, object]) -> None:
    given: dict[str, object] = {"user": "ann", "tenant": "t", **wrong}
    with pytest.raises(ApiKeyError) as refused:
        keys.issue("a", **given)  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)
    assert keys.list() == []


def test_a_key_is_found_by_its_beginning_by_its_name_and_whole(keys: KeyStore) -> None:
    made = keys.issue("intranet", user="ann", tenant="t")
    for name in (made.key.id, made.key.id[:6], "intranet", made.secret):
        assert keys.find(name).id == made.key.id
    for name in ("", "nothing", made.key.id + "x"):
        with pytest.raises(NoSuchKeyError):
            keys.find(name)
    with pytest.raises(NoSuchKeyError):
        keys.find(made.key.id, tenant="another")


def test_a_person_who_is_forgotten_leaves_no_key(keys: KeyStore, tmp_path: Path) -> None:
    made = keys.issue("intranet", user="ann-marie.holtz", tenant="t")
    assert keys.forget("ann-marie.holtz") == 1
    with pytest.raises(AuthenticationError):
        keys.caller(made.secret)
    assert b"holtz" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
