"""``/documents/add``: files become documents, in parts by a script or as one form without."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from typing import IO, Any

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.api.advice import advised
from app.api.auth.required import Contributor
from app.api.routes.uploads import put_file
from app.errors import PinciteError
from app.identity.caller import Caller
from app.ingestion.discover import check_source
from app.jobs.job import Job
from app.jobs.uploads import MOST_FILES, UPLOADS, checked_readers
from app.web.form_fields import names_in, text_field
from app.web.page_advice import page_advice
from app.web.site import Site

ADD = "/documents/add"
FILES = "files"


def add_upload_pages(app: FastAPI, site: Site) -> None:
    """The routes."""
    service = site.service

    @app.get(ADD, include_in_schema=False)
    async def add_page(request: Request, caller: Contributor) -> Response:
        return page(request)

    @app.post(ADD, include_in_schema=False)
    async def add(request: Request, caller: Contributor) -> Response:
        """A form with files. Read here, not by a parameter: that would be before it is known who sends it."""
        try:
            form = await request.form(max_files=MOST_FILES, max_fields=10)
        except ClientDisconnect:
            raise HTTPException(408, "The files did not come as a whole; send them again.") from None
        try:
            source = text_field(form, "source") or UPLOADS
            readers = text_field(form, "readers")
            known = {"source": source, "readers": readers}
            files = [one for one in form.getlist(FILES) if isinstance(one, UploadFile) and one.filename]
            if not files:
                return page(request, 422, "Choose at least one file.", **known)
            await service.note(
                request, caller, "documents.add", ", ".join(str(one.filename) for one in files)[:1000]
            )
            try:
                given = [(str(one.filename), one.file) for one in files]
                job = await asyncio.to_thread(added, caller, given, source, names_in(readers))
            except PinciteError as error:
                return page(request, error.status, page_advice(error.code, advised(error)), **known)
        finally:
            await form.close()
        service.wake(caller.tenant)
        return RedirectResponse(f"/jobs/{job.id}?done=queued", 303)

    def added(
        caller: Caller, files: Sequence[tuple[str, IO[bytes]]], source: str, readers: Sequence[str]
    ) -> Job:
        """All files, or none."""
        uploads, who = service.jobs(caller).uploads, service.requester(caller)
        check_source(source)
        checked_readers(readers)
        begun: list[str] = []
        try:
            for name, file in files:
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
                upload = put_file(uploads, who, file, name, digest, file.tell(), source, readers)
                begun.append(upload.id)
            return uploads.finish(who, begun)
        except PinciteError:
            for one in dict.fromkeys(begun):
                uploads.cancel(who, one)
            raise

    def page(
        request: Request, status: int = 200, why: str = "", source: str = UPLOADS, readers: str = ""
    ) -> Response:
        known: dict[str, Any] = {"why": why, "source": source, "readers": readers}
        most = int(service.settings.ingest.max_file_mb * 1024 * 1024)
        return site.page(request, "add.html", status, "Add documents", most=most, **known)
