"""Uploads, jobs and sources as they go over HTTP."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

JobStateName = Literal["queued", "running", "done", "failed", "cancelled"]


class UploadRequest(BaseModel):
    """A file that is to be sent in parts."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=2000, description="Reduced to the last part of a path.")
    sha256: str = Field(max_length=64, description="Of the whole file, in 64 hexadecimal digits.")
    size: int = Field(ge=0, description="Bytes of the whole file.")
    source: str = Field("uploads", max_length=200, description="The collection that it is put into.")
    readers: list[str] = Field(
        default_factory=list, max_length=100, description="Groups that may read it; none: everyone."
    )


class FinishRequest(BaseModel):
    """Uploads that are all sent and become documents by one job."""

    model_config = ConfigDict(extra="forbid")

    uploads: list[str] = Field(min_length=1, max_length=1000, description="Ids of uploads.")


class UploadItem(BaseModel):
    """A file that is being sent. ``received`` bytes are here: the next part begins there."""

    id: str
    name: str
    sha256: str
    size: int
    source: str
    readers: list[str]
    uri: str = Field(description="What its document is known by.")
    state: Literal["receiving", "waiting", "failed", "kept"]
    job_id: str = Field(description="The job that reads it, once it is finished.")
    received: int


class FailedFileItem(BaseModel):
    """A file that a job could not read, and what to do."""

    name: str
    uri: str
    code: str
    why: str
    hint: str
    retryable: bool


class JobItem(BaseModel):
    """A job. ``done``: it came to its end, though files may have failed; ``failed``: it did not.

    Times are ISO times in UTC; ``files_total`` and ``bytes_total`` are 0 until they are known.
    """

    id: str
    kind: Literal["upload", "folder", "sitemap"]
    state: JobStateName
    owner: str
    source: str
    place: str
    readers: list[str]
    created_at: str
    started_at: str
    finished_at: str
    files_total: int
    files_done: int
    bytes_total: int
    bytes_done: int
    added: int
    updated: int
    unchanged: int
    removed: int
    failed: int
    error: str
    error_code: str
    cancel: bool = Field(description="It ends after the file that it is at.")
    attempts: int
    retry_of: str


class JobDetail(JobItem):
    """A job with the files that failed."""

    failures: list[FailedFileItem]


class SourceRequest(BaseModel):
    """A folder of the server, or a sitemap, that is read by a schedule."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    place: str = Field(max_length=2000, description="A folder's whole path, or a sitemap's address.")
    minutes: int = Field(ge=1, le=527_040, description="Between two runs.")
    readers: list[str] = Field(default_factory=list, max_length=100)


class SourceItem(BaseModel):
    """A source that is synced every ``minutes`` minutes; ``last_job`` is empty before the first."""

    name: str
    kind: Literal["upload", "folder", "sitemap"]
    place: str
    minutes: int
    owner: str
    readers: list[str]
    next_run: str
    last_job: str
