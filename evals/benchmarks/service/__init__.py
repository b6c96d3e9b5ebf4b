"""The service as its callers meet it: its contract, and its load."""
