"""What a killed writer of the word index leaves: notes of deletions that no commit names.

Tantivy writes them before the commit, under a number that the next writer takes again, and writes over no
file that is there.
"""

from __future__ import annotations

import json
from pathlib import Path


def drop_unfinished_deletes(folder: Path) -> int:
    """Delete them; returns how many there were. For the one process that writes, before it does."""
    try:
        segments = json.loads((folder / "meta.json").read_bytes())["segments"]
        named = {
            f"{one['segment_id'].replace('-', '')}.{one['deletes']['opstamp']}.del"
            for one in segments
            if one["deletes"]
        }
    except (OSError, ValueError, KeyError, TypeError):
        return 0  # what is damaged is said where it is opened
    left = [path for path in folder.glob("*.del") if path.name not in named]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
