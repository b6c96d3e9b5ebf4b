"""Problems as RFC 9457 documents."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class ProblemDocument(BaseModel):
    """RFC 9457. ``code`` is stable; ``retryable`` says whether the same request may work later."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    retryable: bool = False
    errors: list[dict[str, Any]] = Field(default_factory=list)
