"""Questions to a large index: how long they take and how much of what is nearest they find."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from app.corpus import Corpus
from app.registry.schema import passages
from app.retrieval.hybrid import HybridRetriever
from app.retrieval.scope import make_scope
from evals.benchmarks.scale.corpus import (
    PASSAGES_PER_DOCUMENT,
    SHARES,
    Source,
    allowed_documents,
    document,
    nearest_exactly,
)
from evals.benchmarks.scale.machine import load, memory, milliseconds, spread

RECALL_QUESTIONS = 50
DEPTH = 100
SCOPES: dict[str, tuple[str, str | None]] = {
    "group": ("all", None),
    **{f"group {name}": (name, None) for name in SHARES if name != "all"},
    "group and filter": ("all", "3"),
    "group half and filter": ("half", "3"),
}
"""Name of a row: group of the asker, and the value of the filter ``area`` if there is one."""


def ask(
    corpus: Corpus, truth: Path, count: int, source: Source, say: Callable[[str], None]
) -> dict[str, Any]:
    """Ask all questions in every scope, warm; times in milliseconds."""
    retriever = HybridRetriever(
        registry=corpus.registry,
        vectors=corpus.vectors,
        lexical=corpus.words,
        fingerprint=corpus.fingerprint,
        candidates=DEPTH,
        top_k=corpus.settings.retrieval.top_k,
    )
    corpus.embeddings.embed_query("The model is read at first use.")
    opening = milliseconds(retriever.invoke, source.questions[0], groups=["nobody"])
    rows: dict[str, dict[str, Any]] = {}
    for name, (group, area) in SCOPES.items():
        rows[name] = _row(corpus, retriever, source, group, area)
        rows[name]["share"] = float(allowed_documents(count, group, area).mean())
        say(f"{name}: p50 {rows[name]['whole']['p50']:.1f} ms, p95 {rows[name]['whole']['p95']:.1f} ms")
    used, busy = memory(), load()
    for name, recall in _recalls(corpus, truth, count, source).items():
        rows[name]["recall"] = recall
    return {
        "questions": len(source.questions),
        "opening": opening,
        "rows": rows,
        "memory": used,
        "load": busy,
        "change": _change(corpus, retriever, source),
    }


def _row(
    corpus: Corpus, retriever: HybridRetriever, source: Source, group: str, area: str | None
) -> dict[str, Any]:
    filters = {"area": area} if area else {}
    scope = make_scope([group], filters)
    first = milliseconds(retriever.invoke, source.questions[0], groups=[group], filters=filters)
    for question in source.questions[:10]:
        found = retriever.invoke(question, groups=[group], filters=filters)
        if any("degraded" in one.metadata for one in found):
            raise RuntimeError(found[0].metadata["degraded"])
    each: dict[str, list[float]] = {
        name: [] for name in ("whole", "processor", "embedding", "dense", "lexical")
    }
    for question in source.questions:
        before = time.process_time()
        whole = milliseconds(retriever.invoke, question, groups=[group], filters=filters)
        each["processor"].append((time.process_time() - before) * 1000)
        embedding = milliseconds(corpus.embeddings.embed_query, question)
        dense = milliseconds(corpus.vectors.search, question, DEPTH, scope)
        each["whole"].append(whole)
        each["embedding"].append(embedding)
        each["dense"].append(max(dense - embedding, 0.0))
        each["lexical"].append(milliseconds(corpus.words.search, question, DEPTH, scope))
    return {"first": first, **{name: spread(times) for name, times in each.items()}}


def _recalls(corpus: Corpus, truth: Path, count: int, source: Source) -> dict[str, dict[str, float]]:
    """The share of the truly nearest 10 and 100 that the dense leg brings, over some of the questions."""
    masks = [
        np.repeat(allowed_documents(count, group, area), PASSAGES_PER_DOCUMENT)
        for group, area in SCOPES.values()
    ]
    shares: dict[str, dict[str, list[float]]] = {name: {"10": [], "100": []} for name in SCOPES}
    for question in source.questions[:RECALL_QUESTIONS]:
        vector = np.asarray(corpus.embeddings.embed_query(question), np.float32)
        nearest = nearest_exactly(truth, vector, masks, DEPTH)
        for (name, (group, area)), true in zip(SCOPES.items(), nearest, strict=True):
            scope = make_scope([group], {"area": area} if area else {})
            found = _places(
                corpus, [h.passage_id for h in corpus.vectors.search(question, DEPTH, scope).hits]
            )
            for k in (10, 100):
                if len(true):
                    share = len(set(found[:k]) & set(true[:k].tolist())) / len(true[:k])
                    shares[name][str(k)].append(share)
    return {
        name: {k: float(np.mean(values)) for k, values in found.items() if values}
        for name, found in shares.items()
    }


def _places(corpus: Corpus, passage_ids: list[str]) -> list[int]:
    """The order in which passages were written, from 0."""
    query = select(passages.c.passage_id, passages.c.id).where(passages.c.passage_id.in_(passage_ids))
    with corpus.registry.engine.connect() as connection:
        numbers = {row.passage_id: row.id for row in connection.execute(query)}
    return [numbers[passage_id] - 1 for passage_id in passage_ids]


def _change(corpus: Corpus, retriever: HybridRetriever, source: Source) -> dict[str, float]:
    """What one more document costs, and the first question after it. It is taken out again."""
    first, new = (document(source, n, f"bench/{corpus.fingerprint}") for n in (99_999_998, 99_999_999))
    asked: dict[str, Any] = {"groups": ["all"], "filters": {"area": "3"}}
    retriever.invoke(source.questions[0], None, **asked)
    with corpus.writing() as (_, writer):
        found = {
            "first": milliseconds(writer.put, first),
            "writing": milliseconds(writer.put, new),
            "question_after": milliseconds(retriever.invoke, source.questions[0], None, **asked),
            "removing": milliseconds(writer.remove, new.doc_id),
        }
        writer.remove(first.doc_id)
        return found
