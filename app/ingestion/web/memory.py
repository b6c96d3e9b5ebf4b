"""What hosts said about pages that were fetched, so that the next run fetches only what is new."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.ingestion.web.fetch import Validators
from app.storage.private_files import make_private_file


@dataclass(frozen=True, slots=True)
class Remembered:
    """Where an address led to, and what its host said to ask with next time."""

    uri: str
    validators: Validators


class PageMemory:
    """Notes by the address that was asked for, in one small JSON file. Call ``save`` after a run.

    Losing the file costs time only: pages are then fetched in full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._notes = _read(path)

    def get(self, url: str) -> Remembered | None:
        return self._notes.get(url)

    def put(self, url: str, note: Remembered) -> None:
        self._notes[url] = note

    def forget(self, address: str) -> int:
        """Drop the notes of a page, by its address or the one that led to it; returns how many there were."""
        before = len(self._notes)
        self._notes = {
            url: note for url, note in self._notes.items() if address not in (url, note.uri)
        }  # fmt: skip
        return before - len(self._notes)

    def save(self) -> None:
        """Write the notes whole: to a temporary file first."""
        temporary = self._path.with_suffix(".part")
        make_private_file(temporary)
        shown = {url: {"uri": note.uri, **asdict(note.validators)} for url, note in self._notes.items()}
        temporary.write_text(json.dumps(shown, indent=1), encoding="utf-8")
        os.replace(temporary, self._path)


def _read(path: Path) -> dict[str, Remembered]:
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        return {
            url: Remembered(note["uri"], Validators(note["etag"], note["last_modified"]))
            for url, note in found.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
