"""Benchmarks of reading text: sentences, units of measure."""
