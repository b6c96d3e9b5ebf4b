"""How much meaning counts beside words, question by question."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"\w+")

LEAST, MOST = 0.2, 0.9


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known about a question once both legs have answered.

    ``words``: log(1 + its number of words); ``flatness``: its tenth BM25 score through its first, 0 to 1 (the
    last where there are fewer than ten); ``crowding``: the mean cosine of all readable passages through the
    largest, 1 where all are equally near.
    """

    words: float
    flatness: float
    crowding: float


def signals(question: str, lexical: Iterable[float], dense: Iterable[float], mean_cosine: float) -> Signals:
    """Read the signals off a question, the scores of its two legs, and the mean cosine.

    >>> signals("How long is the warranty?", [9.0, 6.0], [0.5, 0.4], 0.1)
    Signals(words=1.791759469228055, flatness=0.6666666666666666, crowding=0.2)
    """
    ranked = sorted(lexical, reverse=True)[:10]
    nearest = max(dense, default=0.0)
    return Signals(
        math.log1p(len(_WORD.findall(question))),
        ranked[-1] / ranked[0] if ranked and ranked[0] > 0 else 0.0,
        min(max(mean_cosine / nearest, 0.0), 1.0) if nearest > 0 else 1.0,
    )


def dense_weight(found: Signals) -> float:
    """Weight of the dense leg, between ``LEAST`` and ``MOST``.

    Few words say little, and a lexical ranking without a head does not choose: then meaning counts more.
    Where all passages are about as near as the nearest, it counts less. The four numbers were fitted by
    ``python -m evals.benchmarks.balance`` on ten public sets, and judged on six others.

    >>> round(dense_weight(Signals(words=1.8, flatness=0.67, crowding=0.2)), 2)
    0.61
    """
    weight = INTERCEPT + WORDS * found.words + FLATNESS * found.flatness + CROWDING * found.crowding
    return min(max(weight, LEAST), MOST)


INTERCEPT, WORDS, FLATNESS, CROWDING = 0.674, -0.050, 0.120, -0.276
