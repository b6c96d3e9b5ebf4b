"""Threads: checkpoints, and forgetting what they hold."""
