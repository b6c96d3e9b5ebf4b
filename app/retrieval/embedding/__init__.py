"""Embedders and their caches."""
