"""Conversations kept in SQLite, usable from any event loop."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.checkpoint.sqlite import SqliteSaver

from app.conversations.store import ConversationGoneError, ConversationStoreError
from app.storage.sqlite import connect_file


class ThreadedSqliteSaver(SqliteSaver):
    """LangGraph's SQLite saver with its asynchronous half run in worker threads.

    The library's asynchronous saver is bound to the event loop it was made in; an embedding application
    may have several. The synchronous one takes a lock of its own, so threads are safe.

    A conversation that was deleted meanwhile, by whatever process, is not written to: what was written of it
    goes again, and the run ends with ``ConversationGoneError``.
    """

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        with _clear_errors():
            return super().get_tuple(config)

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        with _clear_errors():
            written = super().put(config, checkpoint, metadata, new_versions)
        self._still_there(config)
        return written

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        with _clear_errors():
            super().put_writes(config, writes, task_id, task_path)
        self._still_there(config)

    def _still_there(self, config: RunnableConfig) -> None:
        # After the write: whoever deletes later than this deletes it too.
        thread = config["configurable"]["thread_id"]
        with _clear_errors():
            with self.cursor(transaction=False) as cursor:
                owned = "SELECT 1 FROM sqlite_master WHERE name = 'conversations'"
                known = "SELECT 1 FROM conversations WHERE thread_id = ?"
                # Where nobody keeps owners there is none to be gone.
                if cursor.execute(owned).fetchone() is None:
                    return
                if cursor.execute(known, (str(thread),)).fetchone() is not None:
                    return
            self.delete_thread(str(thread))
            with self.cursor(transaction=False) as cursor:
                # Its words would stay readable in the write-ahead log.
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        raise ConversationGoneError("the conversation was deleted while the question was answered; ask anew")

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return await asyncio.to_thread(self.get_tuple, config)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        def found() -> list[CheckpointTuple]:
            return list(self.list(config, filter=filter, before=before, limit=limit))

        for item in await asyncio.to_thread(found):
            yield item

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return await asyncio.to_thread(self.put, config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        await asyncio.to_thread(self.put_writes, config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        await asyncio.to_thread(self.delete_thread, thread_id)


def open_checkpoints(path: Path) -> ThreadedSqliteSaver:
    """Open (and, where needed, create) the conversations at ``path``.

    Raises:
        ConversationStoreError: the file is damaged.
    """
    with _clear_errors():
        return ThreadedSqliteSaver(
            connect_file(path, 30, any_thread=True, write_ahead_log=True, secure_delete=True)
        )


@contextmanager
def _clear_errors() -> Iterator[None]:
    """What a damaged file of conversations makes its readers say, as one line."""
    try:
        yield
    except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
        failure = ConversationStoreError(
            f"the stored conversations cannot be used ({type(error).__name__}: {error}); if it is not for a "
            "lock or a full disk, delete that conversation, or move threads.sqlite away"
        )
        failure.retryable = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
        raise failure from error
