"""Who calls: keys, tokens of a login server, roles, the one function that tells, and who changed what."""
