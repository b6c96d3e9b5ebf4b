"""How a SQLite file is opened and cached in."""
