"""Who calls: keys, tokens of a login server, and the one function that tells."""
