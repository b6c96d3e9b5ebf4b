"""How likely a source supports a claim, by its words alone: one number, for ranking and for thresholds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import chain, pairwise

from graphs.citing.stance import opposed, stance
from graphs.text.roots import distinct_roots, ordered_roots, root
from graphs.text.sentences import units
from graphs.text.words import STOP_WORDS, all_words, stem

WINDOW = 2
"""Consecutive sentences that are taken together."""

INTERCEPT, W_WINDOW, W_PAIRS, W_NAMES, W_NUMBERS, W_AGAINST, W_LENGTH = -2.7, 2.3, 1.5, -0.16, -1.5, -0.3, 0.5
"""Fitted by ``evals.benchmarks.citing.attribution`` on the 1,198 human judgements of AttributionBench's dev
half, where ten-fold cross-fitting gives an AUROC of .76; five more features gave no more."""


def support(
    claim: str,
    texts: Sequence[str],
    context: Sequence[str] = (),
    names_missing: int = 0,
    numbers_missing: int = 0,
    weight: Callable[[str], float] = lambda _word: 1.0,
) -> float:
    """Between 0 and 1.

    A logistic sum of: the share of the claim's content words, by weight, in the best two consecutive
    sentences; the share of its pairs of neighbouring content words that the texts hold as neighbours; names
    and numbers that are missing; a denial on one side only. Words of ``context`` (titles, headings) count as
    held.
    """
    wanted = [word for word in all_words(claim) if word not in STOP_WORDS]
    if not wanted:
        return 0.0
    weights = {root(word): weight(stem(word)) for word in wanted}
    total = sum(weights.values()) or 1.0
    order = {one: place for place, one in enumerate(weights)}
    window, nearest = 0.0, ""
    above = weights.keys() & frozenset[str]().union(*map(distinct_roots, dict.fromkeys(context)))
    mine = set(pairwise(map(root, wanted)))
    pairs: set[tuple[str, str]] = set()
    for text in texts:
        pieces = [unit.of(text) for unit in units(text) if unit.kind != "heading"]
        read = [ordered_roots(piece) for piece in pieces]
        held = [above.union(weights.keys() & piece) for piece in read]
        for first in range(len(pieces)):
            known = held[first].union(*held[first + 1 : first + WINDOW])
            # Added up in the claim's order, without going through all of a long one for each sentence.
            share = sum([weights[one] for one in sorted(known, key=order.__getitem__)]) / total
            if share > window:
                window, nearest = share, " ".join(pieces[first : first + WINDOW])
        pairs |= mine.intersection(pairwise(chain.from_iterable(read)))
    against = bool(nearest) and opposed(stance(claim), stance(nearest))
    neighbours = len(pairs) / len(mine) if mine else window
    score = (
        INTERCEPT
        + W_WINDOW * window
        + W_PAIRS * neighbours
        + W_NAMES * min(names_missing, 3)
        + W_NUMBERS * bool(numbers_missing)
        + W_AGAINST * against
        + W_LENGTH * math.log(1 + len(wanted))
    )
    return round(1 / (1 + math.exp(-score)), 4)
