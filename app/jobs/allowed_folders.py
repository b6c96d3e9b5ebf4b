"""Which folders of the server may be read for a caller over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.ingestion.discover import is_url
from app.jobs.job import JobRefusedError


def check_folder(place: str, allowed: Sequence[str], home: Path) -> None:
    """Whoever operates a tenant need not be who owns the machine: only named folders, and never our own.

    Addresses are looked at where they are fetched.

    Raises:
        JobRefusedError: the folder is not below one of ``allowed``, or it holds, or is in, ``home``.
    """
    if is_url(place):
        return
    folder = Path(place).expanduser().resolve()
    ours = home.resolve()
    if folder.is_relative_to(ours) or ours.is_relative_to(folder):
        raise JobRefusedError("the server's own data folder is not read")
    if not any(folder.is_relative_to(Path(one).expanduser().resolve()) for one in allowed):
        raise JobRefusedError(
            "this folder may not be read over HTTP; whoever runs the server names those that may in "
            "PINCITE_JOBS__FOLDERS, or adds the source there with: pincite sources add"
        )
