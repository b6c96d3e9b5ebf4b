"""A data folder that may be read and not written: a copy is read, and nothing is stored."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import Settings


@contextmanager
def readable_home(settings: Settings) -> Iterator[Settings]:
    """The settings as they are or, where the folder cannot be written, with a copy of it as their home.

    The copy is deleted at the end; one line on standard error says so. SQLite and the indexes write beside
    what they read, so that reading in place is not possible.

    Raises:
        OSError: the folder cannot be read either, or there is no room for the copy.
    """
    folder = settings.home / settings.tenant
    if not folder.is_dir() or _is_writable(folder):
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="pincite-") as scratch:
        copy = Path(scratch) / settings.tenant
        shutil.copytree(folder, copy, copy_function=shutil.copyfile, ignore=_not_needed)
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
        print(f"note: {settings.home} cannot be written; nothing of this is stored", file=sys.stderr)
        answers = settings.answers.model_copy(update={"keep": False})
        yield settings.model_copy(update={"home": Path(scratch), "answers": answers})


def _is_writable(folder: Path) -> bool:
    registry = folder / "registry.sqlite"
    # One that is gone is said where it is missed.
    return os.access(folder, os.W_OK | os.X_OK) and (not registry.exists() or os.access(registry, os.W_OK))


def _not_needed(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name.endswith(".lock")}
