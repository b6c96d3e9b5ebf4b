"""Retrieved text against gold text, token by token, whatever the passages' length.

Smith and Troynikov 2024, "Evaluating chunking strategies for retrieval" (Chroma technical report): a token
that is retrieved twice counts twice as retrieved and once as found.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence, Set

import numpy as np

_TOKEN = re.compile(r"\w+|[^\w\s]")


class TokenText:
    """A text as words and punctuation marks.

    >>> TokenText("Ask first. Then go.").within(4, 10)
    range(1, 3)
    """

    def __init__(self, text: str) -> None:
        self._starts = [found.start() for found in _TOKEN.finditer(text)]

    def within(self, start: int, end: int) -> range:
        """The numbers of the tokens that begin in ``text[start:end]``."""
        return range(bisect_left(self._starts, start), bisect_left(self._starts, end))


def hits_by_budget(
    ranked: Sequence[tuple[str, range]], wanted: Set[tuple[str, int]], most: int
) -> np.ndarray:
    """How many wanted tokens are among the first 0, 1, … ``most`` of the ranking; shape (most + 1,).

    A ranking that ends earlier finds no more.

    >>> hits_by_budget([("a", range(2)), ("a", range(1, 3))], {("a", 1), ("a", 2)}, 5)
    array([0, 0, 1, 1, 2, 2])
    """
    new = np.zeros(most + 1, dtype=np.int64)
    found: set[tuple[str, int]] = set()
    at = 0
    for document, tokens in ranked:
        for token in tokens:
            at += 1
            if at > most:
                return np.cumsum(new)
            key = (document, token)
            if key in wanted and key not in found:
                found.add(key)
                new[at] = 1
    return np.cumsum(new)


def token_scores(hits: np.ndarray, gold: np.ndarray, budgets: np.ndarray) -> dict[str, np.ndarray]:
    """Recall, precision and intersection over union, each of shape (questions, budgets).

    ``hits`` of shape (questions, budgets) holds the wanted tokens found, ``gold`` of shape (questions,) all
    wanted, and ``budgets``, above 0, what was spent.
    """
    wanted = gold[:, None]
    return {"recall": hits / wanted, "precision": hits / budgets, "iou": hits / (wanted + budgets - hits)}
