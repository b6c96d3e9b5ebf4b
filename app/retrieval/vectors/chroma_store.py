"""The store ``chroma``: Chroma in the data folder, or a Chroma server, through langchain-chroma.

Its graph finds the nearest of all passages, or about so. Where most may be read, some more are asked for and
the others dropped; else Chroma is told the numbers that may be found. Where few may be read, or too few were
found, their vectors are fetched and compared one by one, so that nobody's answers get thin
(docs/decisions/0013-vector-stores.md has the times).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from langchain_core.embeddings import Embeddings

from app.process.passing import quiet_import
from app.retrieval.panics import is_panic
from app.retrieval.vectors.chroma_files import check_database, clear_unused
from app.retrieval.vectors.store import Allowed, Nearest, StorePlace, VectorStoreError
from app.storage.private_files import make_private_folder

if TYPE_CHECKING:
    import httpx
    import numpy as np
    from chromadb.api import ClientAPI
    from langchain_chroma import Chroma

MAX_BATCH = 5000
"""Chroma takes at most 5461 records in one call."""

COMPARED_ONE_BY_ONE = 500
"""Up to this many readable passages are all compared."""
_MORE = 1.5
_MOST_ASKED = 1000
_PORTS = {"http": 8000, "https": 443}
_TIMEOUT_S = 30.0


class _Ready(Embeddings):
    """Hands on vectors that are there already: the wrapper takes only texts."""

    def __init__(self) -> None:
        self.vectors: Any = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return list(self.vectors)  # rows of float32: as numbers of Python they would take ten times as long

    def embed_query(self, text: str) -> list[float]:
        raise NotImplementedError


class ChromaStore:
    """Vectors by passage number, in one collection an index and vector space. Safe for threads, in turns.

    A client of a folder sees what other processes wrote only after it is opened again, and loses vectors
    when it writes before that; a server needs none of this.
    """

    def __init__(self, place: StorePlace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._ready = _Ready()
        self._client: ClientAPI | None = None
        self._store: Chroma | None = None

    def upsert(self, numbers: Sequence[int], vectors: np.ndarray) -> None:
        with self._opened() as store:
            for i in range(0, len(numbers), MAX_BATCH):
                ids = [str(number) for number in numbers[i : i + MAX_BATCH]]
                self._ready.vectors = vectors[i : i + MAX_BATCH]
                store.add_texts([""] * len(ids), ids=ids)

    def delete(self, numbers: Sequence[int]) -> None:
        with self._opened() as store:
            for i in range(0, len(numbers), MAX_BATCH):
                store.delete(ids=[str(number) for number in numbers[i : i + MAX_BATCH]])

    def nearest(self, vector: np.ndarray, k: int, allowed: Allowed) -> Nearest:
        if not allowed.count or k < 1:
            return Nearest([], None)
        with self._opened() as store:
            if allowed.count > max(COMPARED_ONE_BY_ONE, k):
                for found in self._found(store, vector, k, allowed):
                    hits = [hit for hit in found if allowed.of_one(hit[0])][:k]
                    if len(hits) == k:
                        return Nearest(hits, None)
            cosines = self._compare(store, vector, allowed.numbers.tolist())
        best = sorted(cosines.items(), key=lambda hit: (-hit[1], hit[0]))[:k]
        return Nearest(best, sum(cosines.values()) / len(cosines) if cosines else None)

    def cosines(self, vector: np.ndarray, numbers: Sequence[int]) -> dict[int, float]:
        with self._opened() as store:
            return self._compare(store, vector, numbers) if numbers else {}

    def numbers(self, among: Sequence[int] | None = None) -> set[int]:
        wanted = None if among is None else [str(number) for number in dict.fromkeys(among)]
        with self._opened() as store:
            return {int(name) for name in store.get(ids=wanted, include=[])["ids"]}

    def count(self) -> int:
        """How many vectors there are."""
        with self._opened() as store:
            return int(store._collection.count())

    def refresh(self, last: int, *, anew: bool) -> None:
        del last
        if anew and self._place.url is None:
            self.close()

    def end_writing(self) -> None:
        """Clear what Chroma writes of the process's memory behind the last vector."""
        if self._place.url is None:
            self.close()
            clear_unused(self._place.folder)

    def close(self) -> None:
        with self._lock:
            self._close()

    def _found(
        self, store: Chroma, vector: np.ndarray, k: int, allowed: Allowed
    ) -> Iterator[list[tuple[int, float]]]:
        """What the graph finds: of all passages, where few more than ``k`` are enough; of the allowed."""
        asked = math.ceil(k * _MORE * allowed.total / allowed.count)
        if asked <= _MOST_ASKED:
            yield self._ask(store, vector, asked)
        yield self._ask(store, vector, k, ids=[str(number) for number in allowed.numbers.tolist()])

    def _ask(self, store: Chroma, vector: np.ndarray, count: int, **which: Any) -> list[tuple[int, float]]:
        # The wrapper hands both on as they are, and Chroma takes arrays.
        asked: Any = vector
        found = store.similarity_search_by_vector_with_relevance_scores(asked, k=count, **which)
        return [(int(str(document.id)), 1.0 - distance) for document, distance in found]

    def _compare(self, store: Chroma, vector: np.ndarray, numbers: Sequence[int]) -> dict[int, float]:
        import numpy as np

        cosines: dict[int, float] = {}
        wanted = list(dict.fromkeys(numbers))
        for i in range(0, len(wanted), MAX_BATCH):
            ids = [str(number) for number in wanted[i : i + MAX_BATCH]]
            found = store.get(ids=ids, include=["embeddings"])
            if found["ids"]:
                scores = np.asarray(found["embeddings"], np.float32) @ vector
                cosines.update(zip(map(int, found["ids"]), scores.tolist(), strict=True))
        return cosines

    @contextmanager
    def _opened(self) -> Iterator[Chroma]:
        """The collection, for one thread at a time.

        Raises:
            VectorStoreError: Chroma cannot be used.
        """
        with self._lock:
            try:
                if self._store is None:
                    self._store = self._open()
                yield self._store
            except VectorStoreError:
                raise
            except BaseException as error:
                # Of a damaged folder it says more kinds of things than it documents.
                if not isinstance(error, Exception) and not is_panic(error):
                    raise
                self._close()
                raise self._error(error) from error

    def _open(self) -> Chroma:
        with quiet_import():
            import chromadb
            from chromadb.config import Settings
            from langchain_chroma import Chroma

        settings = Settings(anonymized_telemetry=False)
        if self._place.url is None:
            make_private_folder(self._place.folder)
            check_database(self._place.folder)
            self._client = chromadb.PersistentClient(str(self._place.folder), settings=settings)
        else:
            parts = urlsplit(self._place.url)
            port = parts.port or _PORTS.get(parts.scheme)
            if not parts.hostname or port is None:
                raise ValueError("write it as http://host:port")
            self._client = chromadb.HttpClient(parts.hostname, port, parts.scheme == "https", None, settings)
            for session in _sessions(self._client):
                session.timeout = _TIMEOUT_S
        return Chroma(
            client=self._client,
            collection_name=self._name(),
            embedding_function=self._ready,
            collection_configuration={"hnsw": {"space": "cosine"}},
        )

    def _name(self) -> str:
        """Short enough for Chroma, and no other index's or vector space's."""
        whose = self._place.index() if self._place.url is not None else ""
        return "pincite-" + sha256(f"{whose}/{self._place.space}".encode()).hexdigest()[:32]

    def _close(self) -> None:
        if self._client is not None:
            sessions = _sessions(self._client)
            self._client.close()  # type: ignore[attr-defined]
            for session in sessions:
                session.close()
        self._client = self._store = None

    def _error(self, error: BaseException) -> VectorStoreError:
        if self._place.url is not None:
            where = f"the Chroma server at {self._place.server}"
            what = "check that it runs, and PINCITE_RETRIEVAL__VECTOR_STORE_URL"
        else:
            where, what = f"Chroma in {self._place.folder}", "run: pincite rebuild"
        reason = (str(error) or type(error).__name__).splitlines()[0]
        return VectorStoreError(f"{where} cannot be used ({reason}); {what}")


def _sessions(client: ClientAPI) -> list[httpx.Client]:
    """What asks the server: Chroma gives it no time limit, and leaves its connections open when it closes."""
    owners = (client, getattr(client, "_admin_client", None))
    found = (getattr(getattr(owner, "_server", None), "_session", None) for owner in owners)
    return [session for session in found if session is not None]
