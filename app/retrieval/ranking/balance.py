"""How much meaning counts beside words: less where the embedder cannot tell passages apart."""

from __future__ import annotations

from app.retrieval.ranking.fusion import USUAL_WEIGHT

LEAST = 0.2
"""What the dense leg keeps in any case."""

CROWDED = 0.4
"""Mean cosine of all readable passages, as a share of the nearest one's, up to which nothing is taken off.
English sets have medians of .04 to .33, annual reports full of tables .46; languages the carried embedder
does not know .55 to .66 (Turkish, Russian, Hindi, Arabic, Chinese)."""

SLOPE = 2.0


def dense_weight(nearest: float, mean: float) -> float:
    """Weight of the dense leg for one question, given the largest and the mean cosine.

    >>> dense_weight(0.6, 0.1), round(dense_weight(0.6, 0.3), 2), dense_weight(0.6, 0.5)
    (0.6, 0.4, 0.2)
    """
    crowding = mean / nearest if nearest > 0 else 1.0
    return max(USUAL_WEIGHT - SLOPE * max(crowding - CROWDED, 0.0), LEAST)
