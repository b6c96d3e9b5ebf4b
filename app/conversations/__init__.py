"""Threads: checkpoints, owners, expiry, and forgetting what they hold."""
