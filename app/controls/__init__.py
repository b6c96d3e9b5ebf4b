"""What bounds and saves work: caches."""
