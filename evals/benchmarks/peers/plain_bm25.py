"""A plain BM25 over whole documents: k1 0.9, b 0.4, stemmed, without stop words."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from evals.benchmarks.finding.bm25_floor import Bm25Floor
from evals.benchmarks.peers.contract import DEPTH, Given
from evals.benchmarks.peers.harness import Built, main
from evals.script import run_main


def build(documents: Sequence[Given], embedder: MiniLMEmbeddings, folder: Path) -> Built:
    """Nothing is embedded, nothing is split."""
    began = time.perf_counter()
    bm25 = Bm25Floor([one.with_title for one in documents])
    seconds = time.perf_counter() - began

    def search(question: str) -> list[str]:
        scores = bm25.scores([question])[0]
        best = np.argsort(-scores, kind="stable")[:DEPTH]
        return [documents[row].id for row in best if scores[row] > 0]

    return Built(len(documents), seconds, {"BM25, whole documents": search})


if __name__ == "__main__":
    run_main(lambda: main(build, []))
