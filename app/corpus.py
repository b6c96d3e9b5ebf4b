"""The documents and their index, opened: all that adding, listing and removing needs, without the graph."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

from app.answers.draft_cache import AnswerCache
from app.answers.store import AnswerStore
from app.conversations.store import ConversationStore
from app.forgetting.forget import finish_forgetting, forget
from app.forgetting.named import named_note
from app.forgetting.note import notes_in
from app.forgetting.places import Places
from app.forgetting.report import ForgetReport
from app.forgetting.retention import apply_retention, times_of
from app.recovery.index_checks import IndexChecks
from app.recovery.index_digest import forget_digests, note_digests
from app.recovery.rebuild import Rebuilt, check_registry, drop_damaged_caches, refuse_lost_registry
from app.registry.registry import Registry
from app.registry.schema import open_engine
from app.retrieval.all_passages import write_words
from app.retrieval.embedding.embedder import make_embedder
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.embedding.question_vectors import QuestionVectors
from app.retrieval.embedding.stored_vectors import StoredVectors
from app.retrieval.lexical_index import LexicalIndex
from app.retrieval.ranking.window_vectors import WindowVectors
from app.retrieval.vectors.choose import make_store
from app.retrieval.vectors.vector_index import VectorIndex
from app.settings import Settings, load_settings
from app.storage.private_files import close_to_others, make_private_folder
from app.storage.private_places import private_places

if TYPE_CHECKING:
    from app.ingestion.pipeline import Pipeline
    from app.ingestion.web.ingest import PageIngest
    from app.ingestion.writer import IndexWriter

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Corpus:
    """The registry, the vectors and the words of one tenant. Use it as a context manager, or call ``close``.

    ``fingerprint`` names the vector space that ``embeddings`` make and the index is read with. ``questions``
    are ``embeddings`` that embed a question once, for all steps of its answer.
    """

    settings: Settings
    registry: Registry
    vectors: VectorIndex
    words: LexicalIndex
    stored: StoredVectors
    embeddings: Embeddings
    fingerprint: str
    answers: AnswerStore
    questions: Embeddings
    conversations: ConversationStore
    windows: WindowVectors | None = None
    """Made with the passages, where they are ranked by windows and the carried embedder makes the vectors."""
    closing: ExitStack = field(default_factory=ExitStack, repr=False)

    @contextmanager
    def writing(self) -> Iterator[tuple[Pipeline, IndexWriter]]:
        """The ingestion pipeline and the index's writer, for the length of a ``with`` block.

        What a run before was killed at forgetting is forgotten first.

        Raises:
            WriterBusyError: another process is writing.
        """
        with self._writing() as given:
            yield given

    def checks(self) -> IndexChecks:
        """Whether the index has all that the registry has."""
        return IndexChecks(self.registry, self.vectors, self.words, self._index_folders())

    def rebuild(self) -> Rebuilt:
        """Make vectors, their rows and the index of words anew from the registry's texts, and kept vectors.

        Killed meanwhile, answers say what is missing, and the same call finishes it.

        Raises:
            RegistryDamagedError: the registry is damaged; the message says what can be done.
            WriterBusyError: another process is writing.
        """
        folder = self.settings.home / self.settings.tenant
        check_registry(folder / "registry.sqlite")
        dropped: list[str] = []

        def drop() -> None:
            dropped.extend(drop_damaged_caches(folder))
            self.vectors.drop()
            self.words.drop()

        with self._writing(prepare=drop):
            passages = write_words(self.words, self.registry.engine)
            count = self.vectors.count()
        return Rebuilt(passages, passages if count is None else count, dropped)

    def _index_folders(self) -> list[Path]:
        words = self.settings.home / self.settings.tenant / "words"
        # Chroma writes to its files when it only reads.
        return [words, self.vectors.folder] if self.vectors.label == "rows" else [words]

    @contextmanager
    def _writing(
        self, *, finish: bool = True, prepare: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[Pipeline, IndexWriter]]:
        from app.ingestion.load import LoadLimits
        from app.ingestion.pipeline import PassageLength, Pipeline
        from app.ingestion.reader import FileReader
        from app.ingestion.writer import open_writer

        def prepared() -> None:
            forget_digests(self.registry, self._index_folders())
            prepare()

        ingest = self.settings.ingest
        limits = LoadLimits(max_file_bytes=int(ingest.max_file_mb * 1024 * 1024))
        length = PassageLength(ingest.passage_chars, ingest.passage_max_chars)
        lock_file = self.settings.home / self.settings.tenant / "writer.lock"
        reader = FileReader(limits, ingest.file_timeout_s, int(ingest.file_memory_mb * 1024 * 1024))
        with (
            open_writer(
                lock_file,
                ingest.lock_timeout_s,
                self.registry,
                self.vectors,
                self.words,
                self.fingerprint,
                self.answers.cited,
                self.windows,
                prepare=prepared,
                finish=lambda: note_digests(self.registry, self._index_folders()),
            ) as writer,
            reader,
        ):
            if self.words.count() < self.registry.passage_count():
                logger.warning(
                    "the words of %d passages were written anew",
                    write_words(self.words, self.registry.engine),
                )
            if finish and notes_in(lock_file.parent):
                self._finish_quietly(writer)
            yield (
                Pipeline(self.registry, self.fingerprint, limits, length, reader, ingest.groups),
                writer,
            )
            # Libraries write files of their own.
            close_to_others(self.settings.home / self.settings.tenant)
            count = 2 * self.registry.passage_count()
            with suppress(sqlite3.DatabaseError):  # said, and deleted where it is damaged
                self.stored.keep(count)
                if self.windows is not None:
                    self.windows.keep(count)
        self.tidy_quietly()

    @contextmanager
    def fetching(self) -> Iterator[PageIngest]:
        """Like ``writing``, for web pages. What hosts say to ask with next time is kept at the end.

        Raises:
            WriterBusyError: another process is writing.
        """
        from app.ingestion.web.fetch import WebFetcher, WebLimits
        from app.ingestion.web.ingest import PageIngest
        from app.ingestion.web.memory import PageMemory

        web = self.settings.web
        limits = WebLimits(
            int(web.max_page_mb * 1024 * 1024),
            web.timeout_s,
            web.max_redirects,
            web.delay_s,
            frozenset(host.lower() for host in web.private_hosts),
        )
        memory = PageMemory(self.settings.home / self.settings.tenant / "pages.json")
        with self.writing() as (pipeline, writer), WebFetcher(limits, _version()) as fetcher:
            try:
                yield PageIngest(pipeline, writer, fetcher, memory)
            finally:
                memory.save()

    def drafts(self) -> AnswerCache:
        """The cache of drafts; its file is made with the first one."""
        return AnswerCache(
            self.settings.home / self.settings.tenant / "answer_cache.sqlite",
            time.time,
            max_drafts=self.settings.cache.max_answers,
            max_age_s=self.settings.cache.max_age_h * 3600,
        )

    def tidy(self, *, old_versions: bool = False) -> int:
        """Delete what is past its time by the settings, and texts that no answer cites any more.

        With ``old_versions`` all earlier versions of present documents too. Returns how many texts were
        deleted (``app.forgetting.retention`` has the rest).

        Raises:
            AnswerStoreError: the stored answers cannot be used.
        """
        return apply_retention(self.places(), times_of(self.settings), old_versions=old_versions).texts

    def _finish_quietly(self, writer: IndexWriter) -> None:
        try:
            done = finish_forgetting(self.places(), writer)
        except Exception as error:  # a damaged file must not forbid adding documents
            logger.warning("what was to be forgotten is not yet: %s; run: pincite forget", error)
        else:
            logger.warning("finished forgetting %d things that a run was killed at", len(done))

    def tidy_quietly(self) -> None:
        """``tidy``, where failing at it must not undo or forbid what is asked for: a logged warning."""
        try:
            self.tidy()
        except Exception as error:
            logger.warning(
                "what is kept for verifying answers could not be tidied: %s", error, exc_info=error
            )

    def places(self) -> Places:
        """Every place of the data folder that something can be forgotten from."""
        settings = self.settings
        runs = [f"runs of evaluations in {settings.eval_runs}"] if settings.eval_runs.is_dir() else []
        return Places(
            settings,
            self.registry,
            self.vectors,
            self.words,
            self.stored,
            self.windows,
            self.answers,
            self.conversations,
            self.drafts(),
            tuple(runs),
        )

    def forget(
        self, *, document: str | None = None, user: str | None = None, thread: str | None = None
    ) -> ForgetReport:
        """Take a document, a person's things or a conversation away for good, and prove that it is gone.

        ``document`` is an id, of one present or removed before; ``thread`` its owner's name for it, who is
        ``user`` (by default who asks by the command line), or the thread's id. Killed meanwhile, the next run
        that writes finishes it.

        Raises:
            ForgetError: nothing, or more than one thing, is named; or there is no such document or person.
            ConversationError: there is no such conversation.
            WriterBusyError: another process is writing.
        """
        # Before anything is touched: what is not there is refused with all as it was.
        named_note(self.places(), document, user, thread)
        with self.writing() as (_, writer):
            places = self.places()
            return forget(places, writer, named_note(places, document, user, thread))

    def finish_forgetting(self) -> list[ForgetReport]:
        """Finish what a run before this one was killed at forgetting; none where there is nothing."""
        with self._writing(finish=False) as (_, writer):
            return finish_forgetting(self.places(), writer)

    def close(self) -> None:
        self.closing.close()

    def __enter__(self) -> Corpus:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def _version() -> str:
    try:
        return version("pincite")
    except PackageNotFoundError:
        return "0"


def _windows(settings: Settings, embeddings: Embeddings, stored: StoredVectors) -> WindowVectors | None:
    if not isinstance(embeddings, MiniLMEmbeddings) or settings.rerank.method not in ("auto", "windows"):
        return None
    return WindowVectors(embeddings, stored, settings.home / settings.tenant / "windows.sqlite")


def open_corpus(settings: Settings | None = None) -> Corpus:
    """Open the documents in ``settings.home``, or of the environment and ``.env`` when there are no settings.

    Raises:
        SettingsError, IndexFormatError, ExtensionError: the configuration cannot work; one line says why.
    """
    settings = settings or load_settings()
    folder = settings.home / settings.tenant
    make_private_folder(folder)
    for place in private_places(settings):
        close_to_others(place)
    with ExitStack() as closing:
        refuse_lost_registry(folder / "registry.sqlite")
        engine = open_engine(folder / "registry.sqlite")
        closing.callback(engine.dispose)
        registry = Registry(engine, lambda: datetime.now(UTC).isoformat())
        embedder = make_embedder(settings.embedding)
        questions = QuestionVectors(embedder.embeddings)
        stored = StoredVectors(questions, embedder.fingerprint, folder / "embeddings.sqlite")
        retrieval = settings.retrieval
        store = make_store(
            retrieval.vector_store,
            retrieval.vector_store_url,
            folder,
            embedder.fingerprint,
            registry.index_id,
        )
        vectors = VectorIndex(store, stored, embedder.fingerprint, engine)
        closing.callback(vectors.close)
        words = LexicalIndex(folder / "words")
        answers = AnswerStore(
            folder / "answers.sqlite", settings.answers.keep_days, lambda: datetime.now(UTC)
        )
        conversations = ConversationStore(
            folder / "threads.sqlite", settings.conversations.keep_days, lambda: datetime.now(UTC)
        )
        return Corpus(
            settings,
            registry,
            vectors,
            words,
            stored,
            embedder.embeddings,
            embedder.fingerprint,
            answers,
            questions,
            conversations,
            _windows(settings, embedder.embeddings, stored),
            closing.pop_all(),
        )
