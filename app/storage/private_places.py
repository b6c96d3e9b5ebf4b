"""Which folders of a home are for their owner alone."""

from __future__ import annotations

from pathlib import Path

from app.settings import Settings


def private_places(settings: Settings) -> list[Path]:
    """The folders that are for their owner alone: the tenant's with all in it; and the data folder, where it
    holds nothing but tenants'."""
    home = settings.home
    tenants = [one for one in home.iterdir() if one.name != ".DS_Store"] if home.is_dir() else []
    ours = all((one / "registry.sqlite").exists() or one.name == settings.tenant for one in tenants)
    return [home] if ours else [home / settings.tenant]
