"""What doctor says of the Redis that several processes share."""

from __future__ import annotations

from pydantic import SecretStr

from app.controls.settings import BudgetSettings, LimitSettings
from app.settings import Settings
from app.terminal.doctor import would_contact
from app.terminal.doctor_shared import shared_checks
from app.terminal.health import HealthCheck
from evals.benchmarks.redis_process import PASSWORD, RedisServer, free_port


def checks(url: str | None, **budgets: float) -> list[HealthCheck]:
    # A copy, which is not looked at as what is read is.
    limits = LimitSettings().model_copy(update={"storage": None if url is None else SecretStr(url)})
    settings = Settings(limits=limits, budgets=BudgetSettings(**budgets))
    found = list(shared_checks(settings))
    said = [*(one.detail for one in found), *would_contact(settings)]
    assert not any(PASSWORD in one for one in said)
    return found


def test_nothing_is_said_where_none_is_set() -> None:
    assert checks(None) == []


def test_one_that_answers_is_ok_and_told_of_what_it_may_forget(redis_server: RedisServer) -> None:
    (without_budgets,) = checks(redis_server.url)
    assert without_budgets.mark == "ok"
    (found,) = checks(redis_server.url, user_day_usd=1)
    assert found.mark == "missing"
    assert "appendonly yes" in found.detail


def test_one_that_is_away_or_no_redis_is_broken() -> None:
    (away,) = checks(f"redis://:{PASSWORD}@127.0.0.1:{free_port()}/0")
    assert (away.mark, "cannot be reached" in away.detail) == ("broken", True)
    (none,) = checks(f"memcached://{PASSWORD}")
    assert (none.mark, "PINCITE_LIMITS__STORAGE" in none.detail) == ("broken", True)
