"""What the vector stores take: writing, disk, one more document, and questions under narrow and broad scopes.

The vectors are made up: unit vectors of 384 numbers around one centre for each fifty, so that a graph has
something to follow. Each step runs in a process of its own, on one core. ``both`` writes to rows and to
Chroma and asks the rows, as versions before the setting did.

    python -m evals.benchmarks.scale.vector_stores
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from app.retrieval.vectors.choose import OURS
from app.retrieval.vectors.row_store import RowStore
from app.retrieval.vectors.store import Allowed, Nearest, StorePlace, VectorStore
from evals.benchmarks.scale.machine import disk, load, machine, milliseconds, one_core, spread
from evals.script import run_main

RESULTS = Path("evals/results/vector_stores")
DIMENSION = 384
A_CENTRE = 50
NOISE = 0.7
BATCH = 256
"""Passages the pipeline writes at once."""
DOCUMENT = 64
K = 100
SCOPES = (1.0, 0.5, 0.01)


class BothStores(RowStore):
    """Writes everything twice."""

    def __init__(self, place: StorePlace) -> None:
        super().__init__(_place(place.folder / "rows"))
        self._chroma = OURS["chroma"](_place(place.folder / "chroma"))

    def upsert(self, numbers: Sequence[int], vectors: np.ndarray) -> None:
        self._chroma.upsert(numbers, vectors)
        super().upsert(numbers, vectors)

    def refresh(self, last: int, *, anew: bool) -> None:
        self._chroma.refresh(last, anew=anew)
        super().refresh(last, anew=anew)

    def nearest(self, vector: np.ndarray, k: int, allowed: Allowed) -> Nearest:
        return super().nearest(vector, k, allowed)


STORES: dict[str, Callable[[StorePlace], VectorStore]] = {**OURS, "both": BothStores}


def measure(sizes: Sequence[int], questions: int) -> dict[str, Any]:
    """All numbers of all stores, by size and store."""
    found: dict[str, Any] = {}
    for size in sizes:
        for name in STORES:
            with tempfile.TemporaryDirectory(prefix="pincite-bench-") as room:
                line = _elsewhere(write_first, name, Path(room) / "first")
                line |= _elsewhere(write_all, name, Path(room) / "all", size)
                line |= _elsewhere(append, name, Path(room) / "all", size)
                if name != "both":
                    line |= _elsewhere(ask, name, Path(room) / "all", size, questions)
            found.setdefault(str(size), {})[name] = line
            print(size, name, json.dumps(line), flush=True)
    return {"machine": machine(), "questions": questions, "sizes": found}


def write_first(name: str, folder: Path) -> dict[str, Any]:
    """The first document into a new folder, what is imported included."""
    made = vectors(DOCUMENT)
    return {"first_ms": milliseconds(_written, STORES[name](_place(folder)), 0, made)}


def write_all(name: str, folder: Path, size: int) -> dict[str, Any]:
    made = vectors(size)
    store = STORES[name](_place(folder))
    started, processor = time.perf_counter(), time.process_time()
    store.refresh(0, anew=True)
    for first in range(0, size, BATCH):
        part = made[first : first + BATCH]
        store.upsert(range(first + 1, first + 1 + len(part)), part)
    store.end_writing()
    took = {"write_s": time.perf_counter() - started, "write_cpu_s": time.process_time() - processor}
    store.close()
    return took | {"disk_mib": sum(disk(folder).values()), "load": load()}


def append(name: str, folder: Path, size: int) -> dict[str, Any]:
    """Two more documents, by a new process."""
    store = STORES[name](_place(folder))
    made = vectors(2 * DOCUMENT, seed=1)
    found = {
        "append_first_ms": milliseconds(_written, store, size, made[:DOCUMENT]),
        "append_ms": milliseconds(_written, store, size + DOCUMENT, made[DOCUMENT:]),
    }
    store.close()
    return found


def ask(name: str, folder: Path, size: int, questions: int) -> dict[str, Any]:
    """Milliseconds and recall of ``questions`` for each scope; the truth is exact float32."""
    store = STORES[name](_place(folder))
    made = np.concatenate([vectors(size), vectors(2 * DOCUMENT, seed=1)])
    random = np.random.default_rng(2)
    asked = made[random.choice(len(made), questions)] + random.standard_normal((questions, DIMENSION)) * 0.03
    asked = (asked / np.linalg.norm(asked, axis=1, keepdims=True)).astype(np.float32)
    store.refresh(len(made), anew=True)
    found: dict[str, Any] = {}
    for share in SCOPES:
        mask = np.concatenate([[False], random.random(len(made)) < share])
        scope = Allowed(mask, int(mask.sum()), len(made))
        first = milliseconds(store.nearest, asked[0], K, scope)
        took, right, fewest = [], 0, K
        for question in asked:
            started = time.perf_counter()
            hits = store.nearest(question, K, scope).hits
            took.append((time.perf_counter() - started) * 1000)
            fewest = min(fewest, len(hits))
            true = np.where(mask[1:], made @ question, -2.0)
            best = set((np.argpartition(-true, 10)[:10] + 1).tolist())
            right += len(best & {number for number, _ in hits[:10]})
        found[f"{share:.0%}"] = {
            **spread(took),
            "first": first,
            "recall": right / (10 * questions),
            "fewest": fewest,
        }
    store.close()
    return {"ask": found}


def vectors(count: int, seed: int = 0) -> np.ndarray:
    """Unit vectors of float32 around centres that do not depend on ``seed``."""
    centres = np.random.default_rng(9).standard_normal((2000, DIMENSION), np.float32)
    centres = centres[: max(count // A_CENTRE, 2)]
    random = np.random.default_rng(seed)
    made = random.standard_normal((count, DIMENSION), np.float32) * np.float32(NOISE)
    made += centres[random.integers(0, len(centres), count)]
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def report(found: dict[str, Any]) -> str:
    """The numbers as Markdown."""
    columns = ("store", "writing all", "of processor", "load average", "disk", "first write")
    lines = [
        "# Vector stores",
        "",
        f"{found['machine']}, shared with other work. Made-up vectors: {DIMENSION} numbers, one centre for "
        f"each {A_CENTRE}. Written {BATCH} at a time, as the pipeline does. `first write`: {DOCUMENT} "
        "passages into a new folder by a new process that has numpy; what the store imports is included. "
        f"`append`: {DOCUMENT} more at that size, the first and the second run of writes of a new process; "
        f"each opens the store anew, as each `pincite add` does. {found['questions']} questions a scope, "
        f"warm, {K} nearest each; `first question` is that of the process. Recall@10 against exact float32.",
        "",
    ]
    for size, stores in found["sizes"].items():
        lines += [
            f"## {int(size):,} passages",
            "",
            f"| {' | '.join(columns)} | append, first / next |",
            "|---|--:|--:|--:|--:|--:|--:|",
        ]
        for name, line in stores.items():
            lines.append(
                f"| {name} | {line['write_s']:.1f} s | {line['write_cpu_s']:.1f} s | {line['load']:.1f} | "
                f"{line['disk_mib']:.1f} MiB | {line['first_ms']:,.0f} ms | "
                f"{line['append_first_ms']:,.0f} / {line['append_ms']:,.0f} ms |"
            )
        lines += [
            "",
            "| store | may read | p50 | p95 | first question | recall@10 | fewest found |",
            "|---|--:|--:|--:|--:|--:|--:|",
        ]
        for name, line in stores.items():
            for share, row in line.get("ask", {}).items():
                times = f"{row['p50']:.2f} ms | {row['p95']:.2f} ms | {row['first']:.0f} ms"
                lines.append(f"| {name} | {share} | {times} | {row['recall']:.3f} | {row['fewest']} |")
        lines.append("")
    lines += ["Made by `python -m evals.benchmarks.scale.vector_stores`.", ""]
    return "\n".join(lines)


def _written(store: VectorStore, last: int, made: np.ndarray) -> None:
    store.refresh(last, anew=True)
    store.upsert(range(last + 1, last + 1 + len(made)), made)
    store.end_writing()


def _place(folder: Path) -> StorePlace:
    return StorePlace(folder, "space", None, lambda: "bench")


def _elsewhere(work: Callable[..., dict[str, Any]], *given: Any) -> dict[str, Any]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), one_core) as pool:
        return pool.submit(work, *given).result()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder the result is written to")
    chosen = parser.parse_args(argv)
    found = measure(chosen.sizes, chosen.questions)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "vector_stores.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (chosen.out / "vector_stores.md").write_text(report(found), encoding="utf-8")
    print(report(found))
    return 0


if __name__ == "__main__":
    run_main(main)
