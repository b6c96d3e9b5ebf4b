"""In each store, what is reserved is never more than there is, and what is settled is what was spent."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.controls.budgets.accounts import Cost
from app.controls.budgets.fit import Refused
from app.controls.budgets.ledger import SPARE_S, Ledger
from app.controls.budgets.usage import usage_of
from graphs.calling.budget import Payer
from tests.support.budgets import ANN, SetClock, call
from tests.support.ledger_stores import Store

CENT = 10_000_000
"""Billionths of a dollar."""


def reserved(kept: Ledger, cents: int = 1, payer: Payer = ANN) -> str:
    found = kept.reserve(call(payer), Cost(cents * CENT, 100))
    assert isinstance(found, str)
    return found


def refused(kept: Ledger, cents: int = 1, payer: Payer = ANN) -> Refused:
    found = kept.reserve(call(payer), Cost(cents * CENT, 100))
    assert isinstance(found, Refused)
    return found


def left(kept: Ledger, payer: Payer = ANN) -> list[int]:
    """What is spent and held in the account of the user's day, in cents."""
    (one,) = (
        found
        for found in kept.sums(kept.accounts(payer))
        if (found.account.of, found.account.per) == ("user", "day")
    )
    return [one.spent_nano // CENT, one.held_nano // CENT]


def test_first_requests_of_an_unknown_user_pass(kept_in: Store) -> None:
    """As they do in a proxy that looks for a row of the user: here a stranger has the bound of all."""
    kept = kept_in.open(None, user_day_usd=0.05)
    stranger = Payer("r", "never seen", "")
    assert refused(kept, 6, stranger).of == "user"
    reserved(kept, 5, stranger)
    assert refused(kept, 1, stranger).of == "user"


def test_concurrent_requests_pass_a_cap(kept_in: Store) -> None:
    """As they do where what is spent is written when it is spent: here what goes on counts."""
    kept = kept_in.open(None, user_day_usd=0.05)
    other = kept_in.open(None, user_day_usd=0.05)
    calls = [reserved(one) for one in (kept, other, kept, other, kept)]
    found = refused(other)
    assert found.held
    assert found.retry_after_s == 1
    for call_id in calls:
        kept.settle(call_id, Cost(CENT, 100))
    found = refused(kept)
    assert not found.held
    assert found.retry_after_s == 12 * 3600
    assert left(other) == [5, 0]
    kept_in.check()


def test_what_is_not_needed_is_given_back(kept_in: Store) -> None:
    kept = kept_in.open(None, user_day_usd=0.05)
    first, second = reserved(kept, 3), reserved(kept, 2)
    kept.settle(first, Cost(CENT, 10))
    kept.release(second)
    kept.release(second)
    kept.settle(first, Cost(4 * CENT, 10))
    assert left(kept) == [1, 0]
    reserved(kept, 4)
    kept_in.check()


def test_what_nobody_settled_is_charged_when_its_time_is_over_and_put_right_later(kept_in: Store) -> None:
    clock = SetClock()
    kept = kept_in.open(clock, user_day_usd=0.05)
    lost = reserved(kept, 4)
    clock.now += timedelta(seconds=20 + SPARE_S - 1)
    assert refused(kept, 2).held
    clock.now += timedelta(seconds=1)
    assert not refused(kept, 2).held
    assert left(kept) == [4, 0]
    kept.settle(lost, Cost(2 * CENT, 50))
    assert left(kept) == [2, 0]
    reserved(kept, 3)
    kept_in.check()


def test_a_day_and_a_month_end_at_midnight_of_utc(kept_in: Store) -> None:
    clock = SetClock(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    kept = kept_in.open(clock, user_day_usd=0.01, tenant_month_usd=0.02)
    late = reserved(kept)
    assert refused(kept).retry_after_s == 1
    clock.now += timedelta(seconds=1)
    reserved(kept)
    kept.settle(late, Cost(CENT, 1))
    assert left(kept) == [0, 1]
    clock.now += timedelta(days=1)
    reserved(kept)
    clock.now += timedelta(days=1)
    found = refused(kept)
    assert (found.of, found.per, found.retry_after_s) == ("tenant", "month", 29 * 86400)
    kept_in.check()


def test_waiting_does_not_help_where_one_call_is_above_the_bound(kept_in: Store) -> None:
    kept = kept_in.open(None, tenant_day_usd=0.05)
    assert refused(kept, 6).retry_after_s is None


@pytest.mark.parametrize(
    ("bound", "of"),
    [
        ("request_tokens", "request"),
        ("user_month_tokens", "user"),
        ("key_day_tokens", "key"),
        ("tenant_day_tokens", "tenant"),
    ],
)
def test_tokens_are_bounded_too(kept_in: Store, bound: str, of: str) -> None:
    kept = kept_in.open(None, **{bound: 250})
    kept.settle(reserved(kept, 0), Cost(0, 150))
    reserved(kept, 0)
    found = refused(kept, 0)
    assert (found.of, found.unit) == (of, "tokens")


def test_who_shows_no_key_has_no_account_of_a_key(kept_in: Store) -> None:
    kept = kept_in.open(None, key_day_usd=0.01)
    reserved(kept)
    assert refused(kept).of == "key"
    reserved(kept, 1, replace(ANN, key="key-2"))
    for _ in range(3):
        reserved(kept, 1, replace(ANN, key=""))


def test_one_question_is_bounded_over_all_its_calls(kept_in: Store) -> None:
    kept = kept_in.open(None, request_usd=0.03)
    kept.settle(reserved(kept, 3), Cost(2 * CENT, 1))
    reserved(kept)
    assert refused(kept).of == "request"
    reserved(kept, 3, replace(ANN, request="r2"))


def test_each_payer_sees_their_own_accounts(kept_in: Store) -> None:
    kept = kept_in.open(None, user_day_usd=0.05, key_month_tokens=500)
    kept.settle(reserved(kept, 2), Cost(CENT, 60))
    shown = {(one.of, one.per): one for one in usage_of(kept, replace(ANN, user="bob"))}
    assert shown["user", "day"].remaining_usd == 0.05
    assert shown["key", "month"].remaining_tokens == 440
    assert shown["tenant", "day"].spent_usd == 0.01
    assert not shown["tenant", "day"].bounded
    assert shown["key", "month"].resets_at == "2026-12-01T00:00:00+00:00"
    assert [one.who for one in usage_of(kept) if one.of == "user"] == ["ann", "ann"]


def test_a_shadow_counts_and_refuses_nothing(kept_in: Store) -> None:
    kept = kept_in.open(None, user_day_usd=0.01, shadow=True)
    for _ in range(3):
        kept.settle(reserved(kept), Cost(CENT, 1))
    assert left(kept) == [3, 0]
    assert kept.request("r1").over == 2


def test_a_forgotten_user_leaves_what_was_spent(kept_in: Store) -> None:
    kept = kept_in.open(None, user_day_usd=1)
    open_call = reserved(kept, 2)
    kept.settle(reserved(kept), Cost(CENT, 1))
    assert kept.pays("ann")
    assert kept.forget("ann") >= 2
    assert not kept.pays("ann")
    assert kept.forget("ann") == 0
    kept.settle(open_call, Cost(2 * CENT, 1))
    assert left(kept) == [0, 0]
    (tenant,) = (one for one in kept.all_sums() if (one.account.of, one.account.per) == ("tenant", "day"))
    assert (tenant.spent_nano, tenant.held_nano) == (3 * CENT, 0)
    assert not kept_in.names("ann")


RESERVES = """
import os, signal, sys
from app.controls.budgets.accounts import Cost
from tests.support.budgets import call
from tests.support.ledger_stores import store_of
kept = store_of(sys.argv[1]).open(user_day_usd=0.05)
assert isinstance(kept.reserve(call(), Cost(30_000_000, 100)), str)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="a signal of POSIX")
def test_a_killed_process_is_charged_what_it_held(kept_in: Store) -> None:
    done = subprocess.run([sys.executable, "-c", RESERVES, kept_in.spec()], check=False)
    assert done.returncode == -signal.SIGKILL
    clock = SetClock()
    kept = kept_in.open(clock, user_day_usd=0.05)
    assert left(kept) == [0, 3]
    assert refused(kept, 3).held
    clock.now += timedelta(seconds=120)
    reserved(kept, 2)
    assert left(kept) == [3, 2]
    kept_in.check()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "settle", "release", "kill", "late"]),
        st.integers(0, 5),
        st.sampled_from(["ann", "bob"]),
        st.integers(0, 40),
    ),
    max_size=40,
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    # Each example has a store of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_no_order_of_things_overspends(kept_in: Store, steps: list[tuple[str, int, str, int]]) -> None:
    """Calls of two processes, some killed, some settled late: never above a bound, and every sum exact."""
    clock = SetClock()
    bounds = {"user_day_usd": 0.08, "tenant_day_usd": 0.12}
    store = kept_in.anew(secrets.token_hex(8))
    processes = [store.open(clock, **bounds) for _ in range(2)]
    going: list[tuple[str, int]] = []
    killed: list[tuple[str, int]] = []
    spent = 0
    for number, (what, cents, user, seconds) in enumerate(steps):
        clock.now += timedelta(seconds=seconds)
        kept = processes[number % 2]
        if what == "reserve":
            found = kept.reserve(call(Payer(f"r{number}", user, "k")), Cost(cents * CENT, 1))
            if isinstance(found, str):
                going.append((found, cents))
        elif what == "late" and killed:
            one, most = killed.pop()
            kept.settle(one, Cost(min(cents, most) * CENT, 1))
            spent += min(cents, most)
        elif going and what == "settle":
            one, most = going.pop(cents % len(going))
            kept.settle(one, Cost(min(cents, most) * CENT, 1))
            spent += min(cents, most)
        elif going and what == "release":
            kept.release(going.pop()[0])
        elif going and what == "kill":
            killed.append(going.pop())
        for each in kept.all_sums():
            bound = {"user": 8, "tenant": 12, "key": 12}[each.account.of]
            assert each.held_nano >= 0
            assert 0 <= each.spent_nano + each.held_nano <= bound * CENT
    clock.now += timedelta(seconds=60)
    final = processes[0].reserve(call(Payer("end", "eve", "k")), Cost(0, 0))
    assert isinstance(final, str)
    day = [one for one in processes[1].all_sums() if (one.account.of, one.account.per) == ("tenant", "day")]
    lost = sum(most for _, most in [*going, *killed])
    assert [(one.spent_nano, one.held_nano) for one in day] == [((spent + lost) * CENT, 0)]
    store.check()
