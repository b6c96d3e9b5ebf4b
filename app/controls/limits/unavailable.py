"""That limits cannot be counted."""

from __future__ import annotations

from app.errors import PinciteError


class LimitsUnavailableError(PinciteError, RuntimeError):
    """What several processes count together cannot be read or written, so nothing is taken."""

    code = "limits-unavailable"
    retryable = True
    status = 503
    retry_after_s = 1.0
