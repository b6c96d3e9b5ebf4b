"""Where answers are printed: a terminal, or a pipe whose reader may leave."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

WIDTH = 100
_NOT_WRAPPED = 1_000_000


class _Output(Console):
    def on_broken_pipe(self) -> None:
        # Rich would end with code 1; `clear_errors` knows better.
        raise  # noqa: PLE0704 - Rich calls it while it handles the error


def output_console() -> Console:
    """Standard output: as wide as the terminal, ``WIDTH`` at most; in a pipe nothing is wrapped.

    Rich leaves colours out in a pipe, and where ``NO_COLOR`` is set.
    """
    console = _Output(highlight=False)
    console.width = min(console.width, WIDTH) if console.is_terminal else _NOT_WRAPPED
    return console


@contextmanager
def ending_with_its_reader() -> Iterator[None]:
    """Raise ``BrokenPipeError`` in the main thread as soon as nobody reads standard output any more.

    Without it a command would go on, and its model write, until there is something more to print. Does
    nothing where standard output is no pipe, outside the main thread, and on Windows.
    """
    if not _is_watched_pipe():
        yield
        return
    main = threading.get_ident()
    ready, done = os.pipe()
    before = signal.signal(signal.SIGPIPE, _raise_broken_pipe)

    def watch() -> None:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)  # the reader's end closed is told unasked
        poll.register(ready, select.POLLIN)
        if ready not in {number for number, _ in poll.poll()}:
            signal.pthread_kill(main, signal.SIGPIPE)

    watcher = threading.Thread(target=watch, name="pincite-output", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        os.close(done)
        watcher.join()
        os.close(ready)
        signal.signal(signal.SIGPIPE, before)


def _is_watched_pipe() -> bool:
    if not hasattr(select, "poll") or threading.current_thread() is not threading.main_thread():
        return False
    try:
        return not os.isatty(sys.stdout.fileno())
    except (OSError, ValueError):  # no file behind it
        return False


def _raise_broken_pipe(*_: Any) -> None:
    # A socket whose other end has gone sends the same signal.
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    if poll.poll(0):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        raise BrokenPipeError
