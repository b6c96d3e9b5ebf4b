"""``/v1/uploads``: files sent in parts, gone on with where they stopped; and ``POST /v1/documents``."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import IO, Annotated, Any

from fastapi import FastAPI, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from app.api.auth.required import Contributor
from app.api.contract.jobs import FinishRequest, JobItem, UploadItem, UploadRequest
from app.api.contract.problem import ProblemDocument
from app.api.problem import expected_problem, problem
from app.api.routes.jobs import job_item
from app.api.service import Service
from app.identity.caller import Caller
from app.jobs.job import Upload
from app.jobs.uploads import UPLOADS, UploadOffsetError, Uploads
from app.registry.requester import Requester

OFFSET = "upload-offset"
FILES = ("PATCH /v1/uploads/", "PUT /v1/uploads/", "POST /v1/documents")
"""Requests, by method and the beginning of the path, whose bodies are files."""

PIECE = 1024 * 1024
"""Bytes that are held before they are written."""

NONE: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "You are sending no such file."}
}
BINARY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def add_upload_routes(app: FastAPI, service: Service) -> None:
    """The routes. Everybody sees their own uploads, an operator all of their tenant."""

    @app.post("/v1/uploads", tags=["uploads"], status_code=201)
    async def begin(
        wanted: UploadRequest, request: Request, caller: Contributor, response: Response
    ) -> UploadItem:
        """Begin to send a file, or go on with the same one: ``received`` says from which byte."""
        await service.note(request, caller, "uploads.begin", wanted.name)
        uploads, who = service.jobs(caller).uploads, service.requester(caller)
        given = (wanted.name, wanted.sha256, wanted.size)
        upload = await asyncio.to_thread(
            uploads.begin, who, *given, source=wanted.source, readers=wanted.readers
        )
        return _told(upload, response)

    async def append(
        id: str,
        request: Request,
        caller: Contributor,
        response: Response,
        upload_offset: Annotated[int | None, Header(ge=0)] = None,
        offset: Annotated[int | None, Query(ge=0)] = None,
    ) -> UploadItem | Response:
        """Send the next bytes, from ``Upload-Offset`` (or ``?offset=``) on, as many as are wanted.

        What arrived stays where a connection breaks. 409 with ``Upload-Offset`` where the offset is another.
        """
        at = upload_offset if upload_offset is not None else offset
        if at is None:
            return problem(422, "invalid-request", "say where the bytes belong, by Upload-Offset or ?offset=")
        uploads, who = service.jobs(caller).uploads, service.requester(caller)
        upload = await asyncio.to_thread(uploads.get, who, id)
        try:
            async for piece in _pieces(request):
                upload = await asyncio.to_thread(uploads.append, who, id, at, piece)
                at = upload.received
            # Where nothing came, too, the offset must be right.
            upload = await asyncio.to_thread(uploads.append, who, id, at, b"")
        except UploadOffsetError as error:
            return _at(expected_problem(error), error.received)
        except ClientDisconnect:
            why = f"the body ended early; go on from byte {upload.received}"
            return _at(problem(408, "too-slow", why, retryable=True), upload.received)
        return _told(upload, response)

    for method in ("PATCH", "PUT"):
        app.add_api_route(
            "/v1/uploads/{id}",
            append,
            methods=[method],
            tags=["uploads"],
            response_model=UploadItem,
            responses=NONE,
            operation_id=f"append_upload_{method.lower()}",
            openapi_extra=BINARY,
        )

    @app.get("/v1/uploads/{id}", tags=["uploads"], responses=NONE)
    async def upload(id: str, caller: Contributor, response: Response) -> UploadItem:
        """How far an upload is."""
        uploads = service.jobs(caller).uploads
        return _told(await asyncio.to_thread(uploads.get, service.requester(caller), id), response)

    @app.head("/v1/uploads/{id}", tags=["uploads"], responses=NONE)
    async def upload_offset(id: str, caller: Contributor) -> Response:
        """How far an upload is, as ``Upload-Offset`` and ``Upload-Length``."""
        uploads = service.jobs(caller).uploads
        found = await asyncio.to_thread(uploads.get, service.requester(caller), id)
        return Response(headers={OFFSET: str(found.received), "upload-length": str(found.size)})

    @app.delete("/v1/uploads/{id}", tags=["uploads"], status_code=204, responses=NONE)
    async def cancel(id: str, request: Request, caller: Contributor) -> None:
        """Delete a file that is not finished."""
        await service.note(request, caller, "uploads.cancel", id)
        await asyncio.to_thread(service.jobs(caller).uploads.cancel, service.requester(caller), id)

    async def finished(request: Request, caller: Caller, ids: list[str]) -> JobItem:
        await service.note(request, caller, "uploads.finish", " ".join(ids)[:1000])
        uploads = service.jobs(caller).uploads
        job = await asyncio.to_thread(uploads.finish, service.requester(caller), ids)
        service.wake(caller.tenant)
        return job_item(job)

    @app.post("/v1/uploads/finish", tags=["uploads"], status_code=202, responses=NONE)
    async def finish_all(wanted: FinishRequest, request: Request, caller: Contributor) -> JobItem:
        """Check the hashes of what was sent, and queue one job that makes documents of it."""
        return await finished(request, caller, wanted.uploads)

    @app.post("/v1/uploads/{id}/finish", tags=["uploads"], status_code=202, responses=NONE)
    async def finish(id: str, request: Request, caller: Contributor) -> JobItem:
        """Check the hash of what was sent, and queue a job that makes a document of it."""
        return await finished(request, caller, [id])

    @app.post(
        "/v1/documents", tags=["documents"], status_code=202, response_model=JobItem, openapi_extra=BINARY
    )
    async def add_document(
        request: Request,
        caller: Contributor,
        name: Annotated[str, Query(min_length=1, max_length=2000)],
        source: Annotated[str, Query(max_length=200)] = UPLOADS,
        readers: Annotated[
            list[str],
            Query(alias="reader", max_length=100, description="Groups that may read it; repeat for more."),
        ] = [],  # noqa: B006 - FastAPI copies it
    ) -> JobItem | Response:
        """Send a file in one piece, as the body; it becomes a document by a job. To go on with what broke,
        see ``/v1/uploads``."""
        await service.note(request, caller, "documents.add", name)
        with tempfile.SpooledTemporaryFile(max_size=PIECE) as file:
            digest = hashlib.sha256()
            size = 0
            try:
                async for piece in _pieces(request):
                    await asyncio.to_thread(file.write, piece)
                    digest.update(piece)
                    size += len(piece)
            except ClientDisconnect:
                return problem(408, "too-slow", "the body ended early; send it again", retryable=True)
            uploads, who = service.jobs(caller).uploads, service.requester(caller)
            given = (name, digest.hexdigest(), size, source, readers)
            upload = await asyncio.to_thread(put_file, uploads, who, file, *given)
            job = await asyncio.to_thread(uploads.finish, who, [upload.id])
        service.wake(caller.tenant)
        return job_item(job)


def put_file(
    uploads: Uploads,
    who: Requester,
    file: IO[bytes],
    name: str,
    sha256: str,
    size: int,
    source: str = UPLOADS,
    readers: Sequence[str] = (),
) -> Upload:
    """A file that is here as a whole, as an upload to finish. Raises as ``Uploads.begin`` does."""
    upload = uploads.begin(who, name, sha256, size, source=source, readers=readers)
    # What an earlier attempt left of the same file is gone on with.
    file.seek(upload.received)
    while piece := file.read(PIECE):
        upload = uploads.append(who, upload.id, upload.received, piece)
    return upload


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces that are worth a write. Raises ``ClientDisconnect``, once what came is handed on."""
    held = bytearray()
    broken: ClientDisconnect | None = None
    try:
        async for chunk in request.stream():
            held += chunk
            while len(held) >= PIECE:
                yield bytes(held[:PIECE])
                del held[:PIECE]
    except ClientDisconnect as error:
        broken = error
    if held:
        yield bytes(held)
    if broken is not None:
        raise broken


def _told(upload: Upload, response: Response) -> UploadItem:
    response.headers[OFFSET] = str(upload.received)
    return UploadItem.model_validate(asdict(upload))


def _at(response: JSONResponse, received: int) -> JSONResponse:
    response.headers[OFFSET] = str(received)
    return response
