"""A thousand requests of eight processes race for a budget of twenty calls, and one process is killed.

    python -m evals.benchmarks.controls.budget_race [--store file] [--store redis] [--rounds 3] [--out FOLDER]

The ledger is a file of SQLite's, or in a redis-server that is started for the race; both where none is named.

The provider is a file that every call is billed in when it is accepted; it cannot be asked back. A request
that is refused because others hold what they may not need waits as told and comes again, until it is served
or refused for good. When half of the calls were billed, the process of the last gets SIGKILL. Exit code 1:
more was billed or charged than the budget, a settled call was charged otherwise than billed, or anything
stays held.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import signal
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage

from app.controls.budgets.accounts import Bounds, Cost, bounds_of
from app.controls.budgets.budget import LedgerBudget
from app.controls.budgets.ledger import Ledger
from app.controls.budgets.redis_ledger import RedisLedger
from app.controls.budgets.sqlite_ledger import SqliteLedger
from app.controls.redis_server import PREFIX
from app.controls.settings import BudgetSettings
from evals.benchmarks.redis_process import serve_redis
from evals.script import run_main
from graphs.calling.budget import BudgetRefusedError, Payer, PlannedCall
from graphs.calling.paid_call import paid_call
from graphs.parts import PriceQuote

RESULTS = Path(__file__).parents[2] / "results" / "controls"
TENANT = "race"
PROCESSES = 8
EACH = 125
CALLS = 20
"""How many fit in the budget, at what is reserved for one."""

TOKENS = 2000
NANO_A_TOKEN = 600
"""Billionths of a dollar: 0.6 dollars a million."""

CALL_S = 1.0
"""Seconds a call may take; the ledger waits half a minute more before it charges one that was lost."""
BEGAN = datetime.now(UTC)
NOON = BEGAN.replace(hour=12, minute=0, second=0, microsecond=0)
SHARES = ((1.0, 1.0), (0.7, 1.0), (0.2, 0.4))
"""Of what is reserved, what a call really takes: all of it; most; as drafts of short answers do."""


STORES = ("file", "redis")


@dataclass(frozen=True, slots=True)
class RaceStore:
    """Where a round's bill is, and its ledger: in the server at ``url``, else a file beside the bill."""

    folder: Path
    url: str = ""

    @property
    def bill(self) -> Path:
        return self.folder / "billed"


@dataclass(frozen=True, slots=True)
class Round:
    """Amounts in billionths of a dollar."""

    store: str
    share: tuple[float, float]
    killed: bool
    budget: int
    billed: int
    charged: int
    held: int
    wrong: int
    """Settled calls that were charged otherwise than billed."""
    served: int
    lost: int
    """Calls of the killed process that were charged what was reserved."""
    seconds: float

    @property
    def waste(self) -> float:
        return (self.charged - self.billed) / self.budget

    @property
    def unused(self) -> float:
        return (self.budget - self.charged) / self.budget

    @property
    def sound(self) -> bool:
        return self.billed <= self.charged <= self.budget and not (self.wrong or self.held)


def price(_model: str, _where: str, read: int, written: int) -> PriceQuote:
    return PriceQuote((read + written) * NANO_A_TOKEN / 1e9, "race")


def clock(ahead: timedelta = timedelta()) -> datetime:
    """Goes on from noon, so that no round runs into another day."""
    return NOON + (datetime.now(UTC) - BEGAN) + ahead


def race_ledger(place: RaceStore, ahead: timedelta = timedelta()) -> Ledger:
    dollars = CALLS * TOKENS * NANO_A_TOKEN / 1e9
    bounds: Bounds = bounds_of(BudgetSettings(tenant_day_usd=dollars))
    how: Any = {"keep_days": 400, "now": lambda: clock(ahead)}
    if place.url:
        return RedisLedger(place.url, TENANT, bounds, **how)
    return SqliteLedger(place.folder / "ledger.sqlite", TENANT, bounds, **how)


def work(place: RaceStore, start: Any, process: int, each: int, share: tuple[float, float]) -> None:
    """One process: its requests, all at once, when the other processes are there too."""
    start.wait()
    asyncio.run(_work(place, process, each, share))


async def _work(place: RaceStore, process: int, each: int, share: tuple[float, float]) -> None:
    budget = LedgerBudget(race_ledger(place), price, "refuse", 100.0)
    bill = os.open(place.bill, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    await asyncio.gather(*(_request(budget, bill, f"{process}-{n}", share) for n in range(each)))
    budget.close()


async def _request(budget: LedgerBudget, bill: int, name: str, share: tuple[float, float]) -> None:
    chance = random.Random(name)
    tokens = round(TOKENS * chance.uniform(*share))
    planned = PlannedCall(Payer(name, f"user {name}"), "race", "m", "race", TOKENS // 2, TOKENS // 2, CALL_S)

    async def call() -> AIMessage:
        os.write(bill, f"{name} {tokens}\n".encode())
        await asyncio.sleep(chance.uniform(0.05, 0.5))
        usage: Any = {"input_tokens": tokens, "output_tokens": 0, "total_tokens": tokens}
        return AIMessage("", usage_metadata=usage)

    while True:
        try:
            await paid_call(budget, planned, call, lambda _reply: tokens * NANO_A_TOKEN / 1e9)
            return
        except BudgetRefusedError as refused:
            if not refused.retryable:
                return
            await asyncio.sleep(chance.uniform(0.5, 1.5) * (refused.retry_after_s or 0))


def one_round(share: tuple[float, float], kill: bool, each: int = EACH, store: str = "file") -> Round:
    """A round on a store of its own."""
    with tempfile.TemporaryDirectory(prefix="pincite-race-") as name, ExitStack() as stack:
        folder = Path(name)
        url = stack.enter_context(serve_redis(folder)).url if store == "redis" else ""
        return _raced(RaceStore(folder, url), share, kill, each)


def _raced(place: RaceStore, share: tuple[float, float], kill: bool, each: int) -> Round:
    begun = time.perf_counter()
    context = multiprocessing.get_context("fork")
    start = context.Barrier(PROCESSES)
    workers = [
        context.Process(target=work, args=(place, start, number, each, share)) for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    if kill:
        _kill_in_the_middle(place.bill, workers)
    for worker in workers:
        # What the killed one holds is charged when its time is over: until then others are told to wait.
        worker.join()
    # After the time of every call: a first reservation charges what nobody settled.
    with closing(race_ledger(place, timedelta(seconds=2 * CALL_S + 60))) as ledger:
        ledger.reserve(PlannedCall(Payer("end", "end"), "race", "m", "race", 0, 0, 1), Cost(0, 0))
        return _found(place, ledger, share, kill, time.perf_counter() - begun)


def _kill_in_the_middle(billed: Path, workers: Sequence[Any]) -> None:
    """When half of the calls were billed, SIGKILL to the process of the last: it has that one going."""
    while True:
        lines = billed.read_text().splitlines() if billed.exists() else []
        if len(lines) >= CALLS // 2:
            os.kill(workers[int(lines[-1].partition("-")[0])].pid, signal.SIGKILL)
            return
        time.sleep(0.001)


def _lost(place: RaceStore) -> set[str]:
    """The requests whose call nobody settled. Each request makes one call."""
    if place.url:
        import redis

        base = f"{PREFIX}:{{{TENANT}}}:ledger:"
        with redis.Redis.from_url(place.url, decode_responses=True) as client:
            calls = client.zrange(f"{base}lost", 0, -1)
            return {str(client.hget(f"{base}call:{one}", "request")) for one in calls}
    with closing(sqlite3.connect(place.folder / "ledger.sqlite")) as connection:
        return {name for (name,) in connection.execute("SELECT request FROM calls WHERE state = 'expired'")}


def _found(place: RaceStore, ledger: Ledger, share: tuple[float, float], kill: bool, seconds: float) -> Round:
    lines = [line.split() for line in place.bill.read_text().splitlines()]
    billed = {name: int(tokens) * NANO_A_TOKEN for name, tokens in lines}
    lost = _lost(place)
    (day,) = (one for one in ledger.all_sums() if (one.account.of, one.account.per) == ("tenant", "day"))
    settled = {name: ledger.request(name).spent_nano for name in billed if name not in lost}
    return Round(
        store="redis" if place.url else "file",
        share=share,
        killed=kill,
        budget=CALLS * TOKENS * NANO_A_TOKEN,
        billed=sum(billed.values()),
        charged=day.spent_nano,
        held=day.held_nano,
        wrong=sum(billed[name] != spent for name, spent in settled.items()),
        served=len(billed),
        lost=len(lost),
        seconds=seconds,
    )


def table(rounds: Sequence[Round]) -> str:
    lines = [
        "# A race for a budget",
        "",
        f"{PROCESSES} processes of {EACH} requests each, all at once, on one ledger; the budget fits {CALLS} "
        "calls at what is reserved for one. Where it says so, one process got SIGKILL in the middle. Amounts "
        "are shares of the budget.",
        "",
        "| ledger | a call takes, of what is reserved | killed | rounds | calls billed | billed | charged | "
        "waste: mean, most | unused | held in the end | charged otherwise than billed | lost calls |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for store, share, kill in dict.fromkeys((one.store, one.share, one.killed) for one in rounds):
        same = [one for one in rounds if (one.store, one.share, one.killed) == (store, share, kill)]
        wasted = [one.waste for one in same]
        middle = statistics.mean(wasted)
        lines.append(
            f"| {store} | {share[0]:.0%} to {share[1]:.0%} | {'one of 8' if kill else 'none'} | {len(same)} "
            f"| {_span([one.served for one in same])} "
            f"| {max(one.billed / one.budget for one in same):.2%} at most "
            f"| {max(one.charged / one.budget for one in same):.2%} at most "
            f"| {middle:.2%}, {max(wasted):.2%} at most "
            f"| {max(one.unused for one in same):.2%} at most | {max(one.held for one in same)} "
            f"| {sum(one.wrong for one in same)} | {_span([one.lost for one in same])} |"
        )
    lines += [
        "",
        "Billed is what the provider took, charged what the ledger says after all is settled. Waste is "
        "charged and not billed: calls of a killed process, charged as reserved, since nobody can say what "
        "they took: at most one reservation (5 %) each. Unused is less than one reservation: no more calls "
        "fitted. Two cores, Linux; file: SQLite's write-ahead log; redis: a redis-server on loopback that "
        "writes nothing to disk.",
    ]
    return "\n".join(lines) + "\n"


def _span(counts: Sequence[int]) -> str:
    return str(counts[0]) if len(set(counts)) == 1 else f"{min(counts)} to {max(counts)}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--each", type=int, default=EACH, help="Requests of each process.")
    parser.add_argument(
        "--store", choices=STORES, action="append", help="Where the ledger is; both if unset."
    )
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    rounds = [
        one_round(share, kill, given.each, store)
        for store in given.store or STORES
        for share in SHARES
        for kill in (False, True)
        for _ in range(given.rounds)
    ]
    text = table(rounds)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "budget_race.md").write_text(text, encoding="utf-8")
    print(text)
    for one in rounds:
        if not one.sound:
            print(f"not sound: {one}")
    return int(not all(one.sound for one in rounds))


if __name__ == "__main__":
    run_main(main)
