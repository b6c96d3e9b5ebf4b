"""Time, memory and disk of retrieval at any size."""
