"""Damage: noticed when an index is opened, looked for in every file, mended from what the registry has."""
