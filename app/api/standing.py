"""Which servers run on one data folder: each holds a lock of its own while it does."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from app.settings import Settings
from app.storage.private_files import make_private_file


@contextmanager
def standing(settings: Settings) -> Iterator[int]:
    """This process counts as a server of the settings' folder; how many others there are.

    Raises:
        OSError: the folder cannot be written.
    """
    folder = _folder(settings)
    while True:
        path = folder / f"{os.getpid()}-{secrets.token_hex(4)}.lock"
        make_private_file(path)
        lock = FileLock(path)
        lock.acquire()
        if path.exists():  # else another took it for one that was left
            break
        lock.release()
    try:
        yield _count(folder, path)
    finally:
        lock.release()
        path.unlink(missing_ok=True)


def servers_on(settings: Settings) -> int:
    """How many servers run on the settings' folder now, on this machine."""
    return _count(_folder(settings), None)


def not_shared(settings: Settings) -> str:
    """What servers on one folder do each for itself, in words."""
    own = "the queue, running answers (to resume or stop them) and Idempotency-Key"
    if settings.limits.storage is not None:
        return own
    return f"requests a minute and at the same time (PINCITE_LIMITS__STORAGE shares those), {own}"


def _count(folder: Path, own: Path | None) -> int:
    count = 0
    for path in folder.glob("*.lock"):
        if path == own:
            continue
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            count += 1
            continue
        # Left by one that was killed.
        with suppress(OSError):
            path.unlink()
        lock.release()
    return count


def _folder(settings: Settings) -> Path:
    return settings.home / settings.tenant / "servers"
