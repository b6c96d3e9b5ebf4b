"""Every passage the registry has, as the index of words and the files of vectors take them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Engine, select

from app.registry.schema import facts, passages, readers
from app.retrieval.lexical_index import LexicalIndex
from app.retrieval.ranking.window_vectors import WindowedText
from app.retrieval.scope import scope_terms

_AT_ONCE = 1000


class IndexedPassage(NamedTuple):
    """``words`` are its own below its headings; ``scope`` is ``app.retrieval.scope.scope_terms``."""

    passage_id: str
    words: WindowedText
    scope: list[str]


def all_passages(engine: Engine) -> Iterator[IndexedPassage]:
    """In the order of their numbers; some hundreds are in memory at a time."""
    seen, of, scope = 0, "", list[str]()
    while True:
        columns = (
            passages.c.id,
            passages.c.passage_id,
            passages.c.doc_id,
            passages.c.headings,
            passages.c.text,
        )
        query = select(*columns)
        with engine.connect() as connection:
            rows = connection.execute(
                query.where(passages.c.id > seen).order_by(passages.c.id).limit(_AT_ONCE)
            ).all()
            for row in rows:
                if row.doc_id != of:
                    of, scope = row.doc_id, _scope(engine, row.doc_id)
                yield IndexedPassage(row.passage_id, WindowedText(tuple(row.headings), row.text), scope)
        if not rows:
            return
        seen = rows[-1].id


def _scope(engine: Engine, doc_id: str) -> list[str]:
    with engine.connect() as connection:
        who = list(connection.scalars(select(readers.c.reader).where(readers.c.doc_id == doc_id)))
        known: dict[str, list[str]] = {}
        query = select(facts.c.key, facts.c.value).where(facts.c.doc_id == doc_id)
        for key, value in connection.execute(query):
            known.setdefault(key, []).append(value)
    return scope_terms(sorted(who), known)


def write_words(words: LexicalIndex, engine: Engine) -> int:
    """Write an index of words anew; returns how many passages it has then."""
    return words.write_anew((one.passage_id, one.words.whole, one.scope) for one in all_passages(engine))
