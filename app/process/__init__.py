"""The process we run in: ours, where a command began it, or a host's, which is left as it was."""
