"""What else could tell whether an answer is right, beside the score of its best sentence: seven numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.extractive.answer_kinds import asked_kinds, holds_kind
from app.extractive.sentence_scores import Candidate
from evals.benchmarks.answering.extractive_sets import same_sentence
from graphs.state import EvidencePassage
from graphs.text.words import content_words, stem

NAMES = (
    "score",
    "margin",
    "both legs first",
    "legs' ranks",
    "kind missing",
    "words covered",
    "rarest word missing",
    "names missing",
)
"""The features in the order of their numbers."""

FAR = 0.3
"""The distance to a second candidate where there is none."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A question, its evidence, the pieces of it with their scores, best first and not empty, what each of
    the question's words weighs, and the scores of all passages that were found."""

    question: str
    evidence: Sequence[EvidencePassage]
    candidates: Sequence[Candidate]
    weights: Mapping[str, float]
    found: Sequence[Mapping[str, float | None]]


def features(seen: Scored) -> tuple[float, ...]:
    """The features by ``NAMES``.

    The score of the best piece; its distance to the next that stands in another passage and says something
    else; whether its passage is first of both legs, and the mean of one over its rank in each; 1 where a kind
    of thing is asked for that it does not hold; the share of the question's words, by weight, in its passage
    with title and headings; the weight of the heaviest that is not there, over the heaviest; the share of the
    question's capitalised words, but for its first, that are not there.
    """
    best = seen.candidates[0]
    passage = seen.evidence[best.source - 1]
    others = (
        one.score
        for one in seen.candidates[1:]
        if one.source != best.source and not same_sentence(one.text, best.text)
    )
    margin = best.score - next(others, best.score - FAR)
    ranks = [_rank(seen.found, passage["scores"], leg) for leg in ("lexical", "dense")]
    kinds = asked_kinds(seen.question)
    missing = any(not holds_kind(kind, best.text, seen.question) for kind in kinds)
    held = set(content_words(" ".join([passage["title"], *passage["headings"], passage["text"]])))
    total = sum(seen.weights.values()) or 1.0
    heaviest = max(seen.weights.values(), default=0.0) or 1.0
    absent = {word: weight for word, weight in seen.weights.items() if word not in held}
    named = [
        stem(word.strip("?.,;:'\"()").lower())
        for word in seen.question.split()[1:]
        if word[:1].isupper() and len(word) > 1
    ]
    return (
        best.score,
        margin,
        float(ranks == [1, 1]),
        sum(1 / rank for rank in ranks) / len(ranks),
        float(missing),
        1 - sum(absent.values()) / total,
        max(absent.values(), default=0.0) / heaviest,
        sum(word not in held for word in named) / max(len(named), 1),
    )


def _rank(found: Sequence[Mapping[str, float | None]], own: Mapping[str, float | None], leg: str) -> int:
    value = own.get(leg) or 0.0
    return 1 + sum((one.get(leg) or 0.0) > value for one in found)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression over standardised features: ``weights`` has the intercept first."""

    mean: np.ndarray
    spread: np.ndarray
    weights: np.ndarray

    def score(self, rows: np.ndarray) -> list[float]:
        """The log-odds of each row."""
        found: list[float] = (_with_one((rows - self.mean) / self.spread) @ self.weights).tolist()
        return found


def fitted(rows: np.ndarray, right: np.ndarray, importance: np.ndarray, penalty: float = 1.0) -> Logistic:
    """Weights of the least penalised log loss, by Newton's method (iteratively reweighted least squares).

    Hastie, Tibshirani and Friedman 2009, "The elements of statistical learning", 4.4.1, with a ridge of
    ``penalty`` on all weights but the intercept. ``importance`` weighs the rows.
    """
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    given = _with_one((rows - mean) / spread)
    ridge = penalty * np.diag([0.0, *np.ones(rows.shape[1])])
    weights = np.zeros(given.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-given @ weights))
        slope = given.T @ (importance * (right - chance)) - ridge @ weights
        curve = (given * (importance * chance * (1 - chance))[:, None]).T @ given + ridge
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-9:
            break
    return Logistic(mean, spread, weights)


def _with_one(rows: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(rows)), rows])
