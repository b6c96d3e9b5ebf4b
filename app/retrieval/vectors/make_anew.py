"""Write the vectors of an index to a store that lacks them."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings
from sqlalchemy import Connection, Engine, Select, func, select

from app.registry.document import embedded_text
from app.registry.schema import documents, passages
from app.retrieval.embedding.arrays import embed_array, unit
from app.retrieval.vectors.store import VectorStore

_AT_ONCE = 1000


def newest_number(connection: Connection, fingerprint: str) -> int | None:
    """The highest number of a passage of this vector space; None where there is none."""
    newest = _of_space(fingerprint).order_by(passages.c.id.desc()).limit(1)
    row = connection.execute(newest).first()
    return None if row is None else int(row.id)


def is_all_of(connection: Connection, fingerprint: str) -> bool:
    """Whether every passage is of this vector space."""
    every = select(func.count()).select_from(passages)
    ours = select(func.count()).select_from(_of_space(fingerprint).subquery())
    return connection.scalar(every) == connection.scalar(ours)


def write_all(engine: Engine, fingerprint: str, embeddings: Embeddings, store: VectorStore) -> int:
    """Write the vectors of all passages of a vector space; how many. Most are kept and not embedded again."""
    count, seen = 0, 0
    columns = _of_space(fingerprint).add_columns(passages.c.headings, passages.c.text)
    while True:
        with engine.connect() as connection:
            query = columns.where(passages.c.id > seen).order_by(passages.c.id).limit(_AT_ONCE)
            rows = connection.execute(query).all()
        if not rows:
            return count
        vectors = embed_array(embeddings, [embedded_text(row.headings, row.text) for row in rows])
        store.upsert([row.id for row in rows], unit(vectors))
        count, seen = count + len(rows), rows[-1].id


def _of_space(fingerprint: str) -> Select[tuple[int]]:
    return (
        select(passages.c.id)
        .join(documents, documents.c.doc_id == passages.c.doc_id)
        .where(documents.c.pipeline.endswith(f"/{fingerprint}", autoescape=True))
    )
