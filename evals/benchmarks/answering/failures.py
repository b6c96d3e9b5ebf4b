"""What a reader sees when the model's provider fails, how long it takes, and what the receipt says.

    python -m evals.benchmarks.answering.failures [--out FOLDER]

A scripted provider behind the real OpenAI wire fails in eleven ways; the whole product answers over the
sample documents with one model and the extractive answer behind it. A time-out of 2 s a call and a deadline
of 6 s are set, so that the table takes a minute. Exit code 1: a draft took longer than the deadline and a
second.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.settings import load_settings
from app.testing.openai_server import Reply, ScriptedModel, give_answer, serve_model
from evals.script import run_main
from graphs.contracts import Answer

RESULTS = Path(__file__).parents[2] / "results" / "failures"
SAMPLES = Path(__file__).parents[3] / "samples" / "documents"
QUESTION = "May a customer return a gateway that has been powered on?"
TIMEOUT_S, DEADLINE_S, SLACK_S = 2.0, 6.0, 1.0
SENTENCE = (
    "A customer may return a gateway within 30 days of delivery, whether or not it has been powered on."
)
GOOD = give_answer((SENTENCE, [1, 2, 3], []))
PROSE = f"{SENTENCE} [1] [2] [3] A Tern probe may be returned only in its sealed pouch. [1] [2] [3]"

FAILURES: Mapping[str, Sequence[Reply]] = {
    "times out": [Reply(hang_s=30)],
    "times out once, then answers": [Reply(hang_s=30), GOOD],
    "429, Retry-After 1, then answers": [Reply(status=429, headers={"Retry-After": "1"}), GOOD],
    "429, Retry-After 60": [Reply(status=429, headers={"Retry-After": "60"})],
    "500": [Reply(status=500)],
    "cuts the stream in the middle": [Reply(content=PROSE, tokens_per_s=200, cut_after=45)],
    "writes slower than the time-out": [Reply(content=PROSE, tokens_per_s=15)],
    "invalid JSON twice": [Reply(tool="give_answer", arguments='{"claims": [{"text": "A cus')],
    "returns nothing": [Reply(content="")],
    "100 kB of one token": [Reply(content="a" * 100_000, tokens_per_s=20_000)],
    "key not accepted (401)": [Reply(status=401)],
}


def ask(pincite: Pincite) -> tuple[Answer, float, float | None]:
    """The answer, the seconds it took, and those to its first sentence."""
    begun = time.perf_counter()
    first: float | None = None
    last: dict[str, Any] = {}
    for event in pincite.stream(QUESTION):
        if event["type"] == "sentence" and first is None:
            first = time.perf_counter() - begun
        last = event
    return Answer.model_validate(last["answer"]), time.perf_counter() - begun, first


def run(script: Sequence[Reply], home: Path) -> dict[str, Any]:
    with serve_model(script) as server, open_pincite(_settings(home, server)) as pincite:
        answer, seconds, first = ask(pincite)
    receipt = answer.receipt
    return {
        "seconds": round(seconds, 2),
        "first_sentence_s": round(first, 2) if first is not None else None,
        "status": answer.status,
        "mode": answer.mode,
        "sentences": len(answer.claims),
        "notices": answer.notices,
        "calls": len(server.requests),
        "fallbacks": [one["why"] for one in receipt.get("fallbacks", [])],
        "usage": receipt.get("usage", {}),
        "cost": receipt.get("cost"),
        "drafting_s": sum(step["ms"] for step in receipt["steps"] if step["node"] == "generate") / 1000,
    }


def _settings(home: Path, server: ScriptedModel | None) -> Any:
    settings = load_settings(None)
    answer = settings.answer.model_copy(update={"model_timeout_s": TIMEOUT_S, "deadline_s": DEADLINE_S})
    update: dict[str, Any] = {"home": home, "answer": answer}
    if server is not None:
        update |= {"model": "openai:scripted", "model_base_url": server.url}
    return settings.model_copy(update=update)


def table(found: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [
        "# When the model's provider fails",
        "",
        f"One scripted model over the OpenAI wire, time-out {TIMEOUT_S:.0f} s a call, "
        f"deadline {DEADLINE_S:.0f} s, two calls at most; behind it the extractive answer. Seconds of the "
        "whole answer, and of drafting alone; what the documents disagree about is left out of the notices.",
        "",
        "| the provider | seconds (drafting) | the reader sees | notice | calls; why; tokens unknown of |",
        "|---|---|---|---|---|",
    ]
    for name, row in found.items():
        unknown = sum(one["calls_without_usage"] for one in row["usage"].values())
        seen = f"{row['status']}, {row['mode'] or 'nobody'}, {row['sentences']} sentence(s)"
        why = "; ".join(row["fallbacks"]) or "none failed for good"
        notice = " ".join(one for one in row["notices"] if not one.startswith("Sources differ")) or "none"
        took = f"{row['seconds']} ({row['drafting_s']:.2f})"
        lines.append(f"| {name} | {took} | {seen} | {notice} | {row['calls']} call(s); {why}; {unknown} |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="pincite-failures-") as scratch:
        home = Path(scratch)
        with open_pincite(_settings(home, None)) as pincite:
            with pincite.corpus.writing() as (pipeline, writer):
                for _ in pipeline.sync(discover([SAMPLES], "samples"), "samples", writer):
                    pass
            ask(pincite)
        found = {name: run(script, home) for name, script in FAILURES.items()}
    text = table(found)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "failures.md").write_text(text, encoding="utf-8")
    (given.out / "failures.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(text)
    return int(any(row["drafting_s"] > DEADLINE_S + SLACK_S for row in found.values()))


if __name__ == "__main__":
    run_main(main)
