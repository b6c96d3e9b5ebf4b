"""Names in paths, with their bounds: nothing of ours has a longer one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

PathName = Annotated[str, Path(max_length=200)]
"""The id of an answer, a run or a key, or the name of a conversation or a key."""
