"""Benchmarks of citing and verifying."""
