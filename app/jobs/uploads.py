"""Files that are sent in parts: resumed where they stopped, checked by their hash, put into the queue."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from app.ingestion.discover import check_source
from app.jobs.database import jobs_file
from app.jobs.job import Job, JobError, JobStateError, NoSuchJobError, Upload
from app.jobs.names import safe_name, upload_uri
from app.jobs.originals import file_of
from app.jobs.store import JobStore, put_job
from app.registry.requester import Requester
from app.storage.private_files import make_private_folder

UPLOADS = "uploads"
"""The source of uploads for which none is named."""

MOST_FILES = 1000
"""Uploads of one job."""

MOST_PART = 64 * 1024 * 1024
"""Bytes that are appended at once."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIELDS = "id, owner, name, sha256, size, source, readers, uri, state, job_id"


class UploadTooLargeError(JobError):
    """A file, or all unfinished ones together, would be larger than the settings allow."""

    code = "upload-too-large"
    status = 413


class UploadOffsetError(JobStateError):
    """A part that does not begin where the last one ended; ``received`` says where that is."""

    code = "upload-offset"

    def __init__(self, message: str, received: int) -> None:
        super().__init__(message)
        self.received = received


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """``file``: bytes of one file. ``unfinished``: of all that are not finished. ``hours``: until they go."""

    file: int
    unfinished: int
    hours: float


class Uploads:
    """The uploads of one tenant. Opened anew for each call; any thread or process may ask."""

    def __init__(
        self, path: Path, folder: Path, limits: UploadLimits, jobs: JobStore, now: Callable[[], datetime]
    ) -> None:
        """``path`` is the file of jobs, ``folder`` where the bytes are."""
        self._path = path
        self._folder = folder
        self._limits = limits
        self._jobs = jobs
        self._now = now

    def begin(
        self,
        asker: Requester,
        name: str,
        sha256: str,
        size: int,
        *,
        source: str = UPLOADS,
        readers: Sequence[str] = (),
    ) -> Upload:
        """Begin to send a file, or go on with the same one: ``received`` says from where.

        Raises:
            JobError: the name, the hash, the size, the source or the readers cannot be.
            UploadTooLargeError: it is larger than the settings allow, or unfinished uploads are together.
        """
        name, check = safe_name(name), sha256.lower()
        if not _SHA256.fullmatch(check):
            raise JobError("sha256 must be the file's sha256 in 64 hexadecimal digits")
        if size < 1:
            raise JobError("the file is empty; there is nothing to upload")
        if size > self._limits.file:
            raise UploadTooLargeError(
                f"{name!r} has {size} bytes, and {self._limits.file} are allowed; split it, or raise "
                "PINCITE_INGEST__MAX_FILE_MB"
            )
        check_source(source)
        named = checked_readers(readers)
        self.expire()
        uri = upload_uri(asker.user, name)
        with jobs_file(self._path) as connection:
            if connection.execute("SELECT 1 FROM sources WHERE name = ?", (source,)).fetchone():
                raise JobError(
                    f"source {source!r} is synced with a folder or site, which would remove the upload; "
                    "name another source"
                )
            same = "owner = ? AND sha256 = ? AND size = ? AND uri = ? AND state = 'receiving'"
            query = f"SELECT id FROM uploads WHERE {same}"  # noqa: S608
            found = connection.execute(query, (asker.user, check, size, uri)).fetchone()
            upload_id = found["id"] if found else secrets.token_hex(16)
            if found is None:
                held = "SELECT coalesce(sum(size), 0) AS held FROM uploads WHERE state = 'receiving'"
                if connection.execute(held).fetchone()["held"] + size > self._limits.unfinished:
                    raise UploadTooLargeError(
                        f"unfinished uploads may have {self._limits.unfinished} bytes together; finish or "
                        "cancel some, or raise PINCITE_JOBS__UNFINISHED_MB"
                    )
            connection.execute(
                f"INSERT OR REPLACE INTO uploads ({_FIELDS}, touched_at)"  # noqa: S608
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'receiving', '', ?)",
                (
                    upload_id,
                    asker.user,
                    name,
                    check,
                    size,
                    source,
                    json.dumps(named),
                    uri,
                    self._now().isoformat(),
                ),
            )
            return self._get(connection, asker, upload_id)

    def get(self, asker: Requester, upload_id: str) -> Upload:
        """Raises ``NoSuchJobError``: there is none, or it is another's."""
        with jobs_file(self._path) as connection:
            return self._get(connection, asker, upload_id)

    def append(self, asker: Requester, upload_id: str, offset: int, data: bytes) -> Upload:
        """Write the next bytes to the disk.

        Raises:
            UploadOffsetError: ``offset`` is not ``received``. UploadTooLargeError: more bytes than were said.
            NoSuchJobError, JobStateError: there is no such upload, or it is finished.
        """
        if len(data) > MOST_PART:
            raise UploadTooLargeError(f"a part has {MOST_PART} bytes at most; send it in smaller ones")
        # The transaction keeps others from appending meanwhile.
        with jobs_file(self._path) as connection:
            upload = self._receiving(connection, asker, upload_id)
            if offset != upload.received:
                raise UploadOffsetError(
                    f"{upload.received} bytes of {upload.name!r} are here; send what follows those",
                    upload.received,
                )
            if offset + len(data) > upload.size:
                raise UploadTooLargeError(
                    f"{upload.name!r} was said to have {upload.size} bytes, and this would be more"
                )
            make_private_folder(self._folder)
            file = os.open(file_of(self._folder, upload_id), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(file, "ab") as out:
                out.write(data)
            touched = "UPDATE uploads SET touched_at = ? WHERE id = ?"
            connection.execute(touched, (self._now().isoformat(), upload_id))
            return replace(upload, received=offset + len(data))

    def finish(self, asker: Requester, upload_ids: Sequence[str]) -> Job:
        """Check what was sent and queue one job for it. Asked again, the job that there is.

        Raises:
            JobError: no or too many uploads, of several sources, or a hash that differs (its bytes are gone).
            JobStateError: bytes are missing. NoSuchJobError: there is no such upload.
        """
        wanted = list(dict.fromkeys(upload_ids))
        if not 1 <= len(wanted) <= MOST_FILES:
            raise JobError(f"name 1 to {MOST_FILES} uploads to finish")
        found = [self.get(asker, one) for one in wanted]
        jobs = {one.job_id for one in found}
        if len(jobs) == 1 and "" not in jobs:
            return self._jobs.get(asker, jobs.pop())
        if len({(one.source, one.owner) for one in found}) > 1:
            raise JobError("the uploads of one job are for one source, of one owner; finish others apart")
        for one in found:
            self._check(one)
        with jobs_file(self._path) as connection:
            for name in wanted:
                self._receiving(connection, asker, name)
            total = (len(found), sum(one.size for one in found))
            owner, source = found[0].owner, found[0].source
            job_id = put_job(connection, self._now(), "upload", owner, source, "", (), "", (), total)
            for name in wanted:
                moved = "UPDATE uploads SET state = 'waiting', job_id = ? WHERE id = ?"
                connection.execute(moved, (job_id, name))
        return self._jobs.get(asker, job_id)

    def cancel(self, asker: Requester, upload_id: str) -> None:
        """Delete an upload that is not finished, with its bytes."""
        with jobs_file(self._path) as connection:
            self._receiving(connection, asker, upload_id)
            self._delete(connection, upload_id)

    def path_of(self, upload: Upload) -> Path:
        """Where its bytes are."""
        return file_of(self._folder, upload.id)

    def of_job(self, job_id: str) -> list[Upload]:
        """The files that a job is to read."""
        query = f"SELECT {_FIELDS} FROM uploads WHERE job_id = ? AND state = 'waiting' ORDER BY uri, rowid"  # noqa: S608
        with jobs_file(self._path) as connection:
            return [self._record(row) for row in connection.execute(query, (job_id,))]

    def settle(self, upload: Upload, *, failed: bool, keep: bool) -> None:
        """A job has read the file: it is there for a retry, kept in the place of an earlier one, or gone."""
        with jobs_file(self._path) as connection:
            if failed:
                connection.execute("UPDATE uploads SET state = 'failed' WHERE id = ?", (upload.id,))
                return
            earlier = "SELECT id FROM uploads WHERE uri = ? AND state = 'kept' AND id <> ?"
            for row in connection.execute(earlier, (upload.uri, upload.id)).fetchall():
                self._delete(connection, row["id"])
            if keep:
                connection.execute("UPDATE uploads SET state = 'kept' WHERE id = ?", (upload.id,))
            else:
                self._delete(connection, upload.id)

    def expire(self) -> int:
        """Delete uploads that nobody went on with, and failed ones whose job is gone; how many."""
        if not self._path.exists():
            return 0
        old = (self._now() - timedelta(hours=self._limits.hours)).isoformat()
        with jobs_file(self._path) as connection:
            gone = connection.execute(
                "SELECT id FROM uploads WHERE (state = 'receiving' AND touched_at < ?)"
                " OR (state = 'failed' AND job_id NOT IN (SELECT id FROM jobs))",
                (old,),
            ).fetchall()
            for row in gone:
                self._delete(connection, row["id"])
        return len(gone)

    def _receiving(self, connection: sqlite3.Connection, asker: Requester, upload_id: str) -> Upload:
        upload = self._get(connection, asker, upload_id)
        if upload.state != "receiving":
            raise JobStateError(f"upload {upload_id} is finished; see job {upload.job_id}")
        return upload

    def _get(self, connection: sqlite3.Connection, asker: Requester, upload_id: str) -> Upload:
        query = f"SELECT {_FIELDS} FROM uploads WHERE id = ? AND (? OR owner = ?)"  # noqa: S608
        row = connection.execute(query, (upload_id, asker.operator, asker.user)).fetchone()
        if row is None:
            raise NoSuchJobError(f"there is no upload {upload_id!r}; begin one")
        return self._record(row)

    def _record(self, row: sqlite3.Row) -> Upload:
        known = {**dict(row), "readers": tuple(json.loads(row["readers"]))}
        received = 0
        with suppress(FileNotFoundError):
            received = file_of(self._folder, row["id"]).stat().st_size
        return Upload(**known, received=received)

    def _check(self, upload: Upload) -> None:
        if upload.received < upload.size:
            raise JobStateError(
                f"{upload.received} of {upload.size} bytes of {upload.name!r} are here; send the rest"
            )
        with file_of(self._folder, upload.id).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != upload.sha256:
            with jobs_file(self._path) as connection:
                self._delete(connection, upload.id)
            raise JobError(f"what was sent of {upload.name!r} has another sha256 than was said; send it anew")

    def _delete(self, connection: sqlite3.Connection, upload_id: str) -> None:
        connection.execute("DELETE FROM uploads WHERE id = ?", (upload_id,))
        file_of(self._folder, upload_id).unlink(missing_ok=True)


def checked_readers(readers: Sequence[str]) -> list[str]:
    """Names of groups, as ``--groups`` takes them. Raises ``JobError`` for what are none."""
    named = [name.strip() for name in readers]
    if not all(named) or any(not name.isprintable() or set(name) & set(";|,") for name in named):
        raise JobError("readers are names of groups, such as hr and board, or everyone")
    return named
