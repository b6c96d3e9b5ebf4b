"""BM25 over SQLite FTS5, in the same file and transaction as the registry."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Engine, column, func, select, table, text

from app.ingestion.schema import documents, passages
from app.retrieval.scope import Scope, document_conditions
from graphs.citing.words import STOP_WORDS

_TERMS = table("passage_terms", column("rowid"), column("rank"))
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class LexicalHit:
    """A passage and its BM25 score; larger is better."""

    passage_id: str
    bm25: float


def match_expression(question: str) -> str:
    """The question as an FTS5 query: any of its words, without stop words unless there is nothing else.

    >>> match_expression("How long is the gateway's warranty?")
    '"long" OR "gateway" OR "warranty"'
    """
    words = list(dict.fromkeys(_WORD.findall(question.lower())))
    content = [word for word in words if word not in STOP_WORDS and len(word) > 1] or words
    return " OR ".join(f'"{word}"' for word in content[:64])


class LexicalIndex:
    """Finds passages by their words (``porter unicode61``)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def search(self, question: str, k: int, scope: Scope) -> list[LexicalHit]:
        """The ``k`` best passages in scope, best first; none when the question has no words."""
        expression = match_expression(question)
        if not expression:
            return []
        query = (
            select(passages.c.passage_id, _TERMS.c.rank)
            .select_from(_TERMS)
            .join(passages, passages.c.id == _TERMS.c.rowid)
            .join(documents, documents.c.doc_id == passages.c.doc_id)
            .where(text("passage_terms MATCH :expression"), *document_conditions(scope))
            .order_by(_TERMS.c.rank)
            .limit(k)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query, {"expression": expression})
            return [LexicalHit(row.passage_id, -row.rank) for row in rows]

    def document_frequency(self, word: str) -> tuple[int, int]:
        """(passages that hold the word, all passages), by the index's own stemming."""
        found = _WORD.findall(word.lower())
        with self._engine.connect() as connection:
            total = int(connection.scalar(select(func.count()).select_from(passages)) or 0)
            if not found:
                return 0, total
            count = connection.scalar(
                select(func.count()).select_from(_TERMS).where(text("passage_terms MATCH :word")),
                {"word": " ".join(f'"{part}"' for part in found)},
            )
            return int(count or 0), total
