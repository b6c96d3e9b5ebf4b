"""The routes of the HTTP API, one resource a file."""
