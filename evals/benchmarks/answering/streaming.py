"""How long a reader waits: the first released sentence beside the model's first token.

    python -m evals.benchmarks.answering.streaming [--answers 10] [--tokens-per-s 50] [--out FOLDER]

A scripted model behind the real OpenAI wire writes four sentences at a set pace; the whole product answers
over the sample documents. Measured from the first call of the model: its first chunk, the first sentence that
was cited, checked and sent, and the end of the draft. Exit code 1: in most answers the gap is longer than
twice what writing the first sentence takes, and half a second.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.compose import open_pincite
from app.ingestion.discover import discover
from app.settings import load_settings
from app.testing.openai_server import TOKEN_CHARS, Reply, serve_model
from evals.benchmarks.citing.adversary_cases import sentences_of
from evals.script import run_main
from graphs.contracts import Answer

RESULTS = Path(__file__).parents[2] / "results" / "streaming"
SAMPLES = Path(__file__).parents[3] / "samples" / "documents"
QUESTION = "May a customer return a gateway that has been powered on, and who pays the refund when?"
SENTENCES = 4
SLACK_S = 0.5


def draft(request: dict[str, Any], form: str, pace: float) -> Reply:
    """The first sentences of the passages shown, each naming its passage."""
    prompt = str(request["messages"][-1]["content"])
    claims = []
    for number, block in enumerate(prompt.split("<passage ")[1:], 1):
        body = block.split(">\n", 1)[1].split("\n</passage", 1)[0]
        claims += [(text, number) for text in sentences_of(body)[:2]]
    claims = claims[:SENTENCES]
    if form == "prose":
        return Reply(content=" ".join(f"{text} [{n}]" for text, n in claims), tokens_per_s=pace)
    listed = [{"text": text, "sources": [n], "quotes": []} for text, n in claims]
    return Reply(tool="give_answer", arguments={"claims": listed}, tokens_per_s=pace)


def measure(answers: int, pace: float, form: str) -> list[dict[str, float]]:
    """One row an answer, in milliseconds from the first call."""
    rows = []
    with (
        tempfile.TemporaryDirectory(prefix="pincite-streaming-") as scratch,
        serve_model(lambda request: draft(request, form, pace)) as server,
    ):
        settings = load_settings(None).model_copy(
            update={"home": Path(scratch), "model": "openai:scripted", "model_base_url": server.url}
        )
        with open_pincite(settings) as pincite:
            with pincite.corpus.writing() as (pipeline, writer):
                for _ in pipeline.sync(discover([SAMPLES], "samples"), "samples", writer):
                    pass
            for _ in range(answers + 1):
                rows.append(_one(pincite.stream(QUESTION), pace))
    # The first answer opens connections and fills caches.
    return rows[1:]


def _one(events: Any, pace: float) -> dict[str, float]:
    begun = time.perf_counter()
    first, last = 0.0, {}
    for event in events:
        if event["type"] == "sentence" and not first:
            first = time.perf_counter() - begun
        last = event
    answer = Answer.model_validate(last["answer"])
    receipt = answer.receipt
    drafting = next(step["ms"] for step in receipt["steps"] if step["node"] == "generate")
    sentence = answer.claims[0]
    return {
        "first_chunk": receipt["first_chunk_ms"],
        "first_sentence": receipt["first_sentence_ms"],
        "draft_ends": drafting,
        "to_write_it": 1000 * len(sentence.text) / TOKEN_CHARS / pace,
        "to_the_reader": 1000 * first,
        "sentences": float(len(answer.claims)),
    }


def table(found: dict[str, list[dict[str, float]]], pace: float) -> str:
    lines = [
        "# Time to the first released sentence",
        "",
        f"A scripted model at {pace:.0f} tokens a second over the OpenAI wire, our sample documents, "
        f"{len(next(iter(found.values())))} answers each; medians in milliseconds from the first call.",
        "",
        "| draft | first chunk | first sentence released | gap | writing that sentence takes | whole draft |",
        "|---|---|---|---|---|---|",
    ]
    for form, rows in found.items():
        middle = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
        gap = middle["first_sentence"] - middle["first_chunk"]
        keys = ("first_chunk", "first_sentence", "gap", "to_write_it", "draft_ends")
        shown = " | ".join(f"{({**middle, 'gap': gap})[key]:.0f}" for key in keys)
        lines.append(f"| {form} ({middle['sentences']:.0f} sentences) | {shown} |")
    lines += [
        "",
        "A sentence is complete when its JSON object is closed, or, in prose, when the next has begun; then "
        "it is judged and guarded. JSON is longer than the sentence in it.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--answers", type=int, default=10)
    parser.add_argument("--tokens-per-s", type=float, default=50)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    found = {form: measure(given.answers, given.tokens_per_s, form) for form in ("tool call", "prose")}
    text = table(found, given.tokens_per_s)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "streaming.md").write_text(text, encoding="utf-8")
    (given.out / "streaming.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(text)
    late = [
        row
        for rows in found.values()
        for row in rows
        if row["first_sentence"] - row["first_chunk"] > 2 * row["to_write_it"] + 1000 * SLACK_S
    ]
    return int(len(late) > len(found) * given.answers // 2)


if __name__ == "__main__":
    run_main(main)
