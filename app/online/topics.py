"""Topics of questions: means of their vectors, found by spherical k-means (Dhillon and Modha, 2001)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

LEAST = 5
"""Questions of a topic: fewer give no topic of their own, so that no mean is one person's question."""

ROUNDS = 25
SEED = 20261130


def find_topics(vectors: np.ndarray, most: int) -> np.ndarray:
    """At most ``most`` unit vectors, one row a topic; none where there are fewer than ``2 * LEAST``
    questions.

    ``vectors``: one row a question. The same questions give the same topics.
    """
    import numpy as np

    units = _units(vectors)
    count = min(most, len(units) // LEAST)
    if count < 2:
        return np.zeros((0, vectors.shape[1]), dtype=np.float32)
    random = np.random.default_rng(SEED)
    chosen = [int(random.integers(len(units)))]
    while len(chosen) < count:
        # The farthest from all that were chosen, by chance in proportion (k-means++).
        far = np.clip(1 - (units @ units[chosen].T).max(axis=1), 0, None)
        if not far.sum():
            break
        chosen.append(int(random.choice(len(units), p=far / far.sum())))
    means = units[chosen]
    for _ in range(ROUNDS):
        mine = topic_of(units, means)
        sizes = np.bincount(mine, minlength=len(means))
        kept = np.flatnonzero(sizes >= LEAST)
        fresh = _units(np.stack([units[mine == topic].mean(axis=0) for topic in kept]))
        if len(fresh) == len(means) and np.allclose(fresh, means, atol=1e-6):
            break
        means = fresh
    return means.astype(np.float32)


def topic_of(vectors: np.ndarray, topics: np.ndarray) -> np.ndarray:
    """The number of the nearest topic of each row."""
    import numpy as np

    found: np.ndarray = np.argmax(_units(vectors) @ topics.T, axis=1)
    return found


def _units(vectors: np.ndarray) -> np.ndarray:
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: np.ndarray = vectors / np.where(lengths == 0, 1, lengths)
    return units
