"""A ledger in Redis: one for the processes of several machines."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.controls.budgets.accounts import (
    OWNERS,
    SPANS,
    Account,
    Bounds,
    Cost,
    accounts_of,
    ends_at,
    window_at,
)
from app.controls.budgets.fit import Refused, first_in_the_way
from app.controls.budgets.ledger import FORGOTTEN, SPARE_S, LedgerError
from app.controls.budgets.redis_scripts import END, FORGET, PAYS, RESERVE
from app.controls.budgets.sums import RequestSum, Sum
from app.controls.redis_address import without_secrets
from app.controls.redis_server import PAUSE_S, PREFIX, client_of, fault_of
from app.errors import SettingsError
from graphs.calling.budget import Payer, PlannedCall

if TYPE_CHECKING:
    import redis

DAY_S = 86_400
CALL_KEPT_S = 7 * DAY_S
"""Seconds that a request's sum is kept after its last call, and a call that nobody settled after its time."""

EXACT = 2**53
"""Whole numbers below this are exact in Lua."""

WAITING = 10_000
"""Ends of calls that wait at most for a server that does not answer; the others are charged as reserved."""


@dataclass(frozen=True, slots=True)
class _End:
    call_id: str
    nano: int | None
    tokens: int | None


class RedisLedger:
    """A ``Ledger`` that processes of several machines may share.

    Days, months and the end of a call's time go by the server's clock, which is one for all; ``now`` is for
    tests. What could not be settled while the server was away is settled when it is asked next. ``close`` it.
    """

    def __init__(
        self,
        url: str,
        tenant: str,
        bounds: Bounds,
        *,
        shadow: bool = False,
        keep_days: int,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Raises ``SettingsError``: a bound is more than its scripts count to."""
        amounts = [bounds.request, *bounds.of_account.values()]
        if any((one.nano or 0) >= EXACT for one in amounts):
            raise SettingsError(
                f"PINCITE_BUDGETS__…: in Redis a budget may be {EXACT // 10**9:,} US dollars at most"
            )
        self._url = url
        self._tenant = tenant
        self.bounds = bounds
        self.shadow = shadow
        self._now = now
        self._base = f"{PREFIX}:{{{tenant}}}:ledger:"
        self._keep = {
            "keep_day": (keep_days + 1) * DAY_S,
            "keep_month": (keep_days + 32) * DAY_S,
            "keep_call": CALL_KEPT_S,
        }
        self._client: redis.Redis | None = None
        self._down_until = 0.0
        self._ends: deque[_End] = deque(maxlen=WAITING)
        self._lock = threading.Lock()

    @property
    def where(self) -> str:
        return f"Redis at {without_secrets(self._url)}"

    @property
    def outside(self) -> str:
        return f"the files of {self.where}, until it writes them anew (BGREWRITEAOF, BGSAVE)"

    def reserve(self, call: PlannedCall, amount: Cost) -> str | Refused:
        payer, call_id = call.payer, secrets.token_hex(12)
        nano, tokens = amount.nano or 0, amount.tokens or 0
        given = {
            "id": call_id,
            "request": payer.request,
            "user": payer.user,
            "key": payer.key,
            "tenant": self._tenant,
            "nano": str(nano),
            "tokens": str(tokens),
            "ms": round((call.seconds + SPARE_S) * 1000),
            "shadow": self.shadow,
            "days": self._days(),
            "bounds": [
                {"of": of, "per": per, **_text(self.bounds.of_account[of, per])}
                for of in OWNERS
                for per in SPANS
                if not (of == "key" and not payer.key)
            ],
            **{f"request_{unit}": text for unit, text in _text(self.bounds.request).items()},
        }
        try:
            found = self._run(RESERVE, given)
        except LedgerError:
            # It may be held all the same, and whoever asked was told that it is not.
            with self._lock:
                self._ends.append(_End(call_id, 0, 0))
            raise
        if found[0] == "clock":
            raise LedgerError(f"the clock of this machine is a day or more away from that of {self.where}")
        return call_id if found[0] == "held" else self._refused(found, payer, amount)

    def settle(self, call_id: str, spent: Cost) -> None:
        self._end(_End(call_id, spent.nano, spent.tokens))

    def release(self, call_id: str) -> None:
        self._end(_End(call_id, 0, 0))

    def request(self, request: str) -> RequestSum:
        key = f"{self._base}request:{request}"
        fields = ["calls", "rn", "rt", "hn", "ht", "sn", "st", "over"]
        return RequestSum(*_whole(self._ask(lambda client: client.hmget(key, fields))))

    def sums(self, accounts: Iterable[Account]) -> list[Sum]:
        wanted = list(accounts)

        def read(client: redis.Redis) -> list[Any]:
            with client.pipeline(transaction=True) as together:
                for one in wanted:
                    fields = [f"{field}:{one.who}" for field in ("sn", "st", "hn", "ht")]
                    together.hmget(self._sums_key(one.of, one.per, one.window), fields)
                return together.execute()

        return [Sum(one, *_whole(row)) for one, row in zip(wanted, self._ask(read), strict=True)]

    def all_sums(self) -> list[Sum]:
        now = self.now()
        kinds = [(of, per, window_at(per, now)) for of in OWNERS for per in SPANS]

        def read(client: redis.Redis) -> list[Any]:
            with client.pipeline(transaction=True) as together:
                for kind in kinds:
                    together.hgetall(self._sums_key(*kind))
                return together.execute()

        found: list[Sum] = []
        for (of, per, window), fields in zip(kinds, self._ask(read), strict=True):
            names = {field.partition(":")[2] for field in fields}
            rows = [
                Sum(
                    Account(of, who, per, window),
                    *_whole([fields.get(f"{unit}:{who}") for unit in ("sn", "st", "hn", "ht")]),
                )
                for who in names
            ]
            found += sorted(rows, key=lambda one: (-(one.spent_nano + one.held_nano), one.account.who))
        return found

    def accounts(self, payer: Payer) -> list[Account]:
        return list(accounts_of(payer, self._tenant, self.now()))

    def now(self) -> datetime:
        if self._now is not None:
            return self._now()
        seconds, micros = self._ask(lambda client: client.time())
        return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=micros)

    def pays(self, user: str) -> bool:
        return bool(self._run(PAYS, {"user": user}, self._user_sums()))

    def forget(self, user: str) -> int:
        if user == FORGOTTEN:
            return 0
        return int(self._run(FORGET, {"user": user}, self._user_sums()))

    def close(self) -> None:
        with self._lock:
            waiting = bool(self._ends)
        if waiting:
            # If not, they are charged as reserved when the time of their calls is over.
            with suppress(LedgerError):
                self._ask(lambda client: client.time())
        if self._client is not None:
            self._client.close()

    def _end(self, end: _End) -> None:
        with self._lock:
            self._ends.append(end)
        self._ask(lambda _client: None)

    def _refused(self, found: Sequence[Any], payer: Payer, amount: Cost) -> Refused:
        _, now_ms, day, month, asked, sums = found
        now = datetime.fromtimestamp(int(now_ms) / 1000, UTC)
        accounts = accounts_of(payer, self._tenant, now)
        known = [
            Sum(Account(one.of, one.who, one.per, day if one.per == "day" else month), *_whole(row))
            for one, row in zip(accounts, sums, strict=True)
        ]
        refused = first_in_the_way(self.bounds, RequestSum(*_whole(asked)), known, amount, now)
        if refused is None:
            raise LedgerError(f"the ledger in {self.where} is of another version of Pincite")
        return refused

    def _days(self) -> list[dict[str, str]]:
        """The days about now by this machine's clock, a little off perhaps: from, to (ms), day, month."""
        found = []
        about = self._now() if self._now is not None else datetime.now(UTC)
        for offset in (-1, 0, 1):
            day = (about + timedelta(days=offset)).astimezone(UTC).replace(hour=12)
            end = ends_at("day", day)
            ends = {"from": _ms(end - timedelta(days=1)), "to": _ms(end)}
            found.append({**ends, "day": window_at("day", day), "month": window_at("month", day)})
        return found

    def _sums_key(self, of: str, per: str, window: str) -> str:
        return f"{self._base}sums:{of}:{per}:{window}"

    def _user_sums(self) -> list[str]:
        """The keys of every user's sums, those too that begin meanwhile."""
        known = set(self._ask(lambda client: list(client.scan_iter(f"{self._base}sums:user:*", count=1000))))
        known |= {self._sums_key("user", per, day[per]) for day in self._days() for per in SPANS}
        return sorted(known)

    def _run(self, script: str, given: dict[str, Any], keys: Sequence[str] = ()) -> Any:
        return self._ask(lambda client: self._script(client, script, given, keys))

    def _script(
        self, client: redis.Redis, script: str, given: dict[str, Any], keys: Sequence[str] = ()
    ) -> Any:
        now = {} if self._now is None else {"now": _ms(self._now())}
        said = json.dumps({**self._keep, **now, **given})
        return client.register_script(script)(keys=[self._base, *keys], args=[said])

    def _ask(self, what: Callable[[redis.Redis], Any]) -> Any:
        """What the server answers, after what waits for it.

        Raises:
            LedgerError: it cannot be used, or could not a moment ago.
        """
        from redis.exceptions import RedisError

        with self._lock:
            if time.monotonic() < self._down_until:
                raise LedgerError(f"{self.where} did not answer a moment ago")
            if self._client is None:
                self._client = client_of(self._url)
            try:
                while self._ends:
                    end = self._ends[0]
                    self._script(self._client, END, {"id": end.call_id, **_text(Cost(end.nano, end.tokens))})
                    self._ends.popleft()
                return what(self._client)
            except RedisError as error:
                self._down_until = time.monotonic() + PAUSE_S
                raise LedgerError(fault_of(self._url, error)) from error


def _text(amount: Cost) -> dict[str, str]:
    """What is bounded or spent, as text: Lua would write large numbers with an exponent."""
    given = {"nano": amount.nano, "tokens": amount.tokens}
    return {unit: str(value) for unit, value in given.items() if value is not None}


def _whole(row: Iterable[str | None]) -> list[int]:
    return [int(one or 0) for one in row]


def _ms(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))
