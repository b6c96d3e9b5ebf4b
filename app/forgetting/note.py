"""A note of what is being forgotten, so that a run that was killed is finished by the next one.

It holds the words that the proof looks for, since they cannot be found again later. It goes last,
overwritten.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.forgetting.report import Kind
from app.storage.private_files import make_private_file

_NAME = "forgetting-{}.json"


@dataclass(frozen=True, slots=True)
class ForgetNote:
    """``name``: a document's id, a person, or a thread's id. ``own``: what else names it (URIs, answers).

    ``titles`` are a document's; ``words`` are what is looked for afterwards.
    """

    kind: Kind
    name: str
    words: Sequence[str] = ()
    own: Sequence[str] = ()
    titles: Sequence[str] = field(default=())

    def write(self, folder: Path) -> Path:
        """Write it down, whole or not at all; returns the file."""
        number = 1 + max((int(path.stem.rpartition("-")[2]) for path in notes_in(folder)), default=0)
        path = folder / _NAME.format(number)
        part = path.with_suffix(".part")
        make_private_file(part)
        with part.open("w", encoding="utf-8", errors="surrogatepass") as file:
            json.dump(asdict(self), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        return path


def notes_in(folder: Path) -> list[Path]:
    """The notes of runs that were not finished, the oldest first."""
    found = folder.glob(_NAME.format("[0-9]*"))
    return sorted(found, key=lambda path: int(path.stem.rpartition("-")[2]))


def read_note(path: Path) -> ForgetNote:
    data: dict[str, Any] = json.loads(path.read_text("utf-8", "surrogatepass"))
    return ForgetNote(**data)


def erase_file(path: Path) -> None:
    """Overwrite a file with zeros, and delete it; what writing it left behind too."""
    for one in (path, path.with_suffix(".part")):
        if one.exists():
            with one.open("r+b") as file:
                file.write(bytes(one.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            one.unlink()
