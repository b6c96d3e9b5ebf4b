"""The page of the first question's costs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.retrieval.ranking.window_rerank import ALONE
from evals.benchmarks.finding.retrieval import SEED
from evals.benchmarks.scale.machine import machine
from evals.metrics.retrieval import paired_interval

FUSED = "no windows: the fused order"
BEFORE = "all windows embedded when asked (before)"
DEFAULT = f"from the passage's tokens, {ALONE} embedded (default)"


@dataclass
class Times:
    """Of every question: milliseconds the first time and again, of the wall and of the processor; texts
    embedded; nDCG@10; the share of what was shown before that is shown."""

    first: list[float] = field(default_factory=list)
    first_processor: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    again_processor: list[float] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)
    ndcgs: list[float] = field(default_factory=list)
    same: list[float] = field(default_factory=list)

    def add(self, again: bool, wall: float, processor: float, texts: int) -> None:
        (self.again if again else self.first).append(wall)
        (self.again_processor if again else self.first_processor).append(processor)
        if not again:
            self.texts.append(texts)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What writing a set took. ``whole_ms``, ``alone_ms``: processor time to embed a passage, and its windows
    by themselves, of which it has ``alone_texts``. ``files``: bytes in the data folder."""

    passages: int
    seconds: float
    processor: float
    whole_ms: float
    alone_ms: float
    alone_texts: float
    files: dict[str, int]


@dataclass
class SetCosts:
    """One set; the peer's numbers are empty where it is not installed."""

    name: str
    ingested: Ingested
    ways: dict[str, Times]
    peer_first: list[float] = field(default_factory=list)
    peer_again: list[float] = field(default_factory=list)
    peer_ndcg: list[float] = field(default_factory=list)


def markdown(results: Sequence[SetCosts]) -> str:
    """The whole page."""
    lines = [*_conditions(results), "", *_summary(results), "", *_sets(results), "", *_ingest(results)]
    return "\n".join(lines) + "\n"


def _conditions(results: Sequence[SetCosts]) -> Iterator[str]:
    asked = sum(len(one.ways[BEFORE].first) for one in results)
    busy = f"; load average {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    yield "# A question asked for the first time"
    yield ""
    yield (
        f"{machine()}, one thread{busy}: compare within this page, and by processor time. {asked} questions "
        f"of {len(results)} sets (parts of them: `evals.benchmarks.peers.inputs`), retrieval and order, no "
        "answer. The interval (95 %) is that of the difference to the line *before*, by paired bootstrap "
        "over all questions. *Same evidence*: the share of the characters shown before, at the default "
        "budget, that are shown. Haystack: BM25 + embeddings in memory, reciprocal rank fusion, in a process "
        "of its own."
    )


def _summary(results: Sequence[SetCosts]) -> Iterator[str]:
    header = "| windows | texts embedded | first ms p50 / p95 | processor | again ms p50 / p95 | processor "
    yield header + "| nDCG@10 | against before | same evidence |"
    yield "|---|" + "--:|" * 6 + "---|--:|"
    before = _all(results, BEFORE, "ndcgs")
    for name in results[0].ways:
        ndcgs = _all(results, name, "ndcgs")
        mean = float(np.mean([np.mean(one.ways[name].ndcgs) for one in results]))
        low, high = paired_interval(ndcgs, before, seed=SEED)
        gain = float(np.mean(ndcgs) - np.mean(before))
        against = "" if name == BEFORE else f"{gain:+.4f} [{low:+.4f}, {high:+.4f}]"
        yield (
            f"| {name} | {np.mean(_all(results, name, 'texts')):.1f} | {_two(results, name, 'first')} "
            f"| {_two(results, name, 'first_processor')} | {_two(results, name, 'again')} "
            f"| {_two(results, name, 'again_processor')} | {mean:.4f} | {against} "
            f"| {np.mean(_all(results, name, 'same')):.3f} |"
        )
    if all(one.peer_first for one in results):
        first = [ms for one in results for ms in one.peer_first]
        again = [ms for one in results for ms in one.peer_again]
        mean = float(np.mean([np.mean(one.peer_ndcg) for one in results]))
        yield f"| Haystack's hybrid | 0 | {_pair(first)} | | {_pair(again)} | | {mean:.4f} | | |"


def _sets(results: Sequence[SetCosts]) -> Iterator[str]:
    names = list(results[0].ways)
    yield "nDCG@10 of each set:"
    yield ""
    yield "| set | questions | passages | " + " | ".join(names) + " |"
    yield "|---|--:|--:|" + "--:|" * len(names)
    for one in results:
        cells = " | ".join(f"{np.mean(one.ways[name].ndcgs):.4f}" for name in names)
        yield f"| {one.name} | {len(one.ways[BEFORE].ndcgs)} | {one.ingested.passages} | {cells} |"


def _ingest(results: Sequence[SetCosts]) -> Iterator[str]:
    yield (
        "What it costs when documents are added. *Windows alone*: what embedding all of them by themselves "
        "would cost more, which leaves nothing to embed for a question."
    )
    yield ""
    header = (
        "| set | passages/s | processor ms a passage | to embed a passage | windows alone, ms more (texts) "
    )
    yield header + "| kB a passage in all | of it windows |"
    yield "|---|" + "--:|" * 6
    rows = [one.ingested for one in results]
    for one, row in zip(results, rows, strict=True):
        total = sum(row.files.values())
        kept = sum(size for name, size in row.files.items() if name.startswith("windows"))
        yield (
            f"| {one.name} | {row.passages / row.seconds:.1f} | {row.processor * 1e3 / row.passages:.1f} "
            f"| {row.whole_ms:.1f} | {row.alone_ms:.1f} ({row.alone_texts:.1f}) "
            f"| {total / 1e3 / row.passages:.1f} | {kept / 1e3 / row.passages:.1f} |"
        )


def _all(results: Sequence[SetCosts], name: str, of: str) -> list[float]:
    return [value for one in results for value in getattr(one.ways[name], of)]


def _two(results: Sequence[SetCosts], name: str, of: str) -> str:
    return _pair(_all(results, name, of))


def _pair(values: Sequence[float]) -> str:
    return f"{np.percentile(values, 50):.1f} / {np.percentile(values, 95):.1f}"
