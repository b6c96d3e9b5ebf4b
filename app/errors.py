"""Every error Pincite raises on purpose has one base: a stable code, whether to try again, and what to do."""

from __future__ import annotations

from typing import ClassVar


class PinciteError(Exception):
    """An expected failure. Its message is one line: what was wrong and what to do; it holds no secrets.

    The command line and the HTTP interface map from the class: nothing keeps a list of names.
    """

    code: str = "failed"
    """Stable and machine-readable: the end of the problem document's ``type``."""
    retryable: bool = False
    """Whether the same call may work a moment later."""
    exit_code: ClassVar[int] = 2
    """Of the command line: what was asked for, or the configuration, cannot work."""
    status: ClassVar[int] = 500
    """Of HTTP."""
    to_callers: ClassVar[str] = ""
    """What callers of the API read in place of a message that names files or servers; that is logged."""


class SettingsError(PinciteError, ValueError):
    """A setting that is unknown or out of its bounds: one line each, naming the variable."""

    code = "settings"
