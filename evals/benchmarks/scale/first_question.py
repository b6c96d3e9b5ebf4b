"""What a question costs that is asked for the first time, by how windows get their vectors.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.scale.first_question [--sets scifact cranfield]

Each set is written by the product's own writer, and every question goes through its retriever and its
order, one thread on one core, first with nothing embedded for it, then once more. All ways are timed in turn
for each question. Where Haystack's environment is there (`python -m evals.benchmarks.peers.install`), its
hybrid is asked the same in the same run. A document scores what its best passage scores.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from langchain_core.documents import BaseDocumentCompressor, Document
from langchain_core.embeddings import Embeddings

from app.compose import Pincite, open_pincite
from app.errors import SettingsError
from app.ingestion.split import split
from app.ingestion.writer import windowed_texts
from app.registry.new_document import NewDocument
from app.retrieval.embedding.arrays import embed_array, embed_query_array
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.stored_vectors import StoredVectors
from app.retrieval.ranking.evidence_windows import cut_to_windows
from app.retrieval.ranking.window_rerank import ALONE, LOOKED_AT, WindowRerank
from app.retrieval.ranking.windows import windows
from app.settings import EmbeddingSettings, Settings
from evals.benchmarks.index import load_item
from evals.benchmarks.peers import peer_haystack
from evals.benchmarks.peers.contract import DEPTH, Given
from evals.benchmarks.peers.inputs import part_of
from evals.benchmarks.peers.install import default_folder, python_of
from evals.benchmarks.peers.run import Script, run_script
from evals.benchmarks.public_data import DataItem, RetrievalSet, find_sets, load_set, open_data
from evals.benchmarks.scale import first_question_report
from evals.benchmarks.scale.first_question_report import BEFORE, DEFAULT, FUSED, Ingested, SetCosts, Times
from evals.benchmarks.scale.machine import one_core
from evals.metrics.retrieval import ndcg
from evals.script import run_main

RESULTS = Path(__file__).parents[2] / "results" / "first_question"
SETS = ("anthropic_docs", "scifact", "cranfield", "mtrag_un", "tatqa_dev", "clapnq_dev")
RATE_PASSAGES = 100


class Counting(Embeddings):
    """Counts the texts that are embedded."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self.count = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        made: list[list[float]] = self.embed_array(texts).tolist()
        return made

    def embed_array(self, texts: Sequence[str]) -> np.ndarray:
        self.count += len(texts)
        return embed_array(self._embeddings, texts)

    def embed_query(self, text: str) -> list[float]:
        return self._embeddings.embed_query(text)

    def embed_query_array(self, text: str) -> np.ndarray:
        return embed_query_array(self._embeddings, text)


@dataclass
class Way:
    """One way to order what was found, with vectors of its own."""

    order: BaseDocumentCompressor | None
    counting: Counting
    times: Times = field(default_factory=Times)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write the page; 2 when nothing ran."""
    chosen = _arguments(argv)
    try:
        _, folder = open_data()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    one_core()
    present = set(find_sets(folder))
    results = []
    for name in chosen.sets:
        if name not in present:
            print(f"{name}: absent, skipped", file=sys.stderr)
            continue
        data = part_of(load_set(folder, name), chosen.questions, chosen.documents)
        results.append(measure(data, chosen.envs))
        print(f"{name}: measured", file=sys.stderr, flush=True)
    if not results:
        print("none of the sets is there; nothing was measured", file=sys.stderr)
        return 2
    page = first_question_report.markdown(results)
    print(page)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "first_question.md").write_text(page, encoding="utf-8")
    return 0


def measure(data: RetrievalSet, envs: Path) -> SetCosts:
    """Index one set and ask it everything twice in every way."""
    with tempfile.TemporaryDirectory() as place:
        room = Path(place)
        settings = Settings(home=room, embedding=EmbeddingSettings(threads=1))
        with open_pincite(settings) as pincite:
            new = _documents(data, pincite)
            ingested = _write(pincite, new)
            ways = _ways(pincite, room)
            done = SetCosts(data.name, ingested, {name: way.times for name, way in ways.items()})
            _ask(data, pincite, new, ways)
        if (python := python_of(envs, "haystack")).exists():
            given = [Given(item.id, item.title, item.text) for item in data.items]
            script = Script(peer_haystack.__name__, python)
            (ranked,) = run_script(script, given, data.questions, room / "peer.sqlite", 0).systems.values()
            done.peer_first, done.peer_again = list(ranked.first_ms.values()), list(ranked.again_ms.values())
            done.peer_ndcg = [
                ndcg(found, data.qrels[question]) for question, found in ranked.documents.items()
            ]
    return done


def _documents(data: RetrievalSet, pincite: Pincite) -> list[NewDocument]:
    corpus = pincite.corpus
    lengths = corpus.settings.ingest
    new = []
    for item in data.items:
        loaded = load_item(DataItem(item.id, item.title, item.text))
        if loaded is None:  # an empty document, for instance
            continue
        spans = split(loaded, target_chars=lengths.passage_chars, max_chars=lengths.passage_max_chars)
        pipeline = f"bench/{corpus.fingerprint}"
        new.append(NewDocument("bench", f"bench://{item.id}", loaded.version, pipeline, loaded, spans))
    return new


def _write(pincite: Pincite, new: Sequence[NewDocument]) -> Ingested:
    """Write all; then what some of the passages, and their windows by themselves, cost to embed again."""
    corpus = pincite.corpus
    began, processor = time.perf_counter(), time.process_time()
    with corpus.writing() as (_, writer):
        for one in new:
            writer.put(one)
    took, used = time.perf_counter() - began, time.process_time() - processor
    texts = [text for one in new for text in windowed_texts(one)]
    some = texts[:: max(len(texts) // RATE_PASSAGES, 1)]
    cut = [(text, windows(text.text)) for text in some]
    alone = [
        type(text)(text.headings, text.text[start:end]).whole
        for text, spans in cut
        if len(spans) > 1
        for start, end in spans
    ]
    return Ingested(
        passages=len(texts),
        seconds=took,
        processor=used,
        whole_ms=_processor_ms(corpus.embeddings.embed_documents, [one.whole for one in some]) / len(some),
        alone_ms=_processor_ms(corpus.embeddings.embed_documents, alone) / len(some),
        alone_texts=len(alone) / len(some),
        files={
            path.name: path.stat().st_size
            for path in (corpus.settings.home / corpus.settings.tenant).iterdir()
            if path.is_file()
        },
    )


def _ways(pincite: Pincite, room: Path) -> dict[str, Way]:
    corpus = pincite.corpus

    def way(name: str, stored: bool, alone: int = LOOKED_AT) -> Way:
        counting = Counting(corpus.questions)
        kept = StoredVectors(counting, corpus.fingerprint, room / "ways" / f"{name}.sqlite")
        windows_there = corpus.windows if stored else None
        order = WindowRerank(vectors=EmbeddingCache(kept), stored=windows_there, alone=alone)
        return Way(order, counting)

    return {
        FUSED: Way(None, Counting(corpus.questions)),
        BEFORE: way("before", stored=False),
        "from the passage's tokens, none embedded": way("none", stored=True, alone=0),
        DEFAULT: way("default", stored=True, alone=ALONE),
        f"from the passage's tokens, {LOOKED_AT} embedded": way("ten", stored=True),
    }


def _ask(data: RetrievalSet, pincite: Pincite, new: Sequence[NewDocument], ways: dict[str, Way]) -> None:
    item_of = {passage: one.uri.removeprefix("bench://") for one in new for passage in one.passage_ids}
    characters = pincite.corpus.settings.retrieval.evidence_chars
    pincite.retriever.invoke("What is opened at the first question?", k=DEPTH)
    names = list(ways)
    for again in (False, True):
        for number, (question, text) in enumerate(data.questions.items()):
            found, wall, processor = _timed(partial(pincite.retriever.invoke, text, k=DEPTH))
            shown: dict[str, set[tuple[str, int]]] = {}
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                way = ways[name]
                before = way.counting.count
                ranked, more, more_processor = _timed(partial(_ordered, way, found, text))
                way.times.add(again, wall + more, processor + more_processor, way.counting.count - before)
                if not again:
                    order = dict.fromkeys(item_of[str(one.id)] for one in ranked)
                    out = data.left_out.get(question, frozenset())
                    kept = [item for item in order if item not in out]
                    way.times.ndcgs.append(ndcg(kept, data.qrels[question]))
                    shown[name] = {
                        (str(one.metadata["doc_id"]), place)
                        for one in cut_to_windows(ranked, characters)
                        for place in range(one.metadata["start"], one.metadata["end"])
                    }
            for name, places in shown.items():
                ways[name].times.same.append(len(places & shown[BEFORE]) / max(len(shown[BEFORE]), 1))


def _ordered(way: Way, found: list[Document], text: str) -> list[Document]:
    return found if way.order is None else list(way.order.compress_documents(found, text))


def _timed(call: Callable[[], list[Document]]) -> tuple[list[Document], float, float]:
    """What a call gives, and the milliseconds it took, and took of the processor."""
    began, processor = time.perf_counter(), time.process_time()
    found = call()
    return found, (time.perf_counter() - began) * 1e3, (time.process_time() - processor) * 1e3


def _processor_ms(embed: Callable[[list[str]], object], texts: list[str]) -> float:
    processor = time.process_time()
    embed(texts)
    return (time.process_time() - processor) * 1e3


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.scale.first_question")
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--questions", type=int, default=100, help="a seeded sample of so many a set at most")
    parser.add_argument("--documents", type=int, default=200, help="so many a set; judged ones stay")
    parser.add_argument("--envs", type=Path, default=default_folder(), help="environments of the peers")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder the page is written to")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run_main(main)
