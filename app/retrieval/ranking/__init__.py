"""Fusion, rerankers, and the cut to the evidence."""
