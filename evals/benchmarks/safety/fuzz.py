"""Random and repeated text through everything that strangers' text reaches.

    python -m evals.benchmarks.safety.fuzz [--inputs 50000] [--seed 1] [--only NAME …] [--out FOLDER]

Each input, of up to 10,000 characters, goes to every target (``fuzz_targets``). Nothing may raise but what it
documents, and none may take more than 50 ms of this process's time, the least of three. Then growth: each
repeated unit at 5,000, 10,000 and 20,000 characters; twice the text may take 2.15 times as long, as n log n
does, and a quarter more for the clock; what seems to take longer is tried over eight times the text, and
named only where that shows it too. Exit code 1 where one of these is broken.
"""

from __future__ import annotations

import argparse
import random
import secrets
import time
import traceback
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from pathlib import Path

from app.testing.paused_collection import paused_collection
from evals.benchmarks.safety.fuzz_inputs import MOST, grown, some_text, units
from evals.benchmarks.safety.fuzz_targets import Target, targets
from evals.script import run_main

RESULTS = Path(__file__).parents[2] / "results" / "safety"
MOST_MS = 50.0
SIZES = (5_000, 10_000, 20_000)
MOST_GROWTH = 2 * log(SIZES[2]) / log(SIZES[1]) * 1.25
"""Of the time when the text is twice as long: n log n, and a quarter for a clock that others use too."""
SURE_SIZES = (10_000, 80_000)
"""Eight times the text: n log n grows by 9.8, the square by 64. One doubling is at times off by more than a
quarter beside other work, and shorter texts are remembered in part, longer ones read anew."""
COUNTED_MS = 5.0
"""Of the longer one: what is quicker is lost in the clock's noise."""
AGAIN = 3
UNBOUNDED = frozenset({"check: text"})
"""A text of many sentences takes each sentence's time; only its growth and its crashes are held."""
JOINED = 100


@dataclass(slots=True)
class Record:
    """What one target did. Times in milliseconds of this process, as guards run in threads of their own."""

    calls: int = 0
    total_ms: float = 0.0
    worst_ms: float = 0.0
    worst: tuple[str, str] = ("", "")
    slow: int = 0
    crashes: dict[str, tuple[str, str]] = field(default_factory=dict)
    growth: float = 0.0
    grower: str = ""


def fuzz(of: Mapping[str, Target], inputs: int, seed: int) -> dict[str, Record]:
    """Put random pairs of texts to each target."""
    rng = random.Random(seed)
    records: dict[str, Record] = defaultdict(Record)
    for _ in range(inputs):
        one = some_text(rng)
        other = some_text(rng) if rng.random() < 0.5 else one[::-1]
        for name, target in of.items():
            _put(target, one, other, records[name])
    return records


def _put(target: Target, one: str, other: str, record: Record) -> None:
    record.calls += 1
    try:
        took = timed(target, one, other, 1)
        if took > MOST_MS:
            took = timed(target, one, other, AGAIN)
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        record.crashes.setdefault(
            f"{type(error).__name__} in {Path(at.filename).name}:{at.lineno}", (one, other)
        )
        return
    record.total_ms += took
    record.slow += took > MOST_MS
    if took > record.worst_ms:
        record.worst_ms, record.worst = took, (one, other)


def grow(of: Mapping[str, Target], repeated: Sequence[str]) -> dict[str, tuple[float, str]]:
    """For each target the fastest growth with the length, each time twice ``SIZES``, and of what."""
    found: dict[str, tuple[float, str]] = {}
    for name, target in of.items():
        worst = (0.0, "")
        for unit in repeated:
            short, middle, long = (_pair(unit, size) for size in SIZES)
            if timed(target, *long, 1) < COUNTED_MS:
                continue
            times = [timed(target, *one, AGAIN) for one in (short, middle, long)]
            if times[2] >= COUNTED_MS:
                # Twice in a row: a short cut that only the shorter one may take is no growth.
                growth = min(times[1] / times[0], times[2] / times[1])
                if growth > max(worst[0], MOST_GROWTH):
                    growth = _surely(target, unit)
                worst = max(worst, (growth, unit))
        found[name] = worst
    return found


def _surely(target: Target, unit: str) -> float:
    """The growth for twice the text, by the time of eight times as much."""
    few, many = (timed(target, *_pair(unit, size), AGAIN) for size in SURE_SIZES)
    return float((many / few) ** (1 / 3))


def _pair(unit: str, length: int) -> tuple[str, str]:
    text = grown(unit, length)
    return text, text[::-1]


def timed(target: Target, one: str, other: str, times: int) -> float:
    """The least of the milliseconds that ``times`` runs took the process."""
    least = float("inf")
    for _ in range(times):
        # What has been read before is remembered, so no two are the same.
        end = secrets.token_hex(4)
        mine, theirs = one[:-8] + end, other[:-8] + end
        with paused_collection():
            start = time.process_time()
            target(mine, theirs)
            least = min(least, (time.process_time() - start) * 1000)
    return least


def broken(records: Mapping[str, Record]) -> list[str]:
    """A line for each thing that does not hold."""
    lines = []
    for name, record in records.items():
        lines += [
            f"{name}: {what} on {one[:60]!r}, {other[:60]!r}" for what, (one, other) in record.crashes.items()
        ]
        if record.slow and name not in UNBOUNDED:
            lines.append(
                f"{name}: {record.slow} over {MOST_MS:.0f} ms, {record.worst_ms:.0f} "
                f"on {record.worst[0][:60]!r}"
            )
        if record.growth > MOST_GROWTH:
            lines.append(f"{name}: {record.growth:.1f} times as long for twice {record.grower!r}")
    return lines


def report(records: Mapping[str, Record], inputs: int, seed: int) -> str:
    rows = [
        f"| {name} | {record.calls} | {len(record.crashes)} | {record.total_ms / record.calls:.2f} "
        f"| {record.worst_ms:.1f} | {record.slow} | {f'{record.growth:.1f}' if record.growth else '-'} |"
        for name, record in records.items()
    ]
    return "\n".join(
        [
            f"# Fuzzing: {inputs} pairs of texts up to {MOST} characters, seed {seed}",
            "",
            f"`python -m evals.benchmarks.safety.fuzz --inputs {inputs} --seed {seed}`. Milliseconds of the",
            f"process's own time; over {MOST_MS:.0f} ms the least of {AGAIN}. Growth: how many times as long",
            f"twice the text takes, the lesser from {SIZES[0]} to {SIZES[1]} and to {SIZES[2]}, the worst",
            "of all repeated units, and over that for eight times the text; n log n is 2.15, over",
            f"{MOST_GROWTH:.2f} is broken; -: never over {COUNTED_MS:.0f} ms.",
            "",
            "| target | inputs | crashes | mean ms | worst ms | over 50 ms | growth |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args(arguments)
    of = {name: target for name, target in targets().items() if not chosen.only or name in chosen.only}
    records = fuzz(of, chosen.inputs, chosen.seed)
    for name, (growth, unit) in grow(of, units(random.Random(chosen.seed), JOINED)).items():
        records[name].growth, records[name].grower = growth, unit
    text = report(records, chosen.inputs, chosen.seed)
    print(text)
    if not chosen.only:
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / "fuzz.md").write_text(text, encoding="utf-8")
    for line in broken(records):
        print(line)
    return 1 if broken(records) else 0


if __name__ == "__main__":
    run_main(main)
