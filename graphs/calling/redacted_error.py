"""An exception as it may be logged: where it happened and what it is called, without what it says."""

from __future__ import annotations

from types import TracebackType

LogInfo = tuple[type[BaseException], BaseException, TracebackType | None]
"""What ``logging`` takes as ``exc_info``."""


def redacted(error: BaseException) -> LogInfo:
    """The traceback of ``error`` and of its causes, with the classes' names and no messages.

    What providers, tools and hosts' own parts say may repeat a key, the prompt, or another person's data.

    >>> redacted(ValueError("key sk-1"))[1]
    ValueError()
    """
    return type(error), _silent(error), error.__traceback__


def _silent(error: BaseException) -> BaseException:
    kind = type(error)
    shown: BaseException = type(kind.__name__, (Exception,), {"__module__": kind.__module__})()
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        shown.__cause__ = _silent(before)
    return shown.with_traceback(error.__traceback__)
