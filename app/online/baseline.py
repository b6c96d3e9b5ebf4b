"""What answers were like when all was well: rates, scores and topics, kept in a file of the data folder."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import PinciteError
from app.online.control_limits import Baseline
from app.online.drift import counts_of, edges_of
from app.online.store import CheckedAnswer
from app.online.topics import find_topics, topic_of
from app.storage.private_files import make_private_file

if TYPE_CHECKING:
    import numpy as np

FILE = "online_baseline.json"
LEAST = 100
"""Answers of a baseline: with fewer, limits are so wide that they tell nothing."""

TOPICS = 8
SCORES = 10
"""Classes at most."""

RATES: Mapping[str, str] = {
    "abstained": "Answers withheld for want of evidence.",
    "partly_supported": "Of what was answered: with a sentence that is only partly supported.",
    "disliked": "Answers with a thumb down.",
    "failed": "Questions that failed.",
}


class OnlineBaselineError(PinciteError, ValueError):
    """There is no baseline to compare with, or none can be made; one line says what to do."""

    code = "online-baseline"
    status = 422


@dataclass(frozen=True, slots=True)
class OnlineBaseline:
    """``upto``: the number of the last answer in it. ``score_edges`` divide scores into the classes of
    ``score_counts``; ``topics``: unit vectors in the space that ``fingerprint`` names, as many as
    ``topic_counts``.
    """

    name: str
    made_at: str
    answers: int
    upto: int
    rates: Mapping[str, Baseline]
    score_edges: Sequence[float]
    score_counts: Sequence[int]
    fingerprint: str
    topics: Sequence[Sequence[float]]
    topic_counts: Sequence[int]

    def topic(self, vector: np.ndarray) -> int | None:
        """The topic of a question's vector; None where topics are not told apart."""
        import numpy as np

        if not self.topics:
            return None
        return int(topic_of(vector[None, :], np.array(self.topics, dtype=np.float32))[0])


def rate_of(answer: CheckedAnswer, rate: str) -> bool | None:
    """Whether an answer counts for a rate; None where it does not count at all."""
    if rate == "disliked":
        return answer.disliked
    value = answer.checks.get(rate)
    return None if value is None else bool(value)


def make_baseline(
    answers: Sequence[CheckedAnswer], vectors: np.ndarray, fingerprint: str, now: datetime
) -> OnlineBaseline:
    """Of answers in their order, and the vectors of their questions, one row each.

    Raises:
        OnlineBaselineError: there are too few.
    """
    if len(answers) < LEAST:
        raise OnlineBaselineError(
            f"a baseline is made of {LEAST} kept answers or more, and {len(answers)} are checked"
        )
    said = {rate: [rate_of(one, rate) for one in answers] for rate in RATES}
    rates = {
        rate: Baseline(sum(bool(one) for one in values), sum(one is not None for one in values))
        for rate, values in said.items()
    }
    scores = [one.checks["score"] for one in answers if "score" in one.checks]
    edges = edges_of(scores, SCORES) if scores else []
    topics = find_topics(vectors, TOPICS)
    counts = (
        counts_of_topics([int(one) for one in topic_of(vectors, topics)], len(topics)) if len(topics) else []
    )
    return OnlineBaseline(
        name=secrets.token_hex(4),
        made_at=now.isoformat(timespec="seconds"),
        answers=len(answers),
        upto=max(one.number for one in answers),
        rates={rate: one for rate, one in rates.items() if one.of},
        score_edges=edges,
        score_counts=counts_of(scores, edges),
        fingerprint=fingerprint,
        topics=[[round(float(part), 4) for part in row] for row in topics],
        topic_counts=counts,
    )


def counts_of_topics(topics: Sequence[int], classes: int) -> list[int]:
    """How many questions each topic has."""
    return [topics.count(number) for number in range(classes)]


def write_baseline(folder: Path, baseline: OnlineBaseline) -> None:
    """Keep it in a tenant's folder, in the place of the one before."""
    path = folder / FILE
    fresh = path.with_suffix(".new")
    make_private_file(fresh)
    fresh.write_text(json.dumps(asdict(baseline)) + "\n", encoding="utf-8")
    fresh.replace(path)


def read_baseline(folder: Path) -> OnlineBaseline | None:
    """That of a tenant's folder, if there is one.

    Raises:
        OnlineBaselineError: its file is damaged.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        rates = {rate: Baseline(**one) for rate, one in data.pop("rates").items()}
        return OnlineBaseline(rates=rates, **data)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise OnlineBaselineError(f"{path} is damaged; make another with: pincite online baseline") from None
