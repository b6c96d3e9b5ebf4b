"""A retrieval set in the product's own index: its loaders, splitter, registry and full-text index."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from langchain_core.documents import Document
from sqlalchemy import Engine

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes
from app.ingestion.pipeline import PassageLength
from app.ingestion.split import split
from app.ingestion.writer import passage_texts
from app.registry.document import LoadedDocument, PassageSpan
from app.registry.new_document import NewDocument
from app.registry.registry import Registry
from app.registry.schema import open_engine
from app.retrieval.lexical_index import LexicalIndex
from app.retrieval.scope import scope_terms
from evals.benchmarks.public_data import DataItem, RetrievalSet

Layout = Literal["split", "whole"]
"""``split``: passages as the product makes them. ``whole``: each document one passage, as papers do."""

# Items come without a file name. Only a heading in the first line or the rule below a table's header says
# Markdown: a "#" further down is as likely a comment in a shell listing.
_MARKDOWN = re.compile(r"\A\s*#{1,6} \S|^\s*\|?[ :-]*-{3,}[ :-]*\|[ |:-]*$", re.MULTILINE)


@dataclass(frozen=True)
class BenchIndex:
    """The registry of one set in one layout, and what is embedded for each of its passages."""

    engine: Engine
    words: LexicalIndex
    passage_ids: tuple[str, ...]
    texts: tuple[str, ...]
    units: tuple[str, ...]
    """For each passage what is judged: its document's id in the set, or the passage's own."""
    documents: tuple[Document, ...]
    """The passages as a retriever brings them: their words, and their headings."""
    refused: int
    """Documents the product's loaders refuse, such as empty ones."""
    qrels: dict[str, dict[str, int]]

    @cached_property
    def rows(self) -> dict[str, int]:
        """The place of each passage."""
        return {name: row for row, name in enumerate(self.passage_ids)}


def build_index(
    data: RetrievalSet,
    path: Path,
    layout: Layout,
    length: PassageLength,
    say: Callable[[str], None] = lambda _: None,
) -> BenchIndex:
    """Write the set into a registry at ``path``, which stays open on success."""
    engine = open_engine(path)
    try:
        return _filled(engine, LexicalIndex(path.parent / "words"), data, layout, length, say)
    except BaseException:
        engine.dispose()
        raise


def _filled(
    engine: Engine,
    words: LexicalIndex,
    data: RetrievalSet,
    layout: Layout,
    length: PassageLength,
    say: Callable[[str], None],
) -> BenchIndex:
    registry = Registry(engine, lambda: "2000-01-01T00:00:00+00:00")
    ids: list[str] = []
    texts: list[str] = []
    units: list[str] = []
    places: list[tuple[str, PassageSpan]] = []
    scopes: list[list[str]] = []
    documents: list[Document] = []
    refused = 0
    for number, item in enumerate(data.items):
        loaded = load_item(item)
        if loaded is None:
            refused += 1
            continue
        if data.spans and loaded.text != item.text:
            raise ValueError(f"{data.name}: loading changes {item.id}, so its gold spans no longer fit")
        spans = _spans(loaded, layout, length)
        digest = hashlib.sha256(loaded.text.encode()).hexdigest()
        new = NewDocument("bench", f"bench://set/{number:06}", digest, layout, loaded, spans)
        registry.replace(new)
        ids += new.passage_ids
        texts += passage_texts(new)
        scopes += [scope_terms(new.readers, new.facts())] * len(spans)
        units += new.passage_ids if data.spans else [item.id] * len(spans)
        places += [(item.id, span) for span in spans]
        documents += [
            Document(loaded.text[span.start : span.end], metadata={"headings": list(span.headings)})
            for span in spans
        ]
        if number % 2000 == 1999:
            say(f"indexed {number + 1} of {len(data.items)} documents")
    words.add(ids, texts, scopes)
    words.end_writing()
    qrels = {question: dict(grades) for question, grades in data.qrels.items()}
    for question, golds in data.spans.items():
        qrels[question] = {
            ids[place]: 1
            for place, (item_id, span) in enumerate(places)
            for gold in golds
            if gold.item == item_id and span.start < gold.end and gold.start < span.end
        }
    return BenchIndex(engine, words, tuple(ids), tuple(texts), tuple(units), tuple(documents), refused, qrels)


def load_item(item: DataItem) -> LoadedDocument | None:
    """The item as the product reads it from a file, under its own title; None where that refuses it."""
    suffix = ".md" if _MARKDOWN.search(item.text) else ".txt"
    try:
        loaded = load_bytes(f"untitled{suffix}", item.text.encode())
    except LoadError:
        return None
    made_up = loaded.title == "untitled"
    return replace(loaded, title=item.title or ("" if made_up else loaded.title))


def _spans(loaded: LoadedDocument, layout: Layout, length: PassageLength) -> Sequence[PassageSpan]:
    if layout == "split":
        return split(loaded, target_chars=length.target, max_chars=length.maximum)
    return [PassageSpan(0, len(loaded.text), (loaded.title,) if loaded.title else ())]


def nearest(vectors: np.ndarray, question: np.ndarray, k: int) -> list[tuple[int, float]]:
    """The ``k`` rows with the largest cosine, exactly, best first; the earlier row wins a tie."""
    cosines = vectors @ question
    order = np.argsort(-cosines, kind="stable")[:k]
    return [(int(row), float(cosines[row])) for row in order]
