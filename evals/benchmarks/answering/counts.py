"""What one answer costs in work done, counted and not timed: a count is the same on every machine.

    python -m evals.benchmarks.answering.counts [--name after] [--out FOLDER]

Over the sample documents, for an extractive answer and one that a scripted model drafts: how often a text was
cut into sentences, a sentence was read into facts and a text into words, how often the question was embedded,
and how many SQL statements the registry was sent. Each kind is counted in a process of its own that
has answered another question before: once when the question is new, and once when it is asked again. The
milliseconds of the steps are given beside them. Runs of other names in the folder are in the same table.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.settings import load_settings
from app.testing.openai_server import serve_model
from evals.benchmarks.answering.streaming import QUESTION, SAMPLES, draft
from evals.script import run_main
from graphs.citing import facts
from graphs.contracts import Answer
from graphs.text import sentences, words

RESULTS = Path(__file__).parents[2] / "results" / "counts"
COUNTED = {
    "cuts": "texts cut into sentences",
    "facts": "sentences read into facts",
    "words": "texts read into words",
    "question": "embeddings of the question",
    "sql": "SQL statements",
}
KINDS = ("extractive", "model")
TURNS = ("new", "again")
OTHER = "Who approves the travel of a new colleague?"
"""Asked first: opening files and loading models is not what is looked at."""
PACE = 2000.0
"""Tokens a second of the scripted model: its time is not what is looked at."""


class _CountedPattern:
    """A compiled pattern that tells of each text it is run over."""

    def __init__(self, pattern: Any, tell: Callable[[], None]) -> None:
        self._pattern = pattern
        self._tell = tell

    def finditer(self, text: str) -> Any:
        self._tell()
        return self._pattern.finditer(text)


@contextmanager
def counted(pincite: Pincite, question: str) -> Iterator[Counter[str]]:
    """Counts by the keys of ``COUNTED`` what happens inside; what is answered from memory does not count."""
    found: Counter[str] = Counter()
    embedder = pincite.corpus.embeddings

    def telling(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def told(*given: Any, **named: Any) -> Any:
            found[name] += 1
            return function(*given, **named)

        return told

    def asked(function: Callable[..., Any]) -> Callable[..., Any]:
        def told(given: Any) -> Any:
            texts = [given] if isinstance(given, str) else given
            found["question"] += sum(text == question for text in texts)
            return function(given)

        return told

    def statement(*_given: Any) -> None:
        found["sql"] += 1

    engine = pincite.registry.engine
    with ExitStack() as stack:
        stack.enter_context(patch.object(sentences, "_blocks", telling("cuts", sentences._blocks)))
        stack.enter_context(patch.object(facts, "Facts", telling("facts", facts.Facts)))
        pattern = _CountedPattern(words._WORD, lambda: found.update(words=1))
        stack.enter_context(patch.object(words, "_WORD", pattern))
        for name in ("embed_query", "embed_documents", "embed_query_array", "embed_array"):
            stack.enter_context(patch.object(embedder, name, asked(getattr(embedder, name))))
        event.listen(engine, "before_cursor_execute", statement)
        stack.callback(event.remove, engine, "before_cursor_execute", statement)
        yield found


def measure(kind: str, home: Path) -> dict[str, Any]:
    """The counts of both turns. For a process that has done nothing else."""
    with ExitStack() as stack:
        settings = load_settings(None).model_copy(update={"home": home})
        if kind == "model":
            server = stack.enter_context(serve_model(lambda request: draft(request, "tool call", PACE)))
            settings = settings.model_copy(update={"model": "openai:scripted", "model_base_url": server.url})
        pincite = stack.enter_context(open_pincite(settings))
        pincite.ask(OTHER)
        return {turn: _one(pincite) for turn in TURNS}


def _one(pincite: Pincite) -> dict[str, Any]:
    with counted(pincite, QUESTION) as found:
        answer: Answer = pincite.ask(QUESTION)
    steps: Counter[str] = Counter()
    for step in answer.receipt["steps"]:
        steps[step["node"]] += step["ms"]
    said = [claim.text for claim in answer.claims]
    return {**{name: found[name] for name in COUNTED}, "steps_ms": dict(steps), "said": said}


def run() -> dict[str, Any]:
    """Index the samples once, then measure each kind of answer."""
    with tempfile.TemporaryDirectory(prefix="pincite-counts-") as scratch:
        home = Path(scratch)
        with (
            open_pincite(load_settings(None).model_copy(update={"home": home})) as pincite,
            pincite.corpus.writing() as (pipeline, writer),
        ):
            for _ in pipeline.sync(discover([SAMPLES], "samples"), "samples", writer):
                pass
        found = {}
        for kind in KINDS:
            with ProcessPoolExecutor(1, get_context("spawn")) as alone:
                found[kind] = alone.submit(measure, kind, home).result()
        return found


def table(runs: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [
        "# What one answer costs",
        "",
        f'"{QUESTION}", over the sample documents; counts of what was done, not of what was asked for. '
        "New: another question was answered before. Again: the same question a second time.",
        "",
        f"| answer | turn | run | {' | '.join(COUNTED.values())} |",
        f"|---|---|---|{'---|' * len(COUNTED)}",
    ]
    cells = [(kind, turn, name) for kind in KINDS for turn in TURNS for name in runs]
    for kind, turn, name in cells:
        shown = " | ".join(str(runs[name][kind][turn][one]) for one in COUNTED)
        lines.append(f"| {kind} | {turn} | {name} | {shown} |")
    lines += ["", "Milliseconds of the steps, one answer each, on whatever else the machine was doing:", ""]
    for kind, turn, name in cells:
        steps = runs[name][kind][turn]["steps_ms"]
        shown = ", ".join(f"{node} {ms:.0f}" for node, ms in steps.items())
        lines.append(f"- {kind}, {turn}, {name}: {shown}; together {sum(steps.values()):.0f}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--name", default="after", help="what this run is called in the table")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    file = given.out / "counts.json"
    runs: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    runs[given.name] = run()
    file.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
    text = table(runs)
    (given.out / "counts.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    run_main(main)
