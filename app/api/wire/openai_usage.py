"""Tokens of an answer, as its receipt counts them over all model calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class CountedTokens(NamedTuple):
    """Of all calls together; a model that reports none counts 0."""

    read: int
    written: int

    @property
    def total(self) -> int:
        return self.read + self.written


def counted_tokens(receipt: Mapping[str, Any]) -> CountedTokens:
    """Tokens that the models of an answer read and wrote; 0 where no model wrote it.

    >>> counted_tokens({"usage": {"m": {"input_tokens": 5, "output_tokens": 2}}}).total
    7
    """
    lines = receipt.get("usage", {}).values()
    return CountedTokens(
        sum(int(one["input_tokens"]) for one in lines), sum(int(one["output_tokens"]) for one in lines)
    )
