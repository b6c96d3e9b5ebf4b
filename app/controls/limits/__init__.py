"""How many requests are taken: a minute, and at the same time."""
