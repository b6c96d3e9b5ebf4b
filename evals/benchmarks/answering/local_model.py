"""The local model beside answers without one, from two runs of the same suite, and how fast it writes.

pincite eval run --preset local --out local.jsonl
pincite eval run --preset extractive --out extractive.jsonl
python -m evals.benchmarks.answering.local_model local.jsonl extractive.jsonl
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage
from langchain_core.outputs import LLMResult

from app.compose import Pincite
from evals.datasets.suite import load_suite
from evals.experiments.opened_suite import open_suite
from evals.experiments.presets import settings_for
from evals.experiments.runfile import Item, Run, read_run
from evals.metrics.proportions import percentile, wilson
from evals.metrics.table import METRICS
from evals.script import run_main

RESULTS = Path(__file__).resolve().parents[2] / "results" / "local"
SHOWN = (
    "correct nugget_recall answered abstained citation_f1 citation_precision citation_recall gold_cited "
    "verbatim_claims invalid_citations leaks"
).split()


class Stopwatch(BaseCallbackHandler):
    """When a model was asked, when its tokens came, and how many it counted."""

    def __init__(self) -> None:
        self.asked = 0.0
        self.times: list[float] = []
        self.usage: dict[str, Any] = {}

    def on_chat_model_start(self, *_args: Any, **_kwargs: Any) -> None:
        self.asked, self.times = time.perf_counter(), []

    def on_llm_new_token(self, token: Any, **_kwargs: Any) -> None:
        if token:
            self.times.append(time.perf_counter())

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_kwargs: Any) -> None:
        message = getattr(response.generations[0][0], "message", None)
        if isinstance(message, AIMessage) and message.usage_metadata:
            self.usage = dict(message.usage_metadata)


async def timed(pincite: Pincite, question: str, groups: list[str]) -> dict[str, float] | None:
    """Seconds and tokens per second of one streamed answer; None where no model wrote it in one call."""
    from graphs.state import AskContext

    watch, begun, first = Stopwatch(), time.perf_counter(), 0.0
    final: dict[str, Any] = {}
    stream = pincite.graph.astream(
        {"question": question},
        {"callbacks": [watch]},
        context=AskContext(groups=groups),
        stream_mode="custom",
    )
    async for event in stream:
        if event["type"] == "sentence" and not first:
            first = time.perf_counter() - begun
        if event["type"] == "answer":
            final = event["answer"]
    whole = time.perf_counter() - begun
    calls = sum(line["calls"] for line in final["receipt"].get("usage", {}).values())
    if final.get("mode") != "model" or calls != 1 or len(watch.times) < 2:
        return None
    cached = watch.usage.get("input_token_details", {}).get("cache_read", 0)
    read = watch.usage["input_tokens"] - cached
    return {
        "prompt_tokens": read,
        "prompt_tokens_s": read / (watch.times[0] - watch.asked),
        "tokens": watch.usage["output_tokens"],
        "tokens_s": (len(watch.times) - 1) / (watch.times[-1] - watch.times[0]),
        "first_token_s": watch.times[0] - begun,
        "first_sentence_s": first,
        "whole_s": whole,
    }


def time_some(suite_name: str, many: int) -> list[dict[str, float]]:
    """The first ``many`` answerable questions that the local model answers in one call, one after another."""
    suite = load_suite(suite_name)
    settings, _ = settings_for("local")
    found: list[dict[str, float]] = []
    with open_suite(suite, settings) as opened:
        questions = [q for q in suite.questions if q.kind in ("single", "number")]

        async def ask_all() -> None:
            # Once unmeasured: the model is loaded, and the prompt's beginning is read.
            await timed(opened.pincite, questions[0].question, questions[0].groups)
            for question in questions[1:]:
                if len(found) == many:
                    return
                row = await timed(opened.pincite, question.question, question.groups)
                if row is not None:
                    found.append(row)

        asyncio.run(ask_all())
    return found


def figures(run: Run) -> dict[str, Any]:
    """The run's metrics as (mean, number of items), and what its answers took."""
    means: dict[str, Any] = {}
    for key in SHOWN:
        values = [value for item in run.items if (value := item.metrics.get(key)) is not None]
        means[key] = [sum(values) / len(values), len(values)] if values else None
    by_model = [item for item in run.items if item.mode in ("model", "fallback")]
    return {
        "run": run.name,
        "commit": run.header.commit,
        "items": len(run.items),
        "metrics": means,
        "answered_by_model": len(by_model),
        "right_among_answered": _right([item for item in run.items if item.status == "answered"]),
        "latency_p50_s": _seconds(run.items, 0.5),
        "latency_p90_s": _seconds(run.items, 0.9),
        "model_p50_s": _seconds(by_model, 0.5),
        "model_p90_s": _seconds(by_model, 0.9),
        "fallbacks": sum(bool(item.fallbacks) for item in run.items),
    }


def _right(answered: Sequence[Item]) -> list[int]:
    return [sum(item.metrics.get("correct") == 1.0 for item in answered), len(answered)]


def _only(one: Run, other: Run) -> int:
    """Questions that ``one`` has right and ``other`` has not."""
    wrong = {item.id for item in other.items if item.metrics.get("correct") != 1.0}
    return sum(item.metrics.get("correct") == 1.0 and item.id in wrong for item in one.items)


def _seconds(items: Sequence[Item], share: float) -> float | None:
    found = percentile([item.latency_ms for item in items], share)
    return round(found / 1000, 1) if found is not None else None


def markdown(result: dict[str, Any]) -> str:
    """The page."""
    local, extractive = result["local"], result["extractive"]
    lines = [
        "# The local model beside answers without one",
        "",
        f"{local['items']} questions of our own suite `isbrook` on {result['cores']} cores. local: "
        "Qwen2.5-Coder-1.5B-Instruct q4_k_m on llama.cpp in the same process, shown the eight sentences "
        "nearest to the question, behind the gate of extractive answers. extractive: the default, no model. "
        f"{result['note']}",
        "",
        "| | local | extractive |",
        "|---|--:|--:|",
    ]
    for key in SHOWN:
        lines.append(f"| {METRICS[key].title} | {_mean(local, key)} | {_mean(extractive, key)} |")
    right = "right_among_answered"
    lines.append(f"| Right among the answered | {_share(local[right])} | {_share(extractive[right])} |")
    for title, key in {"median": "latency_p50_s", "p90": "latency_p90_s"}.items():
        lines.append(f"| Seconds a question, {title} | {local[key]} | {extractive[key]} |")
    took = f"{local['model_p50_s']} / {local['model_p90_s']}"
    lines += [
        f"| Seconds where the model answered, median / p90 | {took} | |",
        f"| Answers the model wrote | {local['answered_by_model']} | 0 |",
        f"| Questions where it failed on the way | {local['fallbacks']} | |",
        f"| Right where the other is not | {result['only_one_right'][0]} | {result['only_one_right'][1]} |",
        "",
    ]
    if rows := result["timed"]:
        lines += [
            f"## Speed: {len(rows)} answers, one at a time",
            "",
            f"{result['timed_note']}",
            "",
            "| | median | from | to |",
            "|---|--:|--:|--:|",
        ]
        for key, title in TIMED.items():
            values = [row[key] for row in rows]
            lines.append(f"| {title} | {median(values):.1f} | {min(values):.1f} | {max(values):.1f} |")
        lines.append("")
    return "\n".join(lines)


TIMED = {
    "prompt_tokens": "Prompt tokens read (those kept from the question before not counted)",
    "prompt_tokens_s": "Prompt tokens/s",
    "tokens": "Tokens written",
    "tokens_s": "Tokens/s written",
    "first_token_s": "Seconds to the model's first token",
    "first_sentence_s": "Seconds to the first released sentence",
    "whole_s": "Seconds to the whole answer",
}


def _mean(figures: dict[str, Any], key: str) -> str:
    found = figures["metrics"][key]
    return "-" if found is None else f"{found[0]:.3f} ({found[1]})"


def _share(counts: list[int]) -> str:
    right, n = counts
    if not n:
        return "-"
    low, high = wilson(right, n)
    return f"{right / n:.2f} ({low:.2f} to {high:.2f}; {right} of {n})"


def main(argv: Sequence[str] | None = None) -> int:
    """Write ``local.md`` and ``local.json``."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.benchmarks.answering.local_model", description=__doc__
    )
    parser.add_argument("local", type=Path)
    parser.add_argument("extractive", type=Path)
    parser.add_argument("--timed", type=int, default=6, help="answers to time; 0 keeps those there are")
    parser.add_argument("--note", default="", help="what the machine did besides, for the page")
    parser.add_argument("--timed-note", default="", help="the same, while answers were timed")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder the page is written to")
    given = parser.parse_args(argv)
    kept = given.out / "local.json"
    before = json.loads(kept.read_text()) if kept.is_file() and not given.timed else {}
    local, extractive = read_run(given.local), read_run(given.extractive)
    result = {
        "local": figures(local),
        "extractive": figures(extractive),
        "only_one_right": [_only(local, extractive), _only(extractive, local)],
        "cores": os.cpu_count(),
        "note": given.note,
        "timed": time_some("isbrook", given.timed) if given.timed else before.get("timed", []),
        "timed_note": given.timed_note or before.get("timed_note", ""),
    }
    given.out.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (given.out / "local.md").write_text(markdown(result), encoding="utf-8")
    print(markdown(result))
    return 0


if __name__ == "__main__":
    run_main(main)
