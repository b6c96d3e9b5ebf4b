"""Which documents a request is about: those that its person may read."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Engine, select

from app.errors import PinciteError
from app.jobs.names import upload_uri
from app.registry.registry import DocumentRecord, Registry
from app.registry.requester import Requester
from app.registry.schema import documents
from app.retrieval.scope import document_conditions, make_scope, resolved
from graphs.parts import ANONYMOUS
from tools.filters import Filters


class NoSuchDocumentError(PinciteError, LookupError):
    """There is none of this id that whoever asks may read; whether there is another is not said."""

    code = "no-such-document"
    status = 404


class DocumentRefusedError(PinciteError, PermissionError):
    """Only an operator, or whoever uploaded the document, may do that."""

    code = "document-refused"
    status = 403


class DocumentRequestError(PinciteError, ValueError):
    """What was asked of documents cannot be; one line says why."""

    code = "document-request"
    status = 422


def readable(
    engine: Engine, requester: Requester, filters: Filters | None = None
) -> list[ColumnElement[bool]]:
    """Conditions on ``documents`` rows: an operator's are the filters alone. Raises ``FilterError``."""
    scope = resolved(engine, make_scope(requester.groups, filters))
    by_readers, *by_facts = document_conditions(scope)
    return by_facts if requester.operator else [by_readers, *by_facts]


def readable_document(registry: Registry, requester: Requester, doc_id: str) -> DocumentRecord:
    """The document of exactly this id. Raises ``NoSuchDocumentError``."""
    conditions = readable(registry.engine, requester)
    with registry.engine.connect() as connection:
        query = select(documents.c.doc_id).where(documents.c.doc_id == doc_id, *conditions)
        found = connection.scalar(query)
    record = registry.named([found]).get(found) if found is not None else None
    if record is None:
        raise NoSuchDocumentError(f"there is no document {doc_id[:100]!r} that you may read")
    return record


def changeable_document(registry: Registry, requester: Requester, doc_id: str) -> DocumentRecord:
    """The document, where whoever asks may change it. Raises ``DocumentRefusedError`` besides."""
    record = readable_document(registry, requester, doc_id)
    # Everybody who does not log in has one name: what one of them uploaded is not the others'.
    known = requester.user not in ("", ANONYMOUS)
    if not requester.operator and not (known and record.uri.startswith(upload_uri(requester.user, ""))):
        raise DocumentRefusedError("only an operator, or whoever uploaded it, may change this document")
    return record
