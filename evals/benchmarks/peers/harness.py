"""What every system's script does around its own recipe: read, build, ask twice, write.

Runs in the system's own environment: of the product it imports the carried embedder only.
"""

from __future__ import annotations

import argparse
import hashlib
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from evals.benchmarks.peers.contract import Given, Output, Ranked, read_inputs

_KEPT_AT_ONCE = 128

Search = Callable[[str], Sequence[str]]
"""A question to the documents of the passages found, best first; a document may come more than once."""


@dataclass(frozen=True, slots=True)
class Built:
    """An index that can be asked, in one way or several."""

    passages: int
    seconds: float
    """From the first document to an index that can be asked; its libraries and stores were opened before."""
    systems: Mapping[str, Search]


Build = Callable[[Sequence[Given], MiniLMEmbeddings, Path], Built]
"""Makes an index of the documents; a folder for what it keeps on disk is given, empty."""


class KeptMiniLM(MiniLMEmbeddings):
    """The carried embedder on one thread, with a file of the vectors of passages made before.

    Questions are always embedded anew.
    """

    def __init__(self, file: Path | None) -> None:
        super().__init__(threads=1)
        self._file = file

    @property
    def keeps(self) -> bool:
        """Whether there is such a file."""
        return self._file is not None

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if self._file is None:
            return super().embed_documents(texts)
        keys = [hashlib.sha256(f"{self.fingerprint}\0{text}".encode()).digest() for text in texts]
        connection = sqlite3.connect(self._file, timeout=120)
        try:
            with connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
                )
            found: list[list[float]] = []
            for first in range(0, len(texts), _KEPT_AT_ONCE):
                part = slice(first, first + _KEPT_AT_ONCE)
                found += self._some(connection, keys[part], texts[part])
            return found
        finally:
            connection.close()

    def _some(self, connection: sqlite3.Connection, keys: list[bytes], texts: list[str]) -> list[list[float]]:
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608
        rows: dict[bytes, bytes] = dict(connection.execute(query, keys))
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in rows}
        if new:
            made = [vector.astype("<f4").tobytes() for vector in self.embed_many(list(new.values()))]
            rows.update(zip(new, made, strict=True))
            with connection:
                connection.executemany(
                    "INSERT OR IGNORE INTO vectors VALUES (?, ?)", list(zip(new, made, strict=True))
                )
        return [np.frombuffer(rows[key], "<f4").tolist() for key in keys]


def main(build: Build, packages: Sequence[str]) -> None:
    """Run the recipe on the folder named on the command line and write what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("inputs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="file of the vectors of passages")
    parser.add_argument("--rate-documents", type=int, default=0)
    chosen = parser.parse_args()
    documents, questions = read_inputs(chosen.inputs)
    first = documents[: chosen.rate_documents]
    rate_passages, rate_seconds = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        if first:
            fresh = KeptMiniLM(None)
            fresh.embed_query("The model is read at first use.")
            build(first[:1], fresh, _empty(Path(folder) / "imports"))
            rated = build(first, fresh, _empty(Path(folder) / "rate"))
            rate_passages, rate_seconds = rated.passages, rated.seconds
        embedder = KeptMiniLM(chosen.cache)
        embedder.embed_query("The model is read at first use.")
        built = build(documents, embedder, _empty(Path(folder) / "all"))
        output = Output(
            passages=built.passages,
            rate_documents=len(first),
            rate_passages=rate_passages,
            rate_seconds=rate_seconds,
            peak_mb=0,
            versions={name: version(name) for name in packages},
            systems={name: ask(search, questions) for name, search in built.systems.items()},
        )
    output.peak_mb = peak_mb()
    chosen.out.write_text(output.model_dump_json(), encoding="utf-8")


def ask(search: Search, questions: Mapping[str, str]) -> Ranked:
    """Every question, and then every question once more."""
    ranked = Ranked(documents={}, first_ms={}, again_ms={})
    search("What is opened at the first question?")
    for times in (ranked.first_ms, ranked.again_ms):
        for key, text in questions.items():
            began = time.perf_counter()
            found = search(text)
            times[key] = (time.perf_counter() - began) * 1000
            ranked.documents[key] = list(dict.fromkeys(found))
    return ranked


def peak_mb() -> float:
    """The most memory this process ever had, in MiB; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _empty(folder: Path) -> Path:
    folder.mkdir()
    return folder
