"""What every request goes through before any work is done for it."""
