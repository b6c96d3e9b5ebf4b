"""Files and folders that nobody but their owner may read: 0600 and 0700.

The process's umask is left alone: a host may run us, and writes files of its own.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are not there, for their owner alone."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(exist_ok=True)  # a file in its place is an error


def make_private_file(path: Path) -> None:
    """Make an empty file for its owner alone, with its folder, where there is none yet."""
    make_private_folder(path.parent)
    # A file that is there is not opened: closing it again would drop the locks that this process's other
    # connections hold on it (https://www.sqlite.org/howtocorrupt.html, 2.2), and others would undo its log.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def open_to_others(folder: Path) -> list[Path]:
    """What in a folder, and the folder itself, others may read, write or look into. Links are not followed.

    None on Windows, where these bits mean nothing.
    """
    return [path for path in _inside(folder) if _is_open(path)] if os.name != "nt" else []


def close_to_others(folder: Path) -> int:
    """Take others' rights to a folder and to all in it; returns how many there were that still are open,
    because somebody else owns them."""
    left = 0
    for path in open_to_others(folder):
        try:
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)
        except FileNotFoundError:
            continue
        except OSError:
            left += 1
    return left


def _inside(folder: Path) -> Iterator[Path]:
    if not folder.is_dir() or folder.is_symlink():
        return
    yield folder
    for above, folders, names in os.walk(folder):
        yield from (Path(above, name) for name in (*folders, *names))


def _is_open(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISLNK(mode) and bool(mode & _OTHERS)
