"""Who asks for documents, jobs and uploads, as the interface that they came by has found out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requester:
    """Reads what ``groups`` may, sees and changes what is ``user``'s; an operator everything."""

    user: str
    groups: tuple[str, ...] = ()
    operator: bool = False


OWNER_OF_THE_FOLDER = Requester("command line", operator=True)
"""Who works at the command line: the files are theirs to read anyhow."""
