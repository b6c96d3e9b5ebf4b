"""The HTTP server: its application, its contract, how it is served."""
