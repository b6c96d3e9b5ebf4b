"""Settings of the HTTP server."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from app.process.variables import CommaList


class ApiSettings(BaseModel):
    """The HTTP server."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65_535, description="Port to listen on; 0 picks a free one.")
    max_concurrent: int = Field(8, ge=1, le=1000, description="Questions answered at the same time.")
    hosts: CommaList = Field(
        default_factory=list,
        description="Names the server may be asked by, e.g. ask.example.org or *.example.org; unset: its own "
        "on loopback, any where callers must log in.",
    )
    origins: CommaList = Field(
        default_factory=list,
        description="Other web pages that may use the API, e.g. https://chat.example.org, comma-separated.",
    )
    tenants: CommaList = Field(
        default_factory=list,
        description="Tenants served beside PINCITE_TENANT, for keys and tokens that name them.",
    )
    max_body_kb: int = Field(1024, ge=16, le=65_536, description="KiB that a request's body may have.")
    body_timeout_s: float = Field(30.0, gt=0, le=600, description="Seconds a request's body may take.")
    resume_s: float = Field(
        5.0, ge=0, le=600, description="Seconds a stream goes on for a caller whose connection broke."
    )
    ping_s: float = Field(15.0, ge=1, le=300, description="Seconds between two pings of a quiet stream.")
