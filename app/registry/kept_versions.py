"""Old versions of documents, and texts of removed ones: kept while a stored answer cites them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, literal, select, union_all

from app.registry.schema import documents, kept, versions

Cited = Collection[tuple[str, str]]
"""(doc_id, version) that stored answers cite."""


@dataclass(frozen=True, slots=True)
class RemovedDocument:
    """What is still known of a document that was removed."""

    doc_id: str
    title: str
    uri: str
    removed_at: str


def keep_cited(connection: Connection, doc_id: str, cited: Cited, now: str) -> None:
    """Before a document is removed: put aside those of its versions that answers cite."""
    wanted = [version for of, version in cited if of == doc_id]
    rows = (
        select(
            versions.c.doc_id,
            versions.c.version,
            documents.c.uri,
            documents.c.title,
            versions.c.text,
            literal(now),
        )
        .join(documents, documents.c.doc_id == versions.c.doc_id)
        .where(versions.c.doc_id == doc_id, versions.c.version.in_(wanted))
    )
    names = ["doc_id", "version", "uri", "title", "text", "removed_at"]
    connection.execute(insert(kept).prefix_with("OR REPLACE").from_select(names, rows))


def cited_text(engine: Engine, doc_id: str, version: str) -> str | None:
    """The canonical text of exactly this version, for checking a citation; of a removed document too."""
    found = [
        select(table.c.text).where(table.c.doc_id == doc_id, table.c.version == version)
        for table in (versions, kept)
    ]
    with engine.connect() as connection:
        text: str | None = connection.scalar(union_all(*found).limit(1))
    return text


def removed_document(engine: Engine, name: str) -> RemovedDocument | None:
    """The removed document of this id or URI of which texts are kept; None where there is none."""
    query = (
        select(kept.c.doc_id, kept.c.title, kept.c.uri, kept.c.removed_at)
        .where((kept.c.doc_id == name) | (kept.c.uri == name))
        .order_by(kept.c.removed_at.desc())
    )
    with engine.connect() as connection:
        row = connection.execute(query.limit(1)).first()
    return RemovedDocument(*row) if row else None


def drop_uncited(
    engine: Engine,
    cited: Cited,
    *,
    old_versions: bool = False,
    versions_before: str = "",
    removed_before: str = "",
) -> int:
    """Delete texts of removed documents that no answer cites any more; returns how many texts went.

    With ``old_versions`` those of present documents too, but for each one's current version; else of those
    what was added before ``versions_before`` (an ISO time). Removed before ``removed_before``: cited or not.
    """

    def found(connection: Connection) -> dict[str, list[tuple[str, str]]]:
        spare = _uncited(connection, cited, old_versions, versions_before)
        late = select(kept.c.doc_id, kept.c.version).where(kept.c.removed_at < removed_before)
        spare["kept"] = list(
            dict.fromkeys([*spare["kept"], *((r[0], r[1]) for r in connection.execute(late))])
        )
        return spare

    with engine.connect() as connection:
        spare = found(connection)
    if not any(spare.values()):
        return 0
    with engine.begin() as connection:
        # Once more, now that nobody else writes: a document may have gone back to an old version.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        spare = found(connection)
        for table, keys in spare.items():
            of = {"kept": kept, "versions": versions}[table]
            for doc_id, version in keys:
                connection.execute(delete(of).where(of.c.doc_id == doc_id, of.c.version == version))
    empty_log(engine)
    return sum(len(keys) for keys in spare.values())


def forget_kept(engine: Engine, doc_id: str) -> None:
    """Delete the texts that are kept of a removed document, cited or not."""
    with engine.begin() as connection:
        connection.execute(delete(kept).where(kept.c.doc_id == doc_id))
    empty_log(engine)


def uncited(engine: Engine, cited: Cited) -> int:
    """How many texts ``drop_uncited`` would delete, old versions included."""
    with engine.connect() as connection:
        return sum(len(keys) for keys in _uncited(connection, cited, True).values())


def empty_log(engine: Engine) -> None:
    """Take what was deleted out of the write-ahead log as well, where its words would stay readable."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _uncited(
    connection: Connection, cited: Cited, old_versions: bool, versions_before: str = ""
) -> dict[str, list[tuple[str, str]]]:
    found = {"kept": select(kept.c.doc_id, kept.c.version)}
    if old_versions or versions_before:
        found["versions"] = (
            select(versions.c.doc_id, versions.c.version)
            .join(documents, documents.c.doc_id == versions.c.doc_id)
            .where(versions.c.version != documents.c.version)
        )
        if not old_versions:
            found["versions"] = found["versions"].where(versions.c.added_at < versions_before)
    wanted = set(cited)
    return {
        name: [key for row in connection.execute(query) if (key := (row[0], row[1])) not in wanted]
        for name, query in found.items()
    }
