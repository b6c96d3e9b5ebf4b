"""Benchmarks of loaders."""
