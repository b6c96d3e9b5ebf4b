"""Names that users and groups may have."""

from __future__ import annotations

from app.conversations.store import COMMAND_LINE
from graphs.parts import ANONYMOUS

MOST_NAME = 200
"""Characters of a name."""


def check_user(name: str) -> None:
    """Raises ``ValueError`` for a name that is nobody's to have: empty, unprintable, or one of ours."""
    if not name.strip() or len(name) > MOST_NAME or not name.isprintable():
        raise ValueError(f"must be 1 to {MOST_NAME} printable characters")
    if name in (ANONYMOUS, COMMAND_LINE):
        raise ValueError(f"{name!r} stands for who is not known; take another")
