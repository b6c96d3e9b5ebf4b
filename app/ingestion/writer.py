"""The one writer of an index: takes the lock, keeps vectors, words and registry in step, outlives a kill."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from app.errors import PinciteError
from app.registry.new_document import NewDocument
from app.registry.registry import Registry
from app.retrieval.ranking.window_vectors import WindowedText, WindowVectors
from app.retrieval.scope import scope_terms
from app.retrieval.vectors.vector_index import VectorIndex
from app.retrieval.word_index import WordIndex
from app.storage.private_files import make_private_folder

CitedOf = Callable[[str], Collection[tuple[str, str]]]
"""doc_id -> the (doc_id, version) that stored answers cite."""


class WriterBusyError(PinciteError, RuntimeError):
    """Another process is writing to the same data folder."""

    code = "writer-busy"
    retryable = True
    status = 503


class IndexWriter:
    """Writes documents to vectors, words and registry so that a kill at any moment loses nothing.

    Order: note the passages to come, write their vectors and words, then in one SQLite transaction swap the
    documents (and note the passages that are gone), then delete what no document owns. Whatever a killed
    writer left noted is settled by the next one.
    """

    def __init__(
        self,
        registry: Registry,
        vectors: VectorIndex,
        words: WordIndex,
        cited: CitedOf = lambda _: (),
        windows: WindowVectors | None = None,
    ) -> None:
        self._registry = registry
        self._vectors = vectors
        self._words = words
        self._cited = cited
        self._windows = windows

    def put(self, *new: NewDocument) -> None:
        """Add the documents, or replace the versions that are there; all of them or, when killed, none."""
        new = tuple(self._registry.overridden(new))
        ids = [passage_id for one in new for passage_id in one.passage_ids]
        parted = [passage for one in new for passage in windowed_texts(one)]
        texts = [passage.whole for passage in parted]
        self._registry.announce(ids)
        if self._windows is not None:
            # In the same run of the model: the vectors of passages are there when they are asked for.
            self._windows.make(parted)
        self._vectors.add(self._registry.last_number() + 1, texts)
        scopes = [terms for one in new for terms in [scope_terms(one.readers, one.facts())] * len(one.spans)]
        self._words.add(ids, texts, scopes)
        self._registry.replace(*new)
        self.settle()

    def remove(self, doc_id: str, *, forget: bool = False) -> bool:
        """Remove a document, its vectors and words; False when there is none.

        Versions that stored answers cite stay readable for verification, unless it is to ``forget``.
        """
        removed = self._registry.remove(doc_id, () if forget else self._cited(doc_id))
        self.settle()
        return removed

    def settle(self) -> None:
        """Delete noted passages that no document owns, then forget the notes."""
        noted, orphans = self._registry.unsettled()
        self._vectors.settle(interrupted=bool(noted))
        if orphans:
            self._words.delete(orphans)
        if noted:
            self._registry.settled()


def passage_texts(new: NewDocument) -> list[str]:
    """What each passage is embedded and indexed by."""
    return [passage.whole for passage in windowed_texts(new)]


def windowed_texts(new: NewDocument) -> list[WindowedText]:
    """Each passage's words below its headings."""
    text = new.loaded.text
    return [WindowedText(span.headings, text[span.start : span.end]) for span in new.spans]


@contextmanager
def open_writer(
    lock_file: Path,
    timeout_s: float,
    registry: Registry,
    vectors: VectorIndex,
    words: WordIndex,
    fingerprint: str,
    cited: CitedOf = lambda _: (),
    windows: WindowVectors | None = None,
    prepare: Callable[[], None] = lambda: None,
    finish: Callable[[], None] = lambda: None,
) -> Iterator[IndexWriter]:
    """Hold the writer's lock for the length of a ``with`` block; ``prepare`` is called once it is held,
    ``finish`` before it is let go where nothing failed.

    Two processes writing one Chroma directory lose vectors without an error, hence the lock; the operating
    system drops it with the process, however that ends.

    Raises:
        WriterBusyError: another process holds the lock for longer than ``timeout_s`` seconds.
    """
    make_private_folder(lock_file.parent)
    lock = FileLock(lock_file, mode=0o600)
    try:
        lock.acquire(timeout=timeout_s)
    except Timeout:
        raise WriterBusyError(
            f"another pincite process is writing to {lock_file.parent}; wait for it to end and try again"
        ) from None
    try:
        prepare()
        vectors.begin_writing()
        writer = IndexWriter(registry, vectors, words, cited, windows)
        _name_vector_space(registry, fingerprint)
        writer.settle()
        yield writer
        _name_vector_space(registry, fingerprint)
        vectors.end_writing()
        words.end_writing()
        finish()
    finally:
        vectors.stop_writing()
        words.end_writing()
        lock.release()


def _name_vector_space(registry: Registry, fingerprint: str) -> None:
    """Record that the index is of this vector space, once all its documents are.

    Until then it keeps the name of the old one, and readers say that they search by words only.
    """
    if registry.state("fingerprint") != fingerprint and registry.is_all_of(fingerprint):
        registry.set_state("fingerprint", fingerprint)
