"""The service under load, on loopback: many streams, ten times too many, beside a plain service, no model.

    python -m evals.benchmarks.service.load [--seconds 20] [--out FOLDER]

The model is scripted (``scripted_model``), in a process of its own; so are the servers. Our own time of a
question is what its caller waited less what the model took on average; processor time is the server's
process's. Exit code 1: an error, or an answer that the model did not write where it was asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from evals.benchmarks.service import plain_service, scripted_model
from evals.benchmarks.service.callers import Kind, Seen, ask_for
from evals.benchmarks.service.server import Served, environment_of, filled_home, new_key, serving
from evals.script import run_main

RESULTS = Path(__file__).parents[2] / "results" / "service"
QUESTION = "How long does the Heron G3 keep readings when the connection to Roost fails?"
SENTENCE = (
    "When the connection to Roost fails, the gateway keeps all readings for 30 days and sends them later."
)
STREAMS = 64
PLACES = 8
TURNS = 3
SHORT = 3
"""The other parts take a third of the seconds each."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    short = max(given.seconds / SHORT, 3)
    before = os.getloadavg()[0]
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="pincite-load-") as scratch, scripted() as model:
        home = Path(scratch) / "home"
        filled_home(home)
        filled_home(home, PINCITE_TENANT="other")
        asker = new_key(home, "a", "anna", "asker")
        other = new_key(home, "b", "bert", "asker", "other")
        asked = {
            "PINCITE_MODEL": "openai:scripted",
            "PINCITE_MODEL_BASE_URL": f"{model}/v1",
            "PINCITE_CACHE__ANSWERS": "false",
            "PINCITE_ANSWER__DEADLINE_S": "120",
        }
        good = streams(lines, home, asked, asker, model, given.seconds)
        good &= overload(lines, home, asked, asker, other, short)
        good &= beside_plain(lines, home, asked, asker, short)
    given.out.mkdir(parents=True, exist_ok=True)
    head = (
        "# The service under load\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores "
        f"**shared with other work** (load average {before:.1f} before, {os.getloadavg()[0]:.1f} after): "
        "times are upper bounds, ratios within a run are what counts. Callers, servers and the scripted "
        "model (200 ms to the first token, 50 tokens/s) are processes on the same machine. Sample documents, "
        "one question, "
        f"{given.seconds:g} s for the first part, {short:.0f} s for each of the others. Brackets: 95 % "
        "bootstrap interval.\n"
    )
    page = "\n".join([head, *lines, "\n    python -m evals.benchmarks.service.load\n"])
    (given.out / "load.md").write_text(page, encoding="utf-8")
    print(page)
    return 0 if good else 1


def streams(
    lines: list[str], home: Path, asked: dict[str, str], key: str, model: str, seconds: float
) -> bool:
    with serving(home, **asked, PINCITE_API__MAX_CONCURRENT=str(STREAMS)) as server:
        asyncio.run(ask_for(server.url, [Kind("a", 1, key)], 1, QUESTION))
        memory = [rss(server.pid)]
        seen = Seen()
        before = model_time(model)
        for _ in range(2):
            found = asyncio.run(ask_for(server.url, [Kind("a", STREAMS, key)], seconds / 2, QUESTION))["a"]
            seen.answered += found.answered
            seen.errors += found.errors
            seen.modes |= found.modes
            seen.took += found.took
            memory.append(rss(server.pid))
    took = model_since(before, model_time(model))
    own = [one - took for one in seen.answered]
    lines += [
        f"## {STREAMS} streams at the same time\n",
        f"{len(seen.answered)} questions answered ({seen.rate:.1f} a second), "
        f"{len(seen.errors)} errors; the model took {took:.2f} s of each. Our own time: p50 "
        f"{interval(own, 0.5)} s, p95 {interval(own, 0.95)} s. Memory of the server: {memory[0]} MiB after "
        f"the first question, {memory[1]} in the middle, {memory[2]} at the end.\n",
    ]
    return not seen.errors and seen.modes == {"model"}


def overload(
    lines: list[str], home: Path, asked: dict[str, str], key: str, other: str, seconds: float
) -> bool:
    bounds = {"PINCITE_API__MAX_CONCURRENT": str(PLACES), "PINCITE_LIMITS__QUEUE": str(PLACES)}
    many = 10 * 2 * PLACES
    kinds = [Kind("a", many * 3 // 4, key), Kind("b", many // 4, other)]
    with serving(home, **asked, **bounds, PINCITE_API__TENANTS="other") as server:
        asyncio.run(ask_for(server.url, [Kind("a", 1, key), Kind("b", 1, other)], 1, QUESTION))
        alone = asyncio.run(ask_for(server.url, [Kind("a", PLACES, key)], seconds, QUESTION))["a"]
        found = asyncio.run(ask_for(server.url, kinds, seconds * 2, QUESTION, rest_s=1.0))
        after = asyncio.run(ask_for(server.url, [Kind("a", PLACES, key)], 2, QUESTION))["a"]
    answered = [one for seen in found.values() for one in seen.answered]
    refused = [one for seen in found.values() for one in seen.refused]
    errors = [one for seen in (*found.values(), alone, after) for one in seen.errors]
    total = len(answered) + len(refused)
    lines += [
        f"## Ten times too many: {many} callers for {PLACES} places and a queue of {PLACES}\n",
        f"{total} requests, {len(refused) / max(total, 1):.0%} refused (503 with `Retry-After`; "
        f"a caller rests a second, then asks again), p50 {interval(refused, 0.5)} s, p95 "
        f"{interval(refused, 0.95)} s until the refusal. {len(errors)} errors. Those admitted: p50 "
        f"{interval(answered, 0.5)} s with their wait in the queue; without overload {PLACES} callers waited "
        f"{interval(alone.answered, 0.5)} s. {len(after.answered)} answered right afterwards.\n",
        f"Two tenants: {kinds[0].callers} callers of one had {len(found['a'].answered)} answers, "
        f"{kinds[1].callers} of the other {len(found['b'].answered)}.\n",
    ]
    print("errors:", Counter(errors))
    return not errors and bool(refused) and bool(after.answered)


def beside_plain(lines: list[str], home: Path, asked: dict[str, str], key: str, seconds: float) -> bool:
    rows, good = [], True
    with (
        serving(home, **asked, PINCITE_API__MAX_CONCURRENT=str(STREAMS)) as ours,
        plain(home, asked) as theirs,
    ):
        for callers in (1, 8, STREAMS):
            waited: dict[Served, list[float]] = {ours: [], theirs: []}
            worked: dict[Served, list[float]] = {ours: [], theirs: []}
            for server in (ours, theirs):
                asyncio.run(ask_for(server.url, [Kind("a", callers, key)], 1, QUESTION))
            for server in (ours, theirs) * TURNS:
                before = processor_s(server.pid)
                seen = asyncio.run(ask_for(server.url, [Kind("a", callers, key)], seconds / 2, QUESTION))["a"]
                worked[server].append((processor_s(server.pid) - before) / max(len(seen.answered), 1))
                waited[server] += seen.answered
                good &= not seen.errors and seen.modes == ({"model"} if server is ours else {""})
            ratios = [
                statistics.median(one[ours]) / max(statistics.median(one[theirs]), 1e-6)
                for one in (waited, worked)
            ]
            rows.append(
                f"| {callers} | {interval(waited[ours], 0.5)} s, n {len(waited[ours])} | "
                f"{interval(waited[theirs], 0.5)} s, n {len(waited[theirs])} | **{ratios[0]:.2f}** | "
                f"{_ms(worked[ours])} | {_ms(worked[theirs])} | {ratios[1]:.2f} |"
            )
        rates = []
        for callers in (1, 16, 64):
            seen = asyncio.run(ask_for(ours.url, [Kind("a", callers, key)], seconds, QUESTION, stream=False))[
                "a"
            ]
            good &= not seen.errors and seen.modes == {"extractive"}
            rates.append(
                f"| {callers} | {seen.rate:.1f} | {interval(seen.answered, 0.5)} s | "
                f"{interval(seen.answered, 0.95)} s |"
            )
    lines += [
        "## Beside a plain service\n",
        "`plain_service.py`: FastAPI and LangGraph on the same retriever and model, without log-in, "
        f"limits, guards, checks of sentences, receipts, stored answers. {TURNS} turns each within one run: "
        "what a caller waits for the whole answer (p50), and the server's processor time of an answer (the "
        "median of the turns).\n",
        "| callers | Pincite | plain | ratio | Pincite, ms | plain, ms | ratio |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "\n## Without a model\n",
        "| callers | answers a second | p50 | p95 |\n|---|---|---|---|",
        *rates,
    ]
    return good


def processor_s(pid: int) -> float:
    """Seconds of processor that a process took so far; Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ms(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f}"


@contextmanager
def scripted() -> Iterator[str]:
    command = [sys.executable, "-m", scripted_model.__name__, SENTENCE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@contextmanager
def plain(home: Path, asked: dict[str, str]) -> Iterator[Served]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-m", plain_service.__name__, str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment_of(home, **asked), stdout=quiet, stderr=quiet) as process:
        try:
            end = time.monotonic() + 120
            while True:
                with socket.socket() as one:
                    if one.connect_ex(("127.0.0.1", port)) == 0:
                        break
                if time.monotonic() > end or process.poll() is not None:
                    raise RuntimeError("the plain service did not start")
                time.sleep(0.1)
            yield Served(f"http://127.0.0.1:{port}", process.pid, home)
        finally:
            process.terminate()


def model_time(model: str) -> tuple[int, float]:
    """How often the model was asked, and the seconds that all of it took."""
    with urllib.request.urlopen(model) as response:  # noqa: S310 - our own, on loopback
        told = json.load(response)
    return told["n"], told["n"] * told["mean_s"]


def model_since(before: tuple[int, float], after: tuple[int, float]) -> float:
    return (after[1] - before[1]) / max(after[0] - before[0], 1)


def rss(pid: int) -> int:
    """MiB of memory that a process has resident; Linux only."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def interval(values: Sequence[float], share: float) -> str:
    """A quantile, and its 95 % bootstrap interval of 200 draws."""
    if not values:
        return "none"
    chance = random.Random(0)
    drawn = sorted(_quantile(chance.choices(values, k=len(values)), share) for _ in range(200))
    return f"{_quantile(values, share):.3f} [{drawn[4]:.3f}, {drawn[194]:.3f}]"


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


if __name__ == "__main__":
    run_main(main)
