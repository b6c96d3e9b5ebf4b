"""A secret key that is made once and kept in a file that only its owner may read."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from app.errors import PinciteError
from app.storage.private_files import make_private_folder

KEY_BYTES = 32


class KeyFileError(PinciteError, OSError):
    """The key's file is there and holds no key."""

    code = "key-file"


def kept_key(path: Path) -> bytes:
    """The key in ``path``, 32 bytes, made where there is none yet.

    Raises:
        KeyFileError: the file holds something else; one line says what to do.
    """
    make_private_folder(path.parent)
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(made, "wb") as file:
        file.write(key := secrets.token_bytes(KEY_BYTES))
    return key


def _read(path: Path) -> bytes:
    end = time.monotonic() + 1
    while len(key := path.read_bytes()) != KEY_BYTES:
        # Another process may be writing it just now.
        if time.monotonic() > end:
            raise KeyFileError(f"{path} is damaged; delete it, and ask what was being answered anew")
        time.sleep(0.01)
    return key
