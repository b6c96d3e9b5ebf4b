"""Benchmarks on public data: the folder PINCITE_EVAL_DATA names; a set that is absent is said and skipped."""
