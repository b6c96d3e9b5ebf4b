"""How retrieval behaves at size: time, memory and disk over 100,000 passages, a million, or any number.

Documents go through the product's own writer into its registry, row file and full-text index, and
questions through its own retriever, embedding included. Only the passages' vectors are drawn, not embedded
(see ``evals.benchmarks.scale.corpus``). Building and asking run in processes of their own: memory told apart.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from langchain_core.embeddings import Embeddings

from app.corpus import Corpus, open_corpus
from app.retrieval.embedding.embedder import NamedEmbeddings
from app.retrieval.vectors.choose import make_store
from app.retrieval.vectors.vector_index import VectorIndex
from app.settings import EmbeddingSettings, Settings
from evals.benchmarks.scale.ask import ask
from evals.benchmarks.scale.corpus import (
    PASSAGES_PER_DOCUMENT,
    DrawnVectors,
    base_texts,
    document,
    find_source,
)
from evals.benchmarks.scale.machine import disk, load, machine, memory, one_core
from evals.benchmarks.vector_cache import open_vector_cache

DOCUMENTS_PER_WRITE = 256
BASES = 2000
TRUTH = "truth.f32"
BUILT = "built.json"


def measure(passages: int, questions: int, settings: Settings, folder: Path | None) -> dict[str, Any]:
    """Build an index (unless ``folder`` holds one of this size), ask it, and give all that was measured."""
    cache = settings.home / "bench" / "vectors.sqlite"
    count = max(passages // PASSAGES_PER_DOCUMENT, 1)
    with _room(folder) as room:
        built = _kept(room, count) or _elsewhere(build, room, count, settings.eval_data, cache)
        asked = _elsewhere(ask_room, room, count, questions, settings.eval_data)
    return {"machine": machine(), "build": built, "ask": asked}


def build(room: Path, count: int, eval_data: Path | None, cache: Path) -> dict[str, Any]:
    """Write ``count`` documents into a new index in ``room``, and say what it took."""
    source = find_source(eval_data, 1)
    with open_room(room) as corpus:
        texts = base_texts(source, BASES)
        say(f"embedding {len(texts)} real passages, to draw vectors around theirs")
        with open_vector_cache(cache, NamedEmbeddings(corpus.embeddings, corpus.fingerprint)) as vectors:
            base = vectors.vectors(texts, say)
        drawn = with_vectors(corpus, DrawnVectors(base, room / TRUTH))
        started, processor = time.monotonic(), time.process_time()
        with drawn.writing() as (_, writer):
            for first in range(0, count, DOCUMENTS_PER_WRITE):
                end = min(first + DOCUMENTS_PER_WRITE, count)
                writer.put(*(document(source, n, f"bench/{corpus.fingerprint}") for n in range(first, end)))
                if first // DOCUMENTS_PER_WRITE % 10 == 9:
                    took = time.monotonic() - started
                    done = end * PASSAGES_PER_DOCUMENT
                    say(f"wrote {done} passages, {done / took:.0f}/s, {memory().get('own', 0):.0f} MiB")
        took = time.monotonic() - started
        result = {
            "documents": count,
            "passages": corpus.registry.passage_count(),
            "seconds": took,
            "processor_seconds": time.process_time() - processor,
            "memory": memory(),
            "source": source.name,
            "load": load(),
        }
        drawn.vectors.close()
    result["disk"] = disk(room / "default")
    (room / BUILT).write_text(json.dumps(result))
    return result


def ask_room(room: Path, count: int, questions: int, eval_data: Path | None) -> dict[str, Any]:
    """Ask the index in ``room``."""
    one_core()
    with open_room(room) as corpus:
        return ask(corpus, room / TRUTH, count, find_source(eval_data, questions), say)


@contextmanager
def open_room(room: Path) -> Iterator[Corpus]:
    settings = Settings(home=room, embedding=EmbeddingSettings.model_validate({"threads": 1}))
    with open_corpus(settings) as corpus:
        yield corpus


def with_vectors(corpus: Corpus, embeddings: Embeddings) -> Corpus:
    """The same library, whose passages get their vectors from ``embeddings``."""
    folder = corpus.settings.home / corpus.settings.tenant
    engine = corpus.registry.engine
    store = make_store("rows", None, folder, corpus.fingerprint, corpus.registry.index_id)
    vectors = VectorIndex(store, embeddings, corpus.fingerprint, engine)
    return replace(corpus, vectors=vectors, windows=None)


def say(message: str) -> None:
    import sys

    print(message, file=sys.stderr, flush=True)


def _elsewhere(work: Callable[..., dict[str, Any]], *args: Any) -> dict[str, Any]:
    """Run in a new process, whose memory is only what the work takes."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *args).result()


def _kept(room: Path, count: int) -> dict[str, Any] | None:
    if not (room / BUILT).is_file():
        return None
    built: dict[str, Any] = json.loads((room / BUILT).read_text())
    return built if built["documents"] == count else None


@contextmanager
def _room(folder: Path | None) -> Iterator[Path]:
    """The folder, or one that is removed again.

    Raises:
        FileExistsError: the folder holds something else.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="pincite-bench-") as made:
            yield Path(made)
        return
    if folder.exists() and any(folder.iterdir()) and not (folder / BUILT).is_file():
        raise FileExistsError(f"{folder} is not empty and holds no finished index; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
