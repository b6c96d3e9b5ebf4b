"""Settings of jobs and of uploads."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from app.process.variables import CommaList


class JobsSettings(BaseModel):
    """Adding documents in the background: uploads, folders and sitemaps; `pincite jobs`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep_days: int = Field(30, ge=1, le=36_500, description="Days after which a finished job is deleted.")
    unfinished_mb: float = Field(
        1024.0, gt=0, le=1_048_576, description="MiB that uploads which are not finished may have together."
    )
    unfinished_hours: float = Field(
        24.0, gt=0, le=8760, description="Hours after which an upload that nobody goes on with is deleted."
    )
    folders: CommaList = Field(
        default_factory=list,
        description="Folders of the server that an operator may have read over HTTP, with all below them; "
        "none by default.",
    )
    in_server: bool = Field(
        True,
        description="Let a server do the jobs of the tenants it serves; without, `pincite jobs run` does.",
    )
    keep_originals: bool = Field(
        True, description="Keep uploaded files, so that pages can be shown as they are in the file."
    )
