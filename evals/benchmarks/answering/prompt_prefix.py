"""How much of a question's prompt begins as the one before it in its conversation did: what providers cache.

    python -m evals.benchmarks.answering.prompt_prefix [--as NAME] [--threads 150] [--out FOLDER]

Conversations of ``evals/datasets/threads`` are held with a scripted model at a real server of OpenAI's wire,
which answers nothing: what it is sent is compared, letter by letter, tools and messages in the order in which
providers read them. Every draft's first request is compared with that of the turn before; where a turn drafts
twice, its second request with its first. A token is counted as 4 characters, and a prefix counts for a
provider's cache from 1,024 tokens (OpenAI's and Anthropic's documents name that size).
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.settings import Settings
from app.testing.openai_server import Reply, ScriptedModel, give_answer, serve_model
from evals.benchmarks.answering.threads import SAMPLES, THREADS, threads
from evals.script import run_main

RESULTS = Path(__file__).parents[2] / "results" / "answering"
CHARS_A_TOKEN = 4
LEAST_TOKENS = 1024

UNITS = ("windows", "passages")


@contextmanager
def opened(server: ScriptedModel, unit: str) -> Iterator[Pincite]:
    """The application over the threads' documents, asking the scripted model."""
    with tempfile.TemporaryDirectory(prefix="pincite-prefix-") as home:
        plain = Settings(_env_file=None)
        settings = plain.model_copy(
            update={
                "home": Path(home),
                "model": "openai:gpt-4o-mini",
                "model_base_url": server.url,
                "retrieval": plain.retrieval.model_copy(update={"evidence_unit": unit}),
                "answer": plain.answer.model_copy(update={"second_reader": False}),
            }
        )
        with open_pincite(settings) as pincite:
            with pincite.corpus.writing() as (pipeline, writer):
                for folder, source in ((SAMPLES, "samples"), (THREADS / "documents", "threads")):
                    for outcome in pipeline.sync(discover([folder], source), source, writer):
                        if outcome.error is not None:
                            raise SystemExit(f"{outcome.name} cannot be read: {outcome.error}")
            yield pincite


def _script(request: dict[str, Any]) -> Reply:
    """Every draft is rejected once, so that each question is drafted twice. A follow-up is put behind the
    question that the conversation began with: a model would take the names from there."""
    said = str(request["messages"][-1]["content"])
    if "Last question:" in said:
        first = re.search(r"([^\n:]+\?)", said)
        return Reply(
            content=f"{first[1].strip() if first else ''} {said.rpartition('Last question:')[2].strip()}"
        )
    return give_answer(("The moon is made of 77 cheeses.", [1], ["77 cheeses"]))


def as_read(request: dict[str, Any]) -> str:
    """A request as a provider's cache sees it: tools first, then the messages."""
    said = "".join(f"\n<{one['role']}>\n{one.get('content')}" for one in request["messages"])
    return json.dumps(request.get("tools", []), sort_keys=True) + said


def shared(one: str, other: str) -> int:
    """Characters that two texts begin with alike."""
    alike = takewhile(lambda both: both[0] == both[1], zip(one, other, strict=False))
    return sum(1 for _ in alike)


def measured(unit: str, most: int) -> dict[str, Any]:
    """What turns and drafts share, in characters; the median, and the share that a cache takes."""
    turns: list[tuple[int, int]] = []
    drafts: list[tuple[int, int]] = []
    with serve_model(_script) as server, opened(server, unit) as pincite:
        for thread in threads()[:most]:
            asked: list[list[str]] = []
            for turn in thread["turns"]:
                before = len(server.requests)
                pincite.ask(turn["question"], thread_id=f"t-{thread['id']}")
                sent = [as_read(one) for one in server.requests[before:] if one.get("tools")]
                if sent:
                    asked.append(sent)
            drafts += [(shared(*two), len(two[1])) for sent in asked for two in pairwise(sent)]
            turns += [(shared(one[0], other[0]), len(other[0])) for one, other in pairwise(asked)]
    return {"turns": _summed(turns), "drafts": _summed(drafts)}


def _summed(pairs: Sequence[tuple[int, int]]) -> dict[str, float]:
    reached = [both for both in pairs if both[0] >= LEAST_TOKENS * CHARS_A_TOKEN]
    return {
        "pairs": len(pairs),
        "median_shared": statistics.median(both[0] for both in pairs) if pairs else 0,
        "median_prompt": statistics.median(both[1] for both in pairs) if pairs else 0,
        "cacheable_pairs": len(reached) / len(pairs) if pairs else 0,
        "cached_share": sum(both[0] for both in reached) / sum(both[1] for both in pairs) if pairs else 0,
    }


def report(kept: dict[str, Any]) -> str:
    lines = [
        "# What a prompt shares with the one before it",
        "",
        "The first 20 conversations of `evals/datasets/threads`; a model that puts a follow-up behind the",
        "first question, and answers nothing that stands, so that each question is drafted twice.",
        "*turns*: the first draft of a question and that of the question before.",
        "*drafts*: the second draft of a question and its first. Characters; a token is counted as 4.",
        "Cacheable: at least 1,024 tokens alike. Cached: of all characters sent, those in such a beginning.",
        "",
        "| | evidence | of | pairs | shared, median | prompt, median | cacheable | cached |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, units in kept.items():
        for unit, found in units.items():
            for of, one in found.items():
                sizes = f"{one['median_shared']:.0f} | {one['median_prompt']:.0f}"
                shares = f"{one['cacheable_pairs']:.0%} | {one['cached_share']:.0%}"
                lines.append(f"| {name} | {unit} | {of} | {one['pairs']} | {sizes} | {shares} |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--as", dest="name", default="now", help="Kept under this name beside others.")
    parser.add_argument("--threads", type=int, default=150)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    file = given.out / "prompt_prefix.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    kept[given.name] = {unit: measured(unit, given.threads) for unit in UNITS}
    file.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    text = report(kept)
    (given.out / "prompt_prefix.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    run_main(main)
