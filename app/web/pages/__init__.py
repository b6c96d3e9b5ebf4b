"""One page, or a few of one kind, a file."""
