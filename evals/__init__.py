"""Datasets, metrics and benchmarks that stand on the application."""
