"""How much words tell apart: inverse document frequency, from the index as it is now."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping

Frequencies = Callable[[Collection[str]], tuple[Mapping[str, int], int]]
"""Words -> (passages that hold each, all passages)."""

WordWeights = Callable[[Collection[str]], dict[str, float]]
"""Words -> the weight of each."""


def index_weights(frequencies: Frequencies) -> WordWeights:
    """Inverse document frequency, asked for all words of a question at once.

    >>> index_weights(lambda words: (dict.fromkeys(words, 0), 0))(["gateway"])
    {'gateway': 1.0}
    """

    def weights(words: Collection[str]) -> dict[str, float]:
        held, total = frequencies(words)
        return {
            word: math.log((total + 1) / (count + 0.5)) + 1.0 if total else 1.0
            for word, count in held.items()
        }

    return weights
