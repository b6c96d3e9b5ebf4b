"""Why one file could not be read: one clear line, what to do, and whether trying again helps."""

from __future__ import annotations

from app.errors import PinciteError


class LoadError(PinciteError):
    """A file that cannot become a document. The rest of the run goes on.

    ``code`` is stable and machine-readable; ``reason`` says what is wrong and ``hint`` what to do,
    in words for the person who added the file; ``retryable`` tells whether the same file may work later.
    """

    code = "load"
    status = 422

    def __init__(self, code: str, reason: str, hint: str, *, retryable: bool = False) -> None:
        super().__init__(f"{reason}; {hint}")
        self.code = code
        self.reason = reason
        self.hint = hint
        self.retryable = retryable
