"""What is only of a ledger in Redis: a server that is away, a clock for all, and keys that end."""

from __future__ import annotations

import signal
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis

from app.controls import redis_server as shared
from app.controls.budgets import redis_ledger
from app.controls.budgets.accounts import Cost, bounds_of
from app.controls.budgets.fit import Refused
from app.controls.budgets.ledger import LedgerError
from app.controls.budgets.open import ledger_of
from app.controls.budgets.redis_ledger import RedisLedger
from app.controls.settings import BudgetSettings, LimitSettings
from app.errors import SettingsError
from app.settings import Settings
from evals.benchmarks.redis_process import PASSWORD, RedisServer, free_port, serve_redis
from tests.support.budgets import ANN, SetClock, call
from tests.support.ledger_stores import RedisStore

CENT = 10_000_000


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a server that does not answer, and it is asked again at once."""
    monkeypatch.setattr(shared, "ANSWER_S", 0.2)
    monkeypatch.setattr(redis_ledger, "PAUSE_S", 0.0)


def ledger_at(url: str, **bounds: float) -> RedisLedger:
    return RedisLedger(url, "default", bounds_of(BudgetSettings(user_day_usd=1, **bounds)), keep_days=400)


def client_at(server: RedisServer) -> redis.Redis:
    return redis.Redis.from_url(server.url, decode_responses=True)


def spent(kept: RedisLedger) -> list[int]:
    (one,) = (x for x in kept.sums(kept.accounts(ANN)) if (x.account.of, x.account.per) == ("user", "day"))
    return [one.spent_nano, one.held_nano]


def test_a_server_that_is_not_there_is_one_line_without_its_password() -> None:
    kept = ledger_at(f"redis://:{PASSWORD}@127.0.0.1:{free_port()}/0")
    for _ in range(2):  # the second time it is not even asked
        with pytest.raises(LedgerError, match=r"Redis at redis://127\.0\.0\.1:\d+/0 ") as told:
            kept.reserve(call(), Cost(CENT, 100))
        assert PASSWORD not in str(told.value)
        assert "\n" not in str(told.value)


def test_a_wrong_password_is_said_and_not_shown(redis_server: RedisServer) -> None:
    kept = ledger_at(f"redis://:wrong@127.0.0.1:{redis_server.port}/0")
    with pytest.raises(LedgerError, match="does not take the user or password") as told:
        kept.now()
    assert "wrong" not in str(told.value)


def test_a_server_that_takes_calls_and_never_answers_is_given_up(quick: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        kept = ledger_at(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        with pytest.raises(LedgerError, match="does not answer in time"):
            kept.reserve(call(), Cost(CENT, 100))


def test_what_could_not_be_written_is_written_when_the_server_is_back(tmp_path: Path, quick: None) -> None:
    """A call that ended is settled, and one that nobody knows to be held is given back."""
    with serve_redis(tmp_path) as server:
        kept = ledger_at(server.url)
        known = kept.reserve(call(), Cost(3 * CENT, 100))
        assert isinstance(known, str)
        server.process.send_signal(signal.SIGSTOP)
        with pytest.raises(LedgerError, match="in time"):
            kept.settle(known, Cost(CENT, 50))
        with pytest.raises(LedgerError, match="in time"):
            kept.reserve(call(), Cost(2 * CENT, 100))
        server.process.send_signal(signal.SIGCONT)
        assert spent(kept) == [CENT, 0]
        RedisStore(server.url).check()
        kept.close()


def test_what_is_kept_has_an_end(redis_server: RedisServer) -> None:
    redis_server.empty()
    kept = ledger_at(redis_server.url, request_usd=1)
    calls = [kept.reserve(call(seconds=seconds), Cost(CENT, 100)) for seconds in (20, 20, -60)]
    assert all(isinstance(one, str) for one in calls)
    kept.settle(str(calls[0]), Cost(CENT, 100))
    kept.reserve(call(), Cost(0, 0))
    with client_at(redis_server) as client:
        keys = list(client.scan_iter())
        assert len(keys) > 8
        assert all(0 < client.ttl(key) <= 433 * 86_400 for key in keys)
        assert client.zcard("pincite:{default}:ledger:lost") == 1
        # A call that was settled leaves no key behind; its request's sum ends in a week.
        assert not client.exists(f"pincite:{{default}}:ledger:call:{calls[0]}")
        assert client.ttl("pincite:{default}:ledger:request:r1") <= 7 * 86_400
    kept.close()


def test_calls_that_nobody_settled_go_after_a_week(redis_server: RedisServer) -> None:
    redis_server.empty()
    clock = SetClock()
    kept = RedisStore(redis_server.url).open(clock, user_day_usd=1)
    kept.reserve(call(), Cost(CENT, 100))
    clock.now += timedelta(days=1)
    kept.reserve(call(), Cost(0, 0))
    clock.now += timedelta(days=8)
    kept.reserve(call(), Cost(0, 0))
    with client_at(redis_server) as client:
        # Yesterday's is charged now, the first is past putting right.
        assert client.zcard("pincite:{default}:ledger:lost") == 1
        assert client.zcard("pincite:{default}:ledger:open") == 1
    kept.close()


def test_days_go_by_the_servers_clock_and_not_by_that_of_who_asks(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_server.empty()
    here = datetime.now(UTC)
    for off, works in ((timedelta(hours=20), True), (timedelta(days=3), False)):
        monkeypatch.setattr(redis_ledger, "datetime", clock_at(here + off))
        kept = ledger_at(redis_server.url)
        if works:
            assert isinstance(kept.reserve(call(), Cost(CENT, 100)), str)
            monkeypatch.undo()
            assert spent(kept) == [0, CENT]
            assert abs(kept.now() - datetime.now(UTC)) < timedelta(hours=1)
        else:
            with pytest.raises(LedgerError, match="a day or more away"):
                kept.reserve(call(), Cost(CENT, 100))
        kept.close()


def clock_at(moment: datetime) -> type[datetime]:
    class Off(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return moment

    return Off


def test_amounts_near_what_lua_can_count_are_exact(redis_server: RedisServer) -> None:
    redis_server.empty()
    most = 9_000_000.0
    bounds = bounds_of(BudgetSettings(user_day_usd=most))
    kept = RedisLedger(redis_server.url, "default", bounds, keep_days=400)
    first = kept.reserve(call(), Cost(int(most) * 10**9 - 1, 100))
    assert isinstance(first, str)
    assert isinstance(kept.reserve(call(), Cost(2, 100)), Refused)
    assert isinstance(kept.reserve(call(), Cost(1, 100)), str)
    kept.settle(first, Cost(int(most) * 10**9 - 1, 100))
    assert spent(kept) == [int(most) * 10**9 - 1, 1]
    kept.close()
    with pytest.raises(SettingsError, match="9,007,199 US dollars at most"):
        RedisLedger("redis://h", "default", bounds_of(BudgetSettings(user_day_usd=9_500_000)), keep_days=400)


def test_settings_choose_where_the_ledger_is(tmp_path: Path) -> None:
    shared_by = LimitSettings.model_validate({"storage": f"redis://u:{PASSWORD}@[::1]:6380/3"})
    assert ledger_of(Settings(home=tmp_path, limits=shared_by)).where == "Redis at redis://[::1]:6380/3"
    assert ledger_of(Settings(home=tmp_path)).where == "ledger.sqlite"
