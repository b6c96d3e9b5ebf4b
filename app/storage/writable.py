"""Whether a data folder can be used, before anything is opened in it."""

from __future__ import annotations

import os
from pathlib import Path


def unreadable(home: Path, tenant: str) -> Path | None:
    """The folder of a home that is there and that this user cannot read; None where there is none such."""
    for folder in (home, home / tenant):
        if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
            return folder
    return None


def unwritable(home: Path, tenant: str) -> Path | None:
    """The folder, or the registry's file, that this user would have to write in and cannot; None where a
    tenant's folder can be written, or made."""
    folder = home / tenant
    existing = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    if not os.access(existing, os.W_OK | os.X_OK):
        return existing
    registry = folder / "registry.sqlite"
    return registry if registry.exists() and not os.access(registry, os.W_OK) else None
