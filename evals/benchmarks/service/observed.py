"""What being observed costs: latency and exit beside endpoints in trouble, and secrets in what is sent.

    python -m evals.benchmarks.service.observed [--questions 40] [--out FOLDER]

LangSmith and OTLP (traces, metrics, log records) are both sent to one endpoint: none, one that keeps what it
is sent, one that refuses, one that never answers, one that takes 20 s. Servers run at the same time and are
asked in turn. The exit of `serve` is from SIGTERM to the end of the process, of `ask` from its last line.
Exit code 1: an exit took 3 s or more, the median question took a quarter longer beside an endpoint in trouble
than beside a good one, nothing arrived at the good one, or something planted was found.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from evals.benchmarks.safety.secret_samples import secret_samples
from evals.benchmarks.service.server import PINCITE, Served, environment_of, filled_home, serving
from evals.benchmarks.service.sinks import TROUBLES, Sink, in_trouble, keeping
from evals.script import run_main

RESULTS = Path(__file__).parents[2] / "results" / "service"
QUESTION = "How long does the Heron G3 keep readings when the connection to Roost fails?"
PLANTED = 300
"""Half of them secrets, half e-mail addresses."""

MOST_S = 3.0
LONGER = 1.25
ASKS = 3


@dataclass
class Observed:
    """Seconds, of one endpoint."""

    questions: list[float] = field(default_factory=list)
    serve: float = 0.0
    ask: list[float] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="pincite-observed-") as scratch, ExitStack() as stack:
        kept = stack.enter_context(keeping())
        urls = {"none": "", "takes all": kept.url, **stack.enter_context(in_trouble())}
        seen = measure(Path(scratch), urls, given.questions)
        found, sent = planted(Path(scratch) / "planted")
    page = _page(seen, found, sent, load)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "observed.md").write_text(page, encoding="utf-8")
    print(page)
    return 0 if good(seen, found, sent) else 1


def measure(scratch: Path, urls: Mapping[str, str], questions: int) -> dict[str, Observed]:
    """Ask ``questions`` of a server beside each endpoint, in turn, then end the servers one by one."""
    seen = {name: Observed() for name in urls}
    with ExitStack() as stack:
        servers: dict[str, Served] = {}
        for name, url in urls.items():
            home = scratch / name.replace(" ", "-") / "home"
            home.parent.mkdir()
            filled_home(home)
            servers[name] = stack.enter_context(serving(home, **_observed(url)))
        for number in range(questions + 1):
            for name, server in servers.items():
                took = _ask(server.url, QUESTION)
                if number:  # the first one loads what answering takes
                    seen[name].questions.append(took)
        for name, server in servers.items():
            seen[name].serve = _end(server.pid)
    for _ in range(ASKS):
        for name, url in urls.items():
            seen[name].ask.append(_command(scratch / name.replace(" ", "-") / "home", url))
    return seen


def planted(scratch: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Ask questions with something planted in each; what of it was found where, and how much was sent."""
    scratch.mkdir()
    dice = random.Random(20261130)
    samples = [one for one in secret_samples() if one.end and len(one.text) < 1500]
    texts = [(one.text, one.text[one.start : one.end]) for one in dice.sample(samples, PLANTED // 2)]
    for number in range(PLANTED - len(texts)):
        address = (
            f"{dice.choice(('anna', 'b.kurz', 'C-Li'))}{number}@{dice.choice(('corp.example', 'firma.de'))}"
        )
        texts.append((f"write to {address}", address))
    home = scratch / "home"
    filled_home(home)
    with keeping() as sink:
        words = {"PINCITE_OBSERVABILITY__OTLP_WORDS": "true", "PINCITE_OBSERVABILITY__LOG_FORMAT": "json"}
        with serving(home, **_observed(sink.url), **words) as server:
            for text, _ in texts:
                _ask(server.url, f"How long does the Heron G3 keep readings? {text}")
            end = time.monotonic() + 30
            while time.monotonic() < end and not _arrived(sink, PLANTED):
                time.sleep(0.2)
        places = {
            "LangSmith": _bodies(sink, "/runs"),
            "OTLP traces": _bodies(sink, "/v1/traces"),
            "OTLP metrics": _bodies(sink, "/v1/metrics"),
            "OTLP log records": _bodies(sink, "/v1/logs"),
            "the server's log": server.log.read_bytes(),
        }
    found = {where: sum(_is_in(secret, data) for _, secret in texts) for where, data in places.items()}
    return found, {where: len(data) for where, data in places.items()}


def good(seen: Mapping[str, Observed], found: Mapping[str, int], sent: Mapping[str, int]) -> bool:
    well = statistics.median(seen["takes all"].questions)
    quick = all(statistics.median(seen[name].questions) < LONGER * well for name in TROUBLES)
    ends = all(max(one.serve, *one.ask) < MOST_S for one in seen.values())
    return quick and ends and all(sent.values()) and not any(found.values())


def _observed(url: str) -> dict[str, str]:
    plain = {"PINCITE_AUTH__REQUIRED": "false"}
    if not url:
        return plain
    return {
        **plain,
        "LANGSMITH_API_KEY": "made-up",
        "LANGSMITH_ENDPOINT": url,
        "PINCITE_OBSERVABILITY__OTLP_ENDPOINT": url,
        "PINCITE_OBSERVABILITY__OTLP_SIGNALS": "traces,metrics,logs",
        "PINCITE_OBSERVABILITY__OTLP_METRICS_S": "5",
    }


def _ask(url: str, question: str) -> float:
    begun = time.monotonic()
    answer = httpx.post(f"{url}/v1/answers", json={"question": question}, timeout=120)
    took = time.monotonic() - begun
    answer.raise_for_status()
    return took


def _end(pid: int) -> float:
    """Terminate a child and see it end; who started it finds it ended."""
    begun = time.monotonic()
    os.kill(pid, signal.SIGTERM)
    # Not reaped here: that is for who started it.
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return time.monotonic() - begun


def _command(home: Path, url: str) -> float:
    """Seconds from the last line of ``pincite ask --events`` to its end."""
    with subprocess.Popen(
        [PINCITE, "ask", "--events", QUESTION],
        env=environment_of(home, **_observed(url)),
        cwd=home.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        last = time.monotonic()
        for _ in process.stdout:
            last = time.monotonic()
        process.wait(60)
        return time.monotonic() - last


def _arrived(sink: Sink, count: int) -> bool:
    """Whether as many questions' traces came as were asked."""
    return b"".join(sink.bodies).count(b"invoke_agent pincite") >= count


def _bodies(sink: Sink, path: str) -> bytes:
    return b"\n".join(body for to, body in zip(sink.paths, sink.bodies, strict=True) if to.startswith(path))


def _is_in(secret: str, data: bytes) -> bool:
    """As it is, or as JSON escapes it; of one with several lines, any line that is long."""
    parts = [one for one in secret.split("\n") if len(one) > 20] if "\n" in secret else [secret]
    return any(part.encode() in data for part in parts)


def _page(
    seen: Mapping[str, Observed], found: Mapping[str, int], sent: Mapping[str, int], load: float
) -> str:
    rows = [
        f"| {name} | {_ms(one.questions, 0.5)} | {_ms(one.questions, 0.95)} | {one.serve:.2f} | "
        f"{max(one.ask):.2f} |"
        for name, one in seen.items()
    ]
    places = [f"| {where} | {sent[where]:,} | {count} of {PLANTED} |" for where, count in found.items()]
    count = len(seen["none"].questions)
    return "\n".join(
        [
            "# Being observed\n",
            f"{datetime.now(UTC):%F}, Python {platform.python_version()}, "
            f"{os.cpu_count()} cores shared with other work (load average {load:.1f} before). "
            "LangSmith and OTLP (traces, metrics, log records) both go to the endpoint. "
            "Sample documents, no model, one question at a time, "
            f"{count} for each server, the servers in turn. Dead: connections are refused. Black hole: they "
            "are taken and nothing is said. Slow: 20 s for each answer. `exit_s` is 1 s, its default. The "
            "difference between the first row and the others is LangSmith's callbacks, which run while the "
            "question is answered; that between the second and those below it is what trouble costs.\n",
            "| endpoint | question p50, ms | p95, ms | `serve`: SIGTERM to end, s | `ask`: last line to end, "
            f"most of {ASKS}, s |",
            "|---|---|---|---|---|",
            *rows,
            f"\n## What was planted\n\n{PLANTED} questions, each with a secret (150, of all kinds and places "
            "of `secret_samples.py`) or an e-mail address (150); words are sent too, redacted.\n",
            "| where | bytes | found |",
            "|---|---|---|",
            *places,
            "\n    python -m evals.benchmarks.service.observed\n",
        ]
    )


def _ms(seconds: Sequence[float], share: float) -> str:
    ordered = sorted(seconds)
    return f"{ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000:.0f}"


if __name__ == "__main__":
    run_main(main)
