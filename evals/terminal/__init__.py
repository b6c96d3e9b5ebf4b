"""What the commands under ``pincite eval`` print."""
