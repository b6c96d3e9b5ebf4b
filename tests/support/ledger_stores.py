"""The stores that a ledger may be kept in, for tests that hold of each."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.controls.budgets.accounts import bounds_of
from app.controls.budgets.ledger import Ledger
from app.controls.budgets.redis_ledger import RedisLedger
from app.controls.settings import BudgetSettings
from tests.support.budgets import SetClock, checked_sums, ledger


class Store(Protocol):
    """Keeps one tenant's ledger, which several may have open."""

    def open(self, clock: Any = None, **bounds: Any) -> Ledger:
        """Bounds as ``BudgetSettings`` has them."""

    def check(self) -> None:
        """Every sum is that of its calls, to the billionth."""

    def anew(self, name: str) -> Store:
        """Another one like it, empty."""

    def spec(self) -> str:
        """For another process: see ``store_of``."""

    def names(self, user: str) -> bool:
        """Whether a name is anywhere in it."""


@dataclass(frozen=True)
class SqliteStore:
    folder: Path

    def open(self, clock: Any = None, **bounds: Any) -> Ledger:
        return ledger(self.folder, clock, **bounds)

    def check(self) -> None:
        checked_sums(self.folder)

    def anew(self, name: str) -> SqliteStore:
        return SqliteStore(self.folder / name)

    def spec(self) -> str:
        return json.dumps(["file", str(self.folder)])

    def names(self, user: str) -> bool:
        return any(user.encode() in path.read_bytes() for path in self.folder.iterdir())


@dataclass(frozen=True)
class RedisStore:
    url: str
    tenant: str = "default"

    def open(self, clock: Any = None, **bounds: Any) -> Ledger:
        settings = BudgetSettings(**bounds)
        return RedisLedger(
            self.url,
            self.tenant,
            bounds_of(settings),
            shadow=settings.shadow,
            keep_days=settings.keep_days,
            now=clock or SetClock(),
        )

    def check(self) -> None:
        """The sums of requests, users and the tenant are the same, and what is held is that of open calls."""
        import redis

        base = f"pincite:{{{self.tenant}}}:ledger:"
        with redis.Redis.from_url(self.url, decode_responses=True) as client:
            found = {
                kind: _summed(client, f"{base}{kind}*")
                for kind in ("request:", "sums:user:day:", "sums:user:month:", "sums:tenant:month:")
            }
            going = Counter[str]()
            for call in client.zrange(f"{base}open", 0, -1):
                held = client.hgetall(f"{base}call:{call}")
                going.update({"hn": int(held["nano"]), "ht": int(held["tokens"])})
        first = found["request:"]
        assert all(one == first for one in found.values()), found
        assert {unit: first[unit] for unit in ("hn", "ht")} == {unit: going[unit] for unit in ("hn", "ht")}

    def anew(self, name: str) -> RedisStore:
        return RedisStore(self.url, name)

    def spec(self) -> str:
        return json.dumps(["redis", self.url, self.tenant])

    def names(self, user: str) -> bool:
        import redis

        with redis.Redis.from_url(self.url, decode_responses=True) as client:
            said = [
                f"{key} {client.hgetall(key)}" for key in client.scan_iter() if client.type(key) == "hash"
            ]
        return any(user in one for one in said)


def store_of(spec: str) -> Store:
    kind, *place = json.loads(spec)
    return SqliteStore(Path(place[0])) if kind == "file" else RedisStore(*place)


def _summed(client: Any, pattern: str) -> Counter[str]:
    found = Counter[str]()
    for key in client.scan_iter(pattern, count=1000):
        for field, amount in client.hgetall(key).items():
            unit = field.partition(":")[0]
            if unit in ("sn", "st", "hn", "ht"):
                found[unit] += int(amount)
    return found
