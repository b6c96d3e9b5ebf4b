"""What all systems are given: a seeded part of a set."""

from __future__ import annotations

import random
from dataclasses import replace

from evals.benchmarks.finding.retrieval import SEED, sample
from evals.benchmarks.public_data import RetrievalSet


def part_of(data: RetrievalSet, questions: int, documents: int) -> RetrievalSet:
    """At most so many questions, and all their judged documents beside others up to ``documents``.

    The corpus keeps its order. Judged documents stay, even where they alone are more; 0 means all.
    """
    drawn = sample(data, questions)
    qrels = {name: data.qrels[name] for name in drawn.questions}
    if not documents or len(data.items) <= documents:
        return replace(drawn, qrels=qrels)
    judged = {item for grades in qrels.values() for item in grades}
    others = sorted(item.id for item in data.items if item.id not in judged)
    wanted = max(documents - len(judged), 0)
    kept = judged | set(random.Random(SEED).sample(others, wanted))
    return replace(drawn, qrels=qrels, items=tuple(item for item in data.items if item.id in kept))
