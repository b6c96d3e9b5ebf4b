"""The side-by-side table: quality, intervals of the differences, speed and memory."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from evals.benchmarks.peers.contract import DEPTH, Output
from evals.benchmarks.public_data import RetrievalSet
from evals.benchmarks.scale.machine import machine
from evals.metrics.retrieval import ndcg, paired_interval, recall

DEFAULT = "Pincite, default (hybrid + windows)"


@dataclass(frozen=True)
class SetRun:
    """One set, and what each script wrote about it."""

    data: RetrievalSet
    outputs: Mapping[str, Output]

    @cached_property
    def ndcgs(self) -> dict[str, list[float]]:
        """nDCG@10 of every question, by system."""
        return {name: [ndcg(found, grades) for found, grades in rows] for name, rows in self._rows.items()}

    @cached_property
    def recalls(self) -> dict[str, list[float]]:
        """Recall@10 of every question, by system."""
        return {name: [recall(found, g, 10) for found, g in rows] for name, rows in self._rows.items()}

    @cached_property
    def _rows(self) -> dict[str, list[tuple[list[str], Mapping[str, int]]]]:
        data = self.data
        return {
            name: [
                (
                    [one for one in ranked.documents[q] if one not in data.left_out.get(q, frozenset())],
                    data.qrels[q],
                )
                for q in data.questions
            ]
            for output in self.outputs.values()
            for name, ranked in output.systems.items()
        }


def difference(runs: Sequence[SetRun], other: str) -> tuple[float, float, float]:
    """What the default gains over a system on the mean of the sets, and the 95 % interval of that.

    Questions are drawn from all sets together, each weighed so that every set counts the same.
    """
    count = sum(len(run.data.questions) for run in runs)
    first, second = (
        [value * count / len(runs) / len(run.ndcgs[name]) for run in runs for value in run.ndcgs[name]]
        for name in (DEFAULT, other)
    )
    return (float(np.mean(np.subtract(first, second))), *paired_interval(first, second))


def mean(runs: Sequence[SetRun], name: str) -> float:
    """nDCG@10 on the mean of the sets."""
    return float(np.mean([np.mean(run.ndcgs[name]) for run in runs]))


def is_default_first(runs: Sequence[SetRun]) -> bool:
    """Whether no system is above Pincite's default on the mean of the sets."""
    return all(mean(runs, name) <= mean(runs, DEFAULT) for name in runs[0].ndcgs)


def below(runs: Sequence[SetRun]) -> list[str]:
    """Sets where a system beats the default by more than the interval, with both named."""
    found = []
    for run in runs:
        for name in run.ndcgs:
            gain, low, high = difference([run], name)
            if high < 0:
                found.append(f"{run.data.name}: {name} by {-gain:.3f} [{-high:.3f}, {-low:.3f}]")
    return found


def markdown(runs: Sequence[SetRun], questions: int, documents: int) -> str:
    """The whole report."""
    systems = sorted(runs[0].ndcgs, key=lambda name: -mean(runs, name))
    lines = [*_conditions(runs, questions, documents), "", *_summary(runs, systems), ""]
    lines += ["nDCG@10 of each set:", "", "| system | " + " | ".join(run.data.name for run in runs) + " |"]
    lines.append("|---|" + "--:|" * len(runs))
    lines += [
        f"| {name} | " + " | ".join(f"{np.mean(run.ndcgs[name]):.3f}" for run in runs) + " |"
        for name in systems
    ]
    lines += ["", "Pincite's default against the best other system of each set:", ""]
    lines += ["| set | documents | questions | best other | difference [95 %] |", "|---|--:|--:|---|---|"]
    for run in runs:
        others = [name for name in systems if name != DEFAULT]
        best = max(others, key=lambda name: float(np.mean(run.ndcgs[name])))
        counts = f"{len(run.data.items)} | {len(run.data.questions)}"
        lines.append(f"| {run.data.name} | {counts} | {best} | {_gain(difference([run], best))} |")
    beaten = below(runs)
    verdict = "first" if is_default_first(runs) else "not first"
    lines += ["", f"On the mean of the sets Pincite's default is {verdict}."]
    lines.append(
        f"Another system is above it by more than the interval on: {'; '.join(beaten)}."
        if beaten
        else "On no set is another system above it by more than the interval."
    )
    return "\n".join(lines) + "\n"


def write(folder: Path, runs: Sequence[SetRun], text: str) -> None:
    """``peers.md`` and ``peers.json``: means only, nothing of the sets' own text or ids."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [
        {
            "set": run.data.name,
            "documents": len(run.data.items),
            "questions": len(run.data.questions),
            "systems": {name: _numbers([run], name) for name in run.ndcgs},
        }
        for run in runs
    ]
    whole = {"date": _today(), "versions": _versions(runs), "sets": found}
    whole["mean"] = {name: _numbers(runs, name) for name in runs[0].ndcgs}
    for name, content in (("peers.md", text), ("peers.json", json.dumps(whole, indent=1) + "\n")):
        part = folder / f"{name}.part"
        part.write_text(content, encoding="utf-8")
        part.replace(folder / name)


def _numbers(runs: Sequence[SetRun], name: str) -> dict[str, Any]:
    outputs = [next(out for out in run.outputs.values() if name in out.systems) for run in runs]
    first = [ms for out in outputs for ms in out.systems[name].first_ms.values()]
    again = [ms for out in outputs for ms in out.systems[name].again_ms.values()]
    seconds = sum(out.rate_seconds for out in outputs)
    return {
        "ndcg@10": mean(runs, name),
        "recall@10": float(np.mean([np.mean(run.recalls[name]) for run in runs])),
        "passages": sum(out.passages for out in outputs),
        "passages_per_s": sum(out.rate_passages for out in outputs) / seconds if seconds else None,
        "documents_per_s": sum(out.rate_documents for out in outputs) / seconds if seconds else None,
        **{f"first_ms_p{p}": float(np.percentile(first, p)) for p in (50, 95)},
        **{f"again_ms_p{p}": float(np.percentile(again, p)) for p in (50, 95)},
        "peak_mb": max(out.peak_mb for out in outputs),
        "default_minus_this": difference(runs, name),
    }


def _summary(runs: Sequence[SetRun], systems: Sequence[str]) -> Iterator[str]:
    yield "| system | nDCG@10 | recall@10 | default minus this [95 %] | ingest passages/s | documents/s |" + (
        " query ms p50 / p95 | asked again | peak MiB |"
    )
    yield "|---|--:|--:|---|--:|--:|--:|--:|--:|"
    for name in systems:
        n = _numbers(runs, name)
        cells = [f"**{name}**" if name == DEFAULT else name, f"{n['ndcg@10']:.3f}", f"{n['recall@10']:.3f}"]
        cells.append("–" if name == DEFAULT else _gain(n["default_minus_this"]))
        cells += [_rate(n["passages_per_s"]), _rate(n["documents_per_s"])]
        cells += [f"{n[f'{kind}_ms_p50']:.1f} / {n[f'{kind}_ms_p95']:.1f}" for kind in ("first", "again")]
        yield f"| {' | '.join(cells)} | {n['peak_mb']:.0f} |"


def _conditions(runs: Sequence[SetRun], questions: int, documents: int) -> Iterator[str]:
    asked = sum(len(run.data.questions) for run in runs)
    rated = next(iter(runs[0].outputs.values())).rate_documents
    busy = f"load average {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    processor = machine().removeprefix("One core of ")
    versions = ", ".join(f"{name} {number}" for name, number in _versions(runs).items())
    parts = f"at most {questions or 'all'} questions a set and their judged documents beside others"
    yield "# Pincite beside the plain recipes of other frameworks"
    yield ""
    yield f"{_today()}. {processor}, one thread a system; {busy}. {asked} questions of {len(runs)} sets."
    yield f"{versions}."
    yield ""
    yield f"- Parts of sets, the same for every system: {parts} up to {documents or 'all'}, both drawn by a"
    yield "  fixed seed. Numbers are higher than on whole sets, and do not compare with other reports."
    yield "- All use the embedder Pincite carries (all-MiniLM-L6-v2, int8, 256 tokens, vectors of length 1)."
    yield f"  All are asked for {DEPTH} passages; a document stands where its best passage does."
    yield "- LangChain: RecursiveCharacterTextSplitter 1000/200 and Chroma's retriever. LlamaIndex: all its"
    yield "  defaults (1024 tokens, of which this embedder reads 256), its own bundled tokenizer. Haystack:"
    yield "  200 words, BM25 and embeddings in memory, reciprocal rank fusion. BM25: k1 0.9, b 0.4, stemmed."
    yield "- A title heads every passage in Pincite, is metadata in LlamaIndex (embedded with every chunk),"
    yield "  and the first line of the text in the others."
    yield f"- Ingest: the first {rated} documents a set, no vector cached, stores open before. Passages"
    yield "  differ in length, so documents a second compare better. For the rankings, vectors of passages"
    yield "  come from a file; those of questions are always made anew, inside the query time."
    yield "- Query: the first time each question is asked, and the second. A few windows, and token vectors,"
    yield "  are made when a passage first comes near an answer; asked again, they are there."
    yield "- Memory: of the process with libraries and model, the largest of the sets; Pincite's rows share"
    yield "  one process, which holds three opened indexes with a model each (the others: two models in all)."
    yield "- Pincite writes one document at a time, as `pincite add` does; the others get all at once."
    yield "- The interval is a paired bootstrap over the questions, every set weighing the same."


def _versions(runs: Sequence[SetRun]) -> dict[str, str]:
    return {
        name: number
        for output in runs[0].outputs.values()
        for name, number in sorted(output.versions.items())
    } | {"Python": platform.python_version()}


def _gain(found: Sequence[float]) -> str:
    return f"{found[0]:+.3f} [{found[1]:+.3f}, {found[2]:+.3f}]"


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()
