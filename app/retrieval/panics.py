"""Rust's panics, as Python gets them: no ``Exception``, so that nothing catches them by chance."""

from __future__ import annotations


def is_panic(error: BaseException) -> bool:
    """Whether a library written in Rust gave up: of damaged files some do, instead of raising an error."""
    return type(error).__module__ == "pyo3_runtime" and type(error).__name__ == "PanicException"
