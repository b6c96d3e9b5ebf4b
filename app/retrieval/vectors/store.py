"""What a vector store is asked for: the interface of ours and of those that other distributions bring.

A store knows passages by their numbers, which the registry gives out once and never again. It holds no
texts and no access lists: who may read what comes with each question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from app.errors import PinciteError

if TYPE_CHECKING:
    import numpy as np


class VectorStoreError(PinciteError, RuntimeError):
    """The vector store cannot be used, or has lost its vectors; the message says what to do."""

    code = "vector-store"
    status = 503


class Nearest(NamedTuple):
    """(passage number, cosine) of the nearest, best first; the mean cosine of all that were allowed.

    ``mean`` is None where not all were compared.
    """

    hits: list[tuple[int, float]]
    mean: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Allowed:
    """The passages that one question may find. Shared between questions: do not change it.

    ``by_number``: truth values, one for each number from 0 on; higher numbers are not allowed. ``count``: how
    many are allowed. ``total``: how many passages there are.

    >>> import numpy as np
    >>> allowed = Allowed(np.array([False, True, False, True]), 2, 3)
    >>> allowed.numbers.tolist(), allowed.of(np.array([3, 2, 99])).tolist()
    ([1, 3], [True, False, False])
    """

    by_number: np.ndarray
    count: int
    total: int

    @property
    def numbers(self) -> np.ndarray:
        """The allowed numbers (int64), rising."""
        import numpy as np

        return np.flatnonzero(self.by_number)

    def of_one(self, number: int) -> bool:
        """Whether this number is allowed."""
        return number < len(self.by_number) and bool(self.by_number[number])

    def of(self, numbers: np.ndarray) -> np.ndarray:
        """For each of these numbers whether it is allowed."""
        import numpy as np

        known = numbers < len(self.by_number)
        if known.all():
            found: np.ndarray = self.by_number[numbers]
            return found
        within: np.ndarray = known & self.by_number[np.where(known, numbers, 0)]
        return within


@dataclass(frozen=True, slots=True)
class StorePlace:
    """Where a store keeps its vectors.

    ``folder``: for this store alone, made by it when it first writes. ``space``: names the vector space;
    vectors of two spaces must not meet. ``url``: the server of ``PINCITE_RETRIEVAL__VECTOR_STORE_URL``, if
    any. ``index()``: names this index among others on one server.
    """

    folder: Path
    space: str
    url: str | None
    index: Callable[[], str]

    @property
    def server(self) -> str | None:
        """The URL without user and password, for messages."""
        return None if self.url is None else without_login(self.url)


def without_login(url: str) -> str:
    """A URL without user and password.

    >>> without_login("http://ann:secret@vectors.test:8000/x")
    'http://vectors.test:8000/x'
    """
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


class VectorStore(Protocol):
    """Unit vectors by passage number. Made with a ``StorePlace``; nothing is opened before it is needed.

    One process writes at a time, any number read, and several threads ask one store at once. Numbers are
    above 0. ``app.testing.vector_store_suite`` says the rest in tests.
    """

    def upsert(self, numbers: Sequence[int], vectors: np.ndarray) -> None:
        """Write one vector, a row of float32 of length 1 (or all zeros), for each number; they rise.

        They outlast a kill once this returns. What the store holds of these numbers already was left by a
        writer that was killed, or is being made anew: it is replaced. (What it holds above the first of
        them may be dropped.)
        """

    def delete(self, numbers: Sequence[int]) -> None:
        """Remove vectors; numbers that are not there are passed over."""

    def nearest(self, vector: np.ndarray, k: int, allowed: Allowed) -> Nearest:
        """The ``k`` nearest of the allowed passages, or about so, best first, with their cosines.

        All of them where no more than ``k`` are allowed, and never another.
        """

    def cosines(self, vector: np.ndarray, numbers: Sequence[int]) -> dict[int, float]:
        """The cosine of each of these passages that has a vector."""

    def numbers(self, among: Sequence[int] | None = None) -> set[int]:
        """Which of these numbers, or of all, have a vector: none that was deleted."""

    def refresh(self, last: int, *, anew: bool) -> None:
        """From now on be as things are at this moment, where no passage has a number above ``last``.

        What has a higher number was left by a writer that was killed. ``anew``: another process may have
        written since; a store that holds what it once read must look again. Called before reading whenever
        the index has changed, and always before writing.
        """

    def end_writing(self) -> None:
        """A run of writes is over: the time to tidy up."""

    def close(self) -> None:
        """Let go of files and connections; the store may be used again, and opens them again."""


MakeStore = Callable[[StorePlace], VectorStore]
"""What is registered in ``pincite.vector_stores``: a class, or a function."""

_METHODS = ("upsert", "delete", "nearest", "cosines", "numbers", "refresh", "end_writing", "close")


def fault_of_store(store: Any) -> str | None:
    """Why this is no vector store; None when it is one."""
    lacks = [name for name in _METHODS if not callable(getattr(store, name, None))]
    return f"it has no {', '.join(lacks)}" if lacks else None
