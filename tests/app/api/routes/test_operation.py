"""Whether a server is ready where it counts in a Redis, and what callers read where that is away."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.controls.settings import BudgetSettings, LimitSettings
from evals.benchmarks.redis_process import PASSWORD, RedisServer, free_port
from tests.support.served import calling, key_of, serving

pytestmark = pytest.mark.anyio


async def asked(home: Path, storage: str | None, path: str) -> tuple[int, Any, str]:
    limits = LimitSettings(storage=None if storage is None else SecretStr(storage))
    with serving(home, limits=limits, budgets=BudgetSettings(user_day_usd=1)) as app:
        async with calling(app, key_of(home, "ann", "asker")) as client:
            response = await client.get(path)
    return response.status_code, response.json(), response.text


def shared(said: Any) -> list[Any]:
    return [one for one in said["checks"] if one["name"] == "shared limits"]


async def test_a_redis_that_answers_is_a_check_and_none_is_none(
    indexed_home: Path, redis_server: RedisServer
) -> None:
    status, said, _ = await asked(indexed_home, redis_server.url, "/readyz")
    assert (status, [one["ok"] for one in shared(said)]) == (200, [True])
    status, said, _ = await asked(indexed_home, None, "/readyz")
    assert (status, shared(said)) == (200, [])


async def test_one_that_is_away_or_refuses_the_password_is_not_ready(
    indexed_home: Path, redis_server: RedisServer
) -> None:
    away = f"redis://:{PASSWORD}@127.0.0.1:{free_port()}/0"
    refusing = redis_server.url.replace(PASSWORD, "wrong-one")
    for url, why in ((away, "cannot be reached"), (refusing, "does not take the user or password")):
        status, said, text = await asked(indexed_home, url, "/readyz")
        (check,) = shared(said)
        assert (status, check["ok"], why in check["why"]) == (503, False, True)
        assert "PINCITE_LIMITS__STORAGE" in check["what_to_do"]
        assert not any(part in text for part in ("127.0.0.1", PASSWORD, "wrong-one"))


async def test_callers_read_no_address_of_a_ledger_that_is_away_and_the_log_has_it(
    indexed_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"redis://:{PASSWORD}@127.0.0.1:{free_port()}/0"
    with caplog.at_level(logging.WARNING):
        status, said, text = await asked(indexed_home, url, "/v1/usage")
    assert (status, said["code"]) == (503, "ledger")
    assert "ask again in a minute" in said["detail"]
    assert not any(part in text for part in ("127.0.0.1", "redis", "Redis", "pincite:"))
    assert "Redis at redis://127.0.0.1" in caplog.text
    assert PASSWORD not in caplog.text
