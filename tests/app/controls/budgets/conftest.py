"""Each store that a ledger may be kept in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.ledger_stores import RedisStore, SqliteStore, Store


@pytest.fixture(params=["file", "redis"])
def kept_in(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "file":
        return SqliteStore(tmp_path)
    server = request.getfixturevalue("redis_server")
    server.empty()
    return RedisStore(server.url)
