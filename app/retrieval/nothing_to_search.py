"""Why a search had nothing to search: no documents, or none that the filters leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from app.registry.schema import documents
from app.retrieval.scope import Scope, document_conditions, make_scope, resolved
from tools.filters import said

NO_DOCUMENTS = "there are no documents yet that you may read"


@dataclass(frozen=True, slots=True)
class NothingToSearchIn:
    """``graphs.parts.NothingToSearch`` over a registry. What may not be read is as if it were not there."""

    engine: Engine

    def __call__(self, groups: Sequence[str], filters: Mapping[str, Any]) -> str:
        if not self._any(make_scope(groups)):
            return NO_DOCUMENTS
        if filters and not self._any(resolved(self.engine, make_scope(groups, filters))):
            return f"no document that you may read matches the filter {said(filters)}"
        return ""

    def _any(self, scope: Scope) -> bool:
        query = select(documents.c.doc_id).where(*document_conditions(scope)).limit(1)
        with self.engine.connect() as connection:
            return connection.execute(query).first() is not None
