"""Convex fusion of two rankings."""

from __future__ import annotations

from collections.abc import Mapping

USUAL_WEIGHT = 0.6
"""Weight of the dense leg where its cosines tell passages apart: of .5 to .65 the best on ten public sets."""


def convex_fusion(
    dense: Mapping[str, float], lexical: Mapping[str, float], dense_weight: float = USUAL_WEIGHT
) -> dict[str, float]:
    """Weighted sum of two legs, each divided by its own maximum for the query; best first, 0 to 1.

    A passage one leg has no score for scores 0 there. That is so for words that do not occur; the dense leg
    should bring a cosine for every passage, or languages its embedder does not know lose what words found
    (XQuAD Arabic: .61 without, .87 with). Better than reciprocal rank fusion: evals/results/retrieval.

    >>> convex_fusion({"a": 0.8, "b": 0.4}, {"b": 9.0, "c": 3.0}, 0.5)
    {'b': 0.75, 'a': 0.5, 'c': 0.16666666666666666}
    """
    legs = ((dense, dense_weight), (lexical, 1.0 - dense_weight))
    fused: dict[str, float] = {}
    for scores, weight in legs:
        top = max(scores.values(), default=0.0)
        if top <= 0.0:
            continue
        for key, score in scores.items():
            fused[key] = fused.get(key, 0.0) + weight * max(score, 0.0) / top
    return dict(sorted(fused.items(), key=lambda item: (-item[1], item[0])))
