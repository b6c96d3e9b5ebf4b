"""Taking a person's name out of a ledger's file: what was spent stays spent."""

from __future__ import annotations

from pathlib import Path

from app.controls.budgets.ledger import FORGOTTEN
from app.controls.budgets.sqlite_schema import PATIENCE_S, reading, transaction
from app.storage.sqlite import sqlite_file, write_anew


def pays_in_file(path: Path, user: str) -> bool:
    """Whether a call of ``user`` is in the ledger.

    Raises:
        LedgerError: the file cannot be used.
    """
    if not path.exists():
        return False
    with reading(path) as connection:
        query = "SELECT 1 FROM calls WHERE user = ?1 UNION SELECT 1 FROM sums WHERE who = ?1 LIMIT 1"
        return connection.execute(query, (user,)).fetchone() is not None


def forget_user_in_file(path: Path, user: str) -> int:
    """The name of ``user`` leaves the ledger, whose calls become nobody's; how many there were.

    Raises:
        LedgerError: the file cannot be used.
    """
    if not path.exists() or user == FORGOTTEN:
        return 0
    with transaction(path) as connection:
        count = connection.execute("UPDATE calls SET user = ? WHERE user = ?", (FORGOTTEN, user)).rowcount
        connection.execute(
            "INSERT INTO sums SELECT owner, ?, span, time_window, spent_nano, spent_tokens, held_nano,"
            " held_tokens FROM sums WHERE owner = 'user' AND who = ? ON CONFLICT DO UPDATE SET"
            " spent_nano = spent_nano + excluded.spent_nano,"
            " spent_tokens = spent_tokens + excluded.spent_tokens,"
            " held_nano = held_nano + excluded.held_nano, held_tokens = held_tokens + excluded.held_tokens",
            (FORGOTTEN, user),
        )
        connection.execute("DELETE FROM sums WHERE owner = 'user' AND who = ?", (user,))
    with sqlite_file(path, PATIENCE_S) as connection:
        write_anew(connection)
    return count
