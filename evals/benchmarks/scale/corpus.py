"""A made-up corpus of any size whose words and vectors are distributed like real ones.

Passages are sentences of real texts put together anew. Embedding a million of them would take hours, so
their vectors are drawn: that of a real passage with noise added, brought back to length 1.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from app.registry.document import LoadedDocument, MetadataValue, PassageSpan
from app.registry.new_document import NewDocument
from evals.benchmarks.public_data import find_sets, load_set

PASSAGES_PER_DOCUMENT = 8
SENTENCES_PER_PASSAGE = 5
SHARES = {"all": 1, "half": 2, "tenth": 10, "hundredth": 100, "thousandth": 1000}
"""Groups, and of how many documents they may read one."""
AREAS = 10
NOISE = 0.03
SEED = 20261122
_SETS = ("scifact", "clapnq_dev", "anthropic_docs", "squad2_dev", "wiki_pool", "mtrag_un", "tatqa_dev")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Source:
    """Where sentences and questions come from."""

    name: str
    sentences: tuple[str, ...]
    questions: tuple[str, ...]


def find_source(folder: Path | None, questions: int) -> Source:
    """Public evaluation data where there is some, else the documentation that comes with Python."""
    names = [name for name in find_sets(folder) if name in _SETS] if folder and folder.is_dir() else []
    if not folder or not names:
        return _python_source(questions)
    rng = random.Random(SEED)
    sentences: dict[str, None] = {}
    asked: list[str] = []
    for name in names:
        data = load_set(folder, name)
        for item in data.items:
            sentences.update(dict.fromkeys(_sentences(item.text)))
        asked += list(data.questions.values())[:2000]
    return Source(", ".join(names), tuple(sentences), tuple(rng.sample(asked, min(questions, len(asked)))))


def _python_source(questions: int) -> Source:
    from pydoc_data.topics import topics

    sentences = tuple(dict.fromkeys(one for text in topics.values() for one in _sentences(text)))
    rng = random.Random(SEED)
    asked = [" ".join(one.split()[:9]) for one in rng.sample(sentences, min(questions, len(sentences)))]
    return Source("the documentation that comes with Python", sentences, tuple(asked))


def _sentences(text: str) -> Iterator[str]:
    for one in _SENTENCE.split(text):
        one = " ".join(one.split())
        if 30 <= len(one) <= 300:
            yield one


def base_texts(source: Source, count: int) -> list[str]:
    """Runs of sentences as they stand in the source: the passages whose real vectors are drawn from."""
    rng = random.Random(SEED)
    starts = [rng.randrange(max(len(source.sentences) - 3, 1)) for _ in range(count)]
    return [" ".join(source.sentences[start : start + 3]) for start in starts]


def document(source: Source, number: int, pipeline: str) -> NewDocument:
    """Document ``number``, the same on every run."""
    rng = random.Random(f"{SEED}/{number}")
    title = f"Document {number}"
    text, spans = title, []
    for _ in range(PASSAGES_PER_DOCUMENT):
        text += "\n\n"
        start = len(text)
        text += " ".join(rng.choices(source.sentences, k=SENTENCES_PER_PASSAGE))
        spans.append(PassageSpan(start, len(text), (title,)))
    groups = [name for name, of in SHARES.items() if number % of == 0]
    metadata: dict[str, MetadataValue] = {"groups": groups, "area": str(number // 7 % AREAS)}
    loaded = LoadedDocument(text, title, "text/plain", (), (), metadata)
    uri = f"bench://scale/document-{number:07}"
    return NewDocument("bench", uri, loaded.version, pipeline, loaded, spans)


def allowed_documents(count: int, group: str, area: str | None) -> np.ndarray:
    """For each document whether the group may read it and it is of the area."""
    numbers = np.arange(count)
    allowed: np.ndarray = numbers % SHARES[group] == 0
    return allowed if area is None else allowed & (numbers // 7 % AREAS == int(area))


class DrawnVectors(Embeddings):
    """Draws a vector for each text it is given, whatever the text, and writes it to ``truth`` (float32)."""

    def __init__(self, base: np.ndarray, truth: Path) -> None:
        self._base = base
        self._truth = truth
        self._drawn = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rng = np.random.default_rng([SEED, self._drawn])
        count, dim = len(texts), self._base.shape[1]
        noise = rng.standard_normal((count, dim), np.float32) * np.float32(NOISE)
        vectors = self._base[rng.integers(len(self._base), size=count)] + noise
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        with self._truth.open("ab") as file:
            file.write(vectors.tobytes())
        self._drawn += count
        return list(vectors)  # rows of float32: as numbers of Python they would take ten times as long

    def embed_query(self, text: str) -> list[float]:
        raise NotImplementedError("questions get real vectors")


def nearest_exactly(
    truth: Path, question: np.ndarray, allowed: Sequence[np.ndarray], k: int
) -> list[np.ndarray]:
    """For each mask over passages the indices of the ``k`` nearest by float32, best first."""
    vectors = np.memmap(truth, np.float32, "r").reshape(-1, len(question))
    cosines = np.concatenate([vectors[i : i + 50_000] @ question for i in range(0, len(vectors), 50_000)])
    found = []
    for mask in allowed:
        places = np.flatnonzero(mask)
        most = min(k, len(places))
        found.append(places[np.argsort(-cosines[places], kind="stable")[:most]])
    return found
