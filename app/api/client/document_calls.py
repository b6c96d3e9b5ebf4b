"""The calls about documents, facets, uploads, jobs and sources, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from app.api.client.call import Call
from app.api.client.reading import given, list_of, nothing, one, part
from app.api.contract.documents import (
    CanonicalText,
    CitingAnswerItem,
    DocumentDetail,
    DocumentItem,
    DocumentList,
    ForgottenDocument,
    PlacedRectangle,
    VersionItem,
)
from app.api.contract.facets import KeyFacet
from app.api.contract.jobs import JobDetail, JobItem, SourceItem, UploadItem

UPLOAD_OFFSET = "upload-offset"


def facets(keys: Sequence[str], filters: Sequence[str], limit: int | None) -> Call[list[KeyFacet]]:
    params = given({"key": list(keys), "filter": list(filters), "limit": limit})
    return Call("GET", "/v1/facets", list_of(KeyFacet), params=params)


def documents(filters: Sequence[str], **how: Any) -> Call[DocumentList]:
    """``how``: words, sort, descending, cursor, limit."""
    params = {"filter": list(filters), **given(how)}
    return Call("GET", "/v1/documents", one(DocumentList), params=params)


def document(doc_id: str) -> Call[DocumentDetail]:
    return Call("GET", _path(doc_id), one(DocumentDetail))


def document_versions(doc_id: str) -> Call[list[VersionItem]]:
    return Call("GET", f"{_path(doc_id)}/versions", list_of(VersionItem))


def document_text(doc_id: str, version: str, start: int, end: int | None) -> Call[CanonicalText]:
    params = given({"version": version, "start": start, "end": end})
    return Call("GET", f"{_path(doc_id)}/text", one(CanonicalText), params=params)


def citing_answers(doc_id: str, limit: int) -> Call[list[CitingAnswerItem]]:
    return Call("GET", f"{_path(doc_id)}/answers", list_of(CitingAnswerItem), params={"limit": limit})


def change_document(
    doc_id: str, metadata: Mapping[str, Any] | None, readers: Sequence[str] | None
) -> Call[DocumentItem]:
    body = given({"metadata": metadata, "readers": None if readers is None else list(readers)})
    return Call("PATCH", _path(doc_id), one(DocumentItem), body)


def reset_document(doc_id: str) -> Call[DocumentItem]:
    return Call("POST", f"{_path(doc_id)}/reset", one(DocumentItem))


def delete_document(doc_id: str) -> Call[None]:
    return Call("DELETE", _path(doc_id), nothing, again=False)


def forget_document(doc_id: str) -> Call[ForgottenDocument]:
    return Call("DELETE", _path(doc_id), one(ForgottenDocument), params={"forget": True}, again=False)


def rectangles(doc_id: str, start: int, end: int, version: str) -> Call[list[PlacedRectangle]]:
    params = {"start": start, "end": end, "version": version}
    return Call("GET", f"{_path(doc_id)}/rectangles", list_of(PlacedRectangle), params=params)


def page_lines(doc_id: str, page: int) -> Call[list[PlacedRectangle]]:
    return Call("GET", f"{_path(doc_id)}/pages/{page}", list_of(PlacedRectangle))


def page_image(doc_id: str, page: int, scale: float) -> Call[bytes]:
    return Call("GET", f"{_path(doc_id)}/pages/{page}/image", _bytes, params={"scale": scale})


def begin_upload(
    name: str, sha256: str, size: int, source: str | None, readers: Sequence[str]
) -> Call[UploadItem]:
    body = {"name": name, "sha256": sha256, "size": size, "readers": list(readers)}
    return Call("POST", "/v1/uploads", one(UploadItem), {**body, **given({"source": source})})


def append_upload(upload_id: str, offset: int, content: bytes) -> Call[UploadItem]:
    headers = {UPLOAD_OFFSET: str(offset), "content-type": "application/octet-stream"}
    path = f"/v1/uploads/{part(upload_id)}"
    return Call("PATCH", path, one(UploadItem), headers=headers, content=content, again=False)


def upload(upload_id: str) -> Call[UploadItem]:
    return Call("GET", f"/v1/uploads/{part(upload_id)}", one(UploadItem))


def cancel_upload(upload_id: str) -> Call[None]:
    return Call("DELETE", f"/v1/uploads/{part(upload_id)}", nothing)


def finish_uploads(upload_ids: Sequence[str]) -> Call[JobItem]:
    return Call("POST", "/v1/uploads/finish", one(JobItem), {"uploads": list(upload_ids)})


def jobs(limit: int, state: str | None) -> Call[list[JobItem]]:
    return Call("GET", "/v1/jobs", list_of(JobItem), params=given({"limit": limit, "state": state}))


def job(job_id: str) -> Call[JobDetail]:
    return Call("GET", f"/v1/jobs/{part(job_id)}", one(JobDetail))


def cancel_job(job_id: str) -> Call[JobItem]:
    return Call("POST", f"/v1/jobs/{part(job_id)}/cancel", one(JobItem), again=False)


def retry_job(job_id: str) -> Call[JobItem]:
    return Call("POST", f"/v1/jobs/{part(job_id)}/retry", one(JobItem), again=False)


def sources() -> Call[list[SourceItem]]:
    return Call("GET", "/v1/sources", list_of(SourceItem))


def add_source(name: str, place: str, minutes: int, readers: Sequence[str]) -> Call[SourceItem]:
    body = {"name": name, "place": place, "minutes": minutes, "readers": list(readers)}
    return Call("POST", "/v1/sources", one(SourceItem), body)


def remove_source(name: str) -> Call[None]:
    return Call("DELETE", f"/v1/sources/{part(name)}", nothing, again=False)


def sync_source(name: str) -> Call[JobItem]:
    return Call("POST", f"/v1/sources/{part(name)}/sync", one(JobItem), again=False)


def _path(doc_id: str) -> str:
    return f"/v1/documents/{part(doc_id)}"


def _bytes(response: httpx.Response) -> bytes:
    return response.content
