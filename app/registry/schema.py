"""The tables of the document registry, one SQLite file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    text,
)

from app.errors import PinciteError
from app.storage.private_files import make_private_file
from app.storage.sqlite import prepare

SCHEMA_VERSION = 5

EVERYONE = "everyone"
"""The reader that stands for anybody: documents without groups are readable by it."""

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("doc_id", String, primary_key=True),
    Column("source", String, nullable=False, index=True),
    Column("uri", String, nullable=False, unique=True),
    Column("title", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("version", String, nullable=False),
    Column("content_sha256", String, nullable=False),
    Column("pipeline", String, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("updated_at", String, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("doc_id", ForeignKey("documents.doc_id", ondelete="CASCADE"), primary_key=True),
    Column("version", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("pages", JSON, nullable=False),
    Column("added_at", String, nullable=False),
    Column("layout", LargeBinary),
)

kept = Table(
    "kept",
    metadata,
    Column("doc_id", String, primary_key=True),
    Column("version", String, primary_key=True),
    Column("uri", String, nullable=False),
    Column("title", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("removed_at", String, nullable=False),
)
"""Versions of removed documents that stored answers cite: only verification reads them."""

passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("passage_id", String, nullable=False, unique=True),
    Column("doc_id", ForeignKey("documents.doc_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page", Integer),
    Column("headings", JSON, nullable=False),
    Column("text", Text, nullable=False),
    # A number is never given out twice: what an index holds under it can only be this passage.
    sqlite_autoincrement=True,
)

retired = Table(
    "retired",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    sqlite_autoincrement=True,
)
"""Numbers of passages that are gone and whose rows are still in the row file."""

readers = Table(
    "readers",
    metadata,
    Column("doc_id", ForeignKey("documents.doc_id", ondelete="CASCADE"), primary_key=True),
    Column("reader", String, primary_key=True),
)
Index("readers_by_reader", readers.c.reader, readers.c.doc_id)

facts = Table(
    "facts",
    metadata,
    Column("doc_id", ForeignKey("documents.doc_id", ondelete="CASCADE"), primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", String, primary_key=True),
)
Index("facts_by_value", facts.c.key, facts.c.value, facts.c.doc_id)

hidden = Table(
    "hidden",
    metadata,
    Column("doc_id", ForeignKey("documents.doc_id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("how", String, nullable=False),
    Column("place", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("chars", Integer, nullable=False),
    Column("kind", String, nullable=False),
)
"""What readers of a document's source do not see (``HiddenText``); only an operator who asks for it does."""

overrides = Table(
    "overrides",
    metadata,
    # No foreign key: a document that is removed and added again is read by no more people than before.
    Column("doc_id", String, primary_key=True),
    Column("readers", JSON, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("dropped", JSON, nullable=False),
    Column("original", JSON, nullable=False),
    Column("over", JSON, nullable=False),
    Column("by", String, nullable=False),
    Column("at", String, nullable=False),
)
"""What was said over what sources say (``app.registry.overrides``)."""

vector_journal = Table("vector_journal", metadata, Column("passage_id", String, primary_key=True))
"""Passages whose vectors and words are about to be written or deleted, for when a writer is killed."""

state = Table(
    "state", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False)
)


_UPGRADES: dict[int, tuple[str, ...]] = {2: ("ALTER TABLE versions ADD COLUMN layout BLOB",), 3: (), 4: ()}
"""What a folder of an earlier format lacks, beside whole tables; nothing in it is written anew."""


class IndexFormatError(PinciteError, RuntimeError):
    """The data folder was written by another version of Pincite."""

    code = "index-format"


def open_engine(path: Path) -> Engine:
    """Open (and, where needed, create or upgrade) the registry at ``path``.

    Foreign keys are on and the journal is a write-ahead log, so readers never wait for the writer.

    Raises:
        IndexFormatError: the file holds tables of a schema version that is newer, or too old to upgrade.
    """
    make_private_file(path)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # Overwritten, so that a removed document's words do not stay in free pages.
        prepare(connection, foreign_keys=True, secure_delete=True, write_ahead_log=True, normal_sync=True)

    try:
        with engine.begin() as connection:
            _make_tables(connection, path)
    except BaseException:
        # Here, not within: a connection that is in use when its engine is disposed of stays open.
        engine.dispose()
        raise
    return engine


def _make_tables(connection: Connection, path: Path) -> None:
    found = connection.execute(text("PRAGMA user_version")).scalar_one()
    if found == 0 or found in _UPGRADES:
        # Processes that open a new folder at the same time take turns: the others find the tables made.
        connection.execute(text("BEGIN IMMEDIATE"))
        found = connection.execute(text("PRAGMA user_version")).scalar_one()
    if found not in (0, SCHEMA_VERSION, *_UPGRADES):
        raise IndexFormatError(
            f"the data folder {path.parent} has format {found}, this Pincite reads {SCHEMA_VERSION}; "
            "use another PINCITE_HOME, or delete the folder and add the documents again"
        )
    if found != SCHEMA_VERSION:
        metadata.create_all(connection)
        for statement in _UPGRADES.get(found, ()):
            connection.execute(text(statement))
        connection.execute(text(f"PRAGMA user_version={SCHEMA_VERSION}"))
