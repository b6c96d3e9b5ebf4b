"""How a SQLite file is opened and cached in, and how results are held in memory."""
