"""The one writer of an index: takes the lock, keeps vectors and registry in step, survives being killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from app.ingestion.registry import NewDocument, Registry
from app.retrieval.scope import FACT_PREFIX, READERS_KEY
from app.retrieval.vector_index import VectorIndex


class WriterBusyError(RuntimeError):
    """Another process is writing to the same data folder."""

    retryable = True


class IndexWriter:
    """Writes documents to vectors and registry so that a kill at any moment loses nothing.

    Order: note the vectors to come, write them, then in one SQLite transaction swap the document (and note
    the vectors it no longer needs), then delete what no passage owns. Whatever a killed writer left noted
    is settled by the next one.
    """

    def __init__(self, registry: Registry, vectors: VectorIndex) -> None:
        self._registry = registry
        self._vectors = vectors

    def put(self, new: NewDocument) -> None:
        """Add the document, or replace the version that is there."""
        self._registry.announce(new.passage_ids)
        if new.spans:
            facts = {FACT_PREFIX + key: values for key, values in new.facts().items()}
            metadata = {"doc_id": new.doc_id, READERS_KEY: list(new.readers), **facts}
            self._vectors.add(new.passage_ids, passage_texts(new), [dict(metadata) for _ in new.spans])
        self._registry.replace(new)
        self.settle()

    def remove(self, doc_id: str) -> bool:
        """Remove a document and its vectors; False when there is none."""
        removed = self._registry.remove(doc_id)
        self.settle()
        return removed

    def settle(self) -> None:
        """Delete noted vectors that no passage owns, then forget the notes."""
        noted, orphans = self._registry.unsettled()
        if orphans:
            self._vectors.delete(orphans)
        if noted:
            self._registry.settled()


def passage_texts(new: NewDocument) -> list[str]:
    """What is embedded for each passage: its heading path, then its words."""
    return [
        "\n".join(filter(None, [" › ".join(span.headings), new.loaded.text[span.start : span.end]]))
        for span in new.spans
    ]


@contextmanager
def open_writer(
    lock_file: Path, timeout_s: float, registry: Registry, vectors: VectorIndex, fingerprint: str
) -> Iterator[IndexWriter]:
    """Hold the writer's lock for the length of a ``with`` block.

    Two processes writing one Chroma directory lose vectors without an error, hence the lock; the operating
    system drops it with the process, however that ends.

    Raises:
        WriterBusyError: another process holds the lock for longer than ``timeout_s`` seconds.
    """
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(lock_file)
    try:
        lock.acquire(timeout=timeout_s)
    except Timeout:
        raise WriterBusyError(
            f"another pincite process is writing to {lock_file.parent}; wait for it to end and try again"
        ) from None
    try:
        # A Chroma client that was opened before another process wrote must not write: it would lose vectors.
        vectors.close()
        writer = IndexWriter(registry, vectors)
        _name_vector_space(registry, fingerprint)
        writer.settle()
        yield writer
        _name_vector_space(registry, fingerprint)
    finally:
        lock.release()


def _name_vector_space(registry: Registry, fingerprint: str) -> None:
    """Record that the index is of this vector space, once all its documents are.

    Until then it keeps the name of the old one, and readers say that they search by words only.
    """
    if registry.state("fingerprint") != fingerprint and registry.is_all_of(fingerprint):
        registry.set_state("fingerprint", fingerprint)
