"""Expected failures as one line and an exit code; anything else is a bug and keeps its traceback."""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.errors import PinciteError
from app.terminal.printable import one_line

USAGE = 2
"""Exit code: what was asked for, or the configuration, cannot work."""

INTERRUPTED = 130


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn the errors Pincite raises on purpose into ``pincite: …`` on standard error."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        _stop("interrupted; what was finished stays, run the same command again to continue", INTERRUPTED)
    except BrokenPipeError:
        # The reader has seen enough (`pincite list | head`); what Python still holds must go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except Exception as error:
        if isinstance(error, PinciteError):
            _stop(str(error), error.exit_code)
        if isinstance(error, OSError):
            where = f" ({os.fsdecode(error.filename)})" if isinstance(error.filename, str | bytes) else ""
            _stop(
                f"{error.strerror or error}{where}; check the path, its permissions and the free space", USAGE
            )
        # By its name, so that printing help does not import SQLAlchemy.
        if type(error).__module__.startswith("sqlalchemy.exc"):
            cause = getattr(error, "orig", None) or type(error).__name__
            if "readonly" in str(cause):
                _stop(
                    "the data folder cannot be written by this user; change its owner or permissions, or set "
                    "PINCITE_HOME to another folder",
                    USAGE,
                )
            _stop(
                f"the document registry cannot be used ({cause}); check PINCITE_HOME with: pincite doctor",
                USAGE,
            )
        if isinstance(error, sqlite3.Error):
            _stop(
                f"a file of the data folder cannot be used ({error}); look for it with: pincite doctor", USAGE
            )
        # The command line's own exits are exceptions too.
        if type(error).__module__.partition(".")[0] not in ("click", "typer") and (damage := _damaged()):
            _stop(f"{type(error).__name__}, and {damage}", USAGE)
        raise


def _damaged() -> str:
    """What is wrong with the first damaged file of the data folder, for an error that nobody expected."""
    with suppress(Exception):
        from app.recovery.file_checks import check_files
        from app.settings import load_settings

        settings = load_settings()
        for check in check_files(settings.home / settings.tenant):
            if check.damage:
                return f"{check.name} is {check.damage}"
    return ""


def warnings_as_lines() -> None:
    """Show what is logged without tracebacks: this process is ours, and a person reads it.

    A server and an embedding application get them.
    """
    from app.observability.redaction import RedactingFilter

    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine())
    handler.addFilter(RedactingFilter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return one_line(record.getMessage())


def _stop(line: str, code: int) -> None:
    print(f"pincite: {one_line(line)}", file=sys.stderr)
    raise SystemExit(code) from None
