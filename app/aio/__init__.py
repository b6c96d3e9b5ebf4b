"""Asynchronous work for synchronous callers, and streams that are ended properly."""
